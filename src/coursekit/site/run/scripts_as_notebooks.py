"""The lessons' scripts as executed notebooks: recorded by `dev.py notebooks`, shown by the site.

python -m coursekit.site.run.scripts_as_notebooks            record every script
python -m coursekit.site.run.scripts_as_notebooks 01_grad    only those whose name begins so
"""

import base64
import hashlib
import os
import pathlib
import re
import shlex
import sys
from typing import Any

from mkdocs.config.defaults import MkDocsConfig

from coursekit.site import atomic_write, paths

_STYLE = re.compile(r"<style\b[^>]*>.*?</style>\s*", re.DOTALL)
_SCRIPT = re.compile(r"<script\b[^>]*>.*?</script>\s*", re.DOTALL)
_BUTTON = re.compile(r"<clipboard-copy\b.*?</clipboard-copy>\s*", re.DOTALL)
_PLAIN = re.compile(
    r'<span class="(?:n[a-z]?|p|o|w|bp|fm|vm|vc|)">([^<]*)</span>'
)  # no colour here


def recorded(root: pathlib.Path) -> list[pathlib.Path]:
    """The notebooks in lessons/runs/, in order."""
    return sorted((root / "lessons" / "runs").glob("*.ipynb"))


def cells(script: pathlib.Path) -> list[tuple[str, str]]:
    """(kind, source) of each cell of a percent script: what its notebook must hold."""
    return sources(_read(script))


def sources(book: Any) -> list[tuple[str, str]]:
    """(kind, source) of each cell of a notebook."""
    return [(cell.cell_type, cell.source) for cell in book.cells]


def smoke(script: pathlib.Path) -> list[str]:
    """The small settings of a script: what follows its name in the `Smoke:` line of its header."""
    found = re.search(r"^Smoke:\s+python \S+\.py(.*)$", script.read_text(encoding="utf-8"), re.M)
    if found is None:
        raise ValueError(f"{script}: no line 'Smoke: python lessons/{script.name} --flags'")
    return shlex.split(found[1])


def record(script: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """Run a script with its small settings as a notebook; keep it with its outputs."""
    import nbformat
    from nbclient import NotebookClient

    book = _read(script)
    os.environ["COURSEKIT_ARGS"] = shlex.join(smoke(script))
    client = NotebookClient(
        book,
        timeout=600,
        kernel_name="python3",
        extra_arguments=["--InteractiveShellApp.matplotlib=inline"],  # or no picture is kept
        resources={"metadata": {"path": script.parent.parent}},
    )
    client.execute()
    for number, cell in enumerate(book.cells):  # the same bytes for the same run
        cell["id"] = f"cell-{number}"
        cell.metadata.pop("execution", None)
    book.metadata = {"kernelspec": book.metadata["kernelspec"], "language_info": {"name": "python"}}
    target = folder / f"{script.stem}.ipynb"
    atomic_write.write(target, f"{nbformat.writes(book)}\n".encode())  # type: ignore[no-untyped-call]
    return target


def page(content: str, name: str, say: dict[str, str], config: MkDocsConfig) -> str:
    """mkdocs-jupyter's page without its half megabyte of styles and scripts, with downloads.

    The course's own style sheet dresses the cells; nothing in a recorded notebook needs a script.
    """
    content = _BUTTON.sub("", _SCRIPT.sub("", _STYLE.sub("", content)))
    content = _PLAIN.sub(r"\1", content)
    links = [
        f'<a href="../../{name}.py" download>{name}.py</a>',
        f'<a href="../../{name}.ipynb" download>{name}.ipynb</a>',
    ]
    if config.repo_url and "github.com" in config.repo_url:
        owner = config.repo_url.rstrip("/").removeprefix("https://github.com/")
        colab = (
            f"https://colab.research.google.com/github/{owner}/blob/main/lessons/runs/{name}.ipynb"
        )
        links.append(f'<a href="{colab}">{say["open_in_colab"]}</a>')
    return f'<p class="meta">{"".join(f"<span>{link}</span>" for link in links)}</p>{content}'


def lift_pictures(content: str) -> tuple[str, dict[str, bytes]]:
    """The page with its pictures as files, and these by name; a name changes with the picture."""
    pictures: dict[str, bytes] = {}

    def lift(match: re.Match[str]) -> str:
        data = base64.b64decode(match[1])
        name = f"{hashlib.sha256(data).hexdigest()[:12]}.png"
        pictures[name] = data
        return f'src="../../../assets/runs/{name}"'

    return re.sub(r'src="data:image/png;base64,\s*([^"]+)"', lift, content), pictures


def _read(script: pathlib.Path) -> Any:
    import jupytext

    book = jupytext.read(script)
    book.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    return book


def main(names: list[str]) -> None:
    """Record the scripts whose names begin so, or all."""
    folder = paths.ROOT / "lessons" / "runs"
    folder.mkdir(exist_ok=True)
    for script in sorted((paths.ROOT / "lessons").glob("[0-9]*.py")):
        if not names or any(script.name.startswith(name) for name in names):
            print(f"running {script.name} {shlex.join(smoke(script))}", flush=True)
            print(f"  -> {record(script, folder).relative_to(paths.ROOT)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
