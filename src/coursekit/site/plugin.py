"""MkDocs hooks: glue between Markdown pages and the functions that know how.

For each page: find its fences (course_fences.py), run its cells (execute.py), put their HTML
(cell_html.py) in place of their slots, set its formulas (math.py). After the build: all that pages
load.
"""

import itertools
import pathlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from coursekit.site.atomic_write import write
from coursekit.site.markdown import course_fences, source_by_name
from coursekit.site.markdown.course_fences import Cell, Exercise, Fence, FenceError, Predict, Source
from coursekit.site.page import cell_html, course_tasks, fonts, math, reference, stylesheet
from coursekit.site.run import execute, last_ran_line, scripts_as_notebooks
from coursekit.site.ship import (
    bundle,
    bytecode,
    content_security_policy,
    pyodide,
    service_worker,
    version_folder,
)

if TYPE_CHECKING:
    import jinja2

LISTED_SOURCES = ("src/coursekit/engine/**/*.py", "src/coursekit/torch/**/*.py", "lessons/*.py")


class CourseConfig(Config):  # type: ignore[no-untyped-call]
    """No options yet: what a page needs stands in the page."""


class CoursePlugin(BasePlugin[CourseConfig]):  # type: ignore[no-untyped-call]
    """`plugins: [coursekit]` in mkdocs.yml."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        self.root = pathlib.Path(config.config_file_path).resolve().parent
        self.cache = self.root / ".cache"
        self.modules = self.root / "node_modules"
        self.words = cell_html.words(config.theme.get("language", "en"))
        self.fences: dict[str, list[Fence]] = {}
        self.pages: list[str] = []
        self.pictures: dict[str, bytes] = {}
        self.lessons: dict[str, int] = {}
        self.course: list[dict[str, Any]] = []
        self.logs: dict[str, bytes] = {}
        config.theme["policy"] = content_security_policy.META
        return config

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        for pattern in LISTED_SOURCES:
            for path in sorted(self.root.glob(pattern)):
                place = path.relative_to(self.root).as_posix()
                text = f'# {place}\n\n```python source="{place}"\n```\n'
                page = f"---\nsearch:\n  exclude: true\n---\n{text}"
                files.append(File.generated(config, _listing_page(place), content=page))
        for place, page in reference.pages(self.root).items():
            files.append(File.generated(config, place, content=page))
        for path in scripts_as_notebooks.recorded(self.root):
            place = path.relative_to(self.root).as_posix()
            # A real file and not a generated one: mkdocs-jupyter joins src_dir and src_uri.
            there = (str(self.root), config.site_dir, config.use_directory_urls)
            files.append(File(place, *there))
            for download in (path, self.root / "lessons" / f"{path.stem}.py"):
                place = f"lessons/{download.name}"
                files.append(File.generated(config, place, content=download.read_bytes()))
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        places = [page.file.src_uri for page in nav.pages]
        lessons = [place for place in places if place.startswith("lessons/")]
        self.lessons = {place: number for number, place in enumerate(lessons, start=1)}
        return nav

    def on_env(
        self, env: "jinja2.Environment", *, config: MkDocsConfig, files: Files
    ) -> "jinja2.Environment":
        config.extra_css.clear()  # mkdocstrings' own: stylesheet.py takes it in
        return env

    def on_page_markdown(
        self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        if page.file.src_uri.endswith(".ipynb"):
            return markdown
        path = self._path(page)
        above = page.file.content_string.count("\n") - markdown.count("\n")  # the front matter
        try:
            text, fences = course_fences.find_fences(markdown, path, above + 1)
        except FenceError as error:
            raise PluginError(str(error)) from None
        self.fences[page.file.src_uri] = fences
        return text

    def on_page_content(
        self, content: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        if page.file.src_uri.endswith(".ipynb"):
            name = pathlib.Path(page.file.src_uri).stem
            page.title = f"{name}.py"
            content, pictures = scripts_as_notebooks.lift_pictures(content)
            self.pictures.update(pictures)
            content = math.notebook(scripts_as_notebooks.page(content, name, self.words, config))
            return math.render(content, cache_dir=self.cache / "math", node_modules=self.modules)
        try:
            for number, shown in enumerate(self._shown(page, config)):
                content = _fill(content, course_fences.SLOT.format(number), shown, self._path(page))
            content = self._open_exercises(content, page)
            content = cell_html.arrange(content)
            self._list(content, page)
            return math.render(content, cache_dir=self.cache / "math", node_modules=self.modules)
        except (FenceError, math.MathError) as error:
            raise PluginError(str(error)) from None

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        fences = self.fences.get(page.file.src_uri, [])
        asked = sum(isinstance(item, Cell | Exercise) for item in fences)
        there = output.count(' data-cell="')
        if asked != there:
            raise PluginError(f"{self._path(page)}: {asked} cells in the text, {there} in the page")
        self.pages.append(output)
        return output

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        site = pathlib.Path(config.site_dir)
        shipped = bytecode.files()
        pyodide.place(site, shipped)
        bundle.build(site, shipped)
        write(site / course_tasks.FILE, course_tasks.dump(self.course))
        for name, data in self.logs.items():
            write(site / name, data)
        for name, data in fonts.build(self.cache / "fonts", self.modules).items():
            write(site / "assets" / "fonts" / name, data)
        for name, data in self.pictures.items():
            write(site / "assets" / "runs" / name, data)
        maths = math.files(self.pages, cache_dir=self.cache / "math", node_modules=self.modules)
        for name, data in maths.items():
            write(site / "assets" / "katex" / name, data)
        stylesheet.write(site, cache_dir=self.cache / "style", node_modules=self.modules)
        version_folder.place(site)
        service_worker.write(site, bundle.service_worker())  # last: it names every file

    def _shown(self, page: Page, config: MkDocsConfig) -> Iterator[str]:
        """The HTML of each fence of a page, in order."""
        fences = self.fences.get(page.file.src_uri, [])
        run = execute.run_page(fences, self._path(page), self.cache / "cells")
        self._prove(run, page, config)
        numbers = _numbers(fences, page)
        cells = itertools.count(1)
        for item in fences:
            match item:
                case Cell():
                    number, figure = next(cells), numbers.get(item.id, "")
                    yield cell_html.cell(item, run.outputs[item.id], number, figure, self.words)
                case Exercise():
                    yield cell_html.exercise_end(item, numbers[item.id], self.words)
                case Predict():
                    yield cell_html.predict(item, self.words)
                case Source():
                    yield self._listing(item, page, config)

    def _open_exercises(self, content: str, page: Page) -> str:
        """Begin the section of each exercise at its heading."""
        fences = self.fences.get(page.file.src_uri, [])
        numbers = _numbers(fences, page)
        for index, item in enumerate(fences):
            if isinstance(item, Exercise):
                slot = rf"<p>{course_fences.OPEN.format(index)}</p>\s*(<h3\b.*?</h3>)"
                heading = re.search(slot, content, re.DOTALL)
                if heading is None:
                    raise PluginError(f"{self._path(page)}: exercise {item.id} lost its heading")
                start = cell_html.exercise_start(item, heading[1], numbers[item.id], self.words)
                content = content.replace(heading[0], start, 1)
        return content

    def _prove(self, run: execute.PageRun, page: Page, config: MkDocsConfig) -> None:
        """Have the page's foot say when it ran, and keep the log that it links to."""
        if run.ran is None:
            return
        place = page.file.src_uri.removesuffix(".md")
        records = last_ran_line.scripts(page.file.src_uri, self.root)
        log = f"{last_ran_line.LOGS}/{place}.json"
        self.logs[log] = last_ran_line.log(self._path(page), run.ran, run.asked, records)
        said = last_ran_line.line(run.ran, records, config.repo_url or "", self.words)
        page.meta["proof"] = {"said": said, "log": log}

    def _list(self, content: str, page: Page) -> None:
        """Note what there is to do on a page."""
        place = page.file.src_uri
        fences = self.fences.get(place, [])
        lesson = self.lessons.get(place)
        todo = course_tasks.page(page.url, str(page.title), lesson, fences, content)
        if todo is not None:
            self.course.append(todo)

    def _listing(self, item: Source, page: Page, config: MkDocsConfig) -> str:
        try:
            found = source_by_name.find(item.target, self.root)
        except source_by_name.SourceError as error:
            raise FenceError(self._path(page), item.line, str(error)) from None
        place = found.path.relative_to(self.root).as_posix()
        own = _listing_page(place)
        if page.file.src_uri == own:
            return cell_html.listing(found.text, place, "", self.words)
        if config.repo_url:
            href = f"{config.repo_url.rstrip('/')}/blob/main/{place}#L{found.first}-L{found.last}"
        else:
            href = get_relative_url(f"{own.removesuffix('.md')}/#L{found.first}", page.url)
        title = self.words["listing"].format(path=place, line=found.first)
        return cell_html.listing(found.text, title, href, self.words)

    def _path(self, page: Page) -> str:
        path: Any = page.file.abs_src_path
        if path is None:
            return page.file.src_uri
        return pathlib.Path(path).resolve().relative_to(self.root).as_posix()


def _numbers(fences: list[Fence], page: Page) -> dict[str, str]:
    """The numbers of figures and of exercises, by id: 3.1, 3.2 in a lesson named 03-something."""
    lesson = re.match(r"0*(\d+)-", pathlib.Path(page.file.src_uri).name)
    prefix = f"{lesson[1]}." if lesson else ""
    figures = [each.id for each in fences if isinstance(each, Cell) and each.caption]
    exercises = [each.id for each in fences if isinstance(each, Exercise)]
    return {
        name: f"{prefix}{n}" for names in (figures, exercises) for n, name in enumerate(names, 1)
    }


def _listing_page(place: str) -> str:
    """src/coursekit/engine/tensor.py -> the page of the site that shows it."""
    return f"source/{place.removeprefix('src/').removesuffix('.py')}.md"


def _fill(content: str, slot: str, shown: str, path: str) -> str:
    """Put a fence's HTML in the place of its slot."""
    content, times = re.subn(rf"<p>{slot}</p>|\b{slot}\b", lambda _: shown, content)
    if times != 1:
        what = "is lost" if times == 0 else f"appears {times} times"
        raise PluginError(f"{path}: {slot} {what} in the page; is its fence inside raw HTML?")
    return content
