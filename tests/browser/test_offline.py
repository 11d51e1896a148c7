"""A visit without a network, and a site that is changed under an open page.

Here no host is reached through Playwright's own switch, which a service worker does not see: the
server ends, and begins again on the same port.
"""

# Past 400 lines: one host that lies and one browser that keeps serve every test in it.

import contextlib
import pathlib
import shutil
import threading

import pytest

from coursekit.site.local import server
from coursekit.site.ship import service_worker, version_folder
from tests.browser.conftest import PATIENCE
from tests.browser.test_pages import AXE, ROOT, html_files

HOSTS = {"isolated under a path": (True, "/course/"), "plain at the root": (False, "/")}
GALLERY, NOTATION, UNSEEN = "gallery/", "notation/", "lessons/02-activations/"


class Host:
    """A copy of the site on a server that can end, hold a file back, and tell what it was asked."""

    def __init__(self, site: pathlib.Path, *, isolated: bool = False, prefix: str = "/course/"):
        self.site, self.isolated, self.prefix = site, isolated, prefix
        self.asked: list[str] = []
        self.held, self.free = "", threading.Event()
        self.port = 0
        self.begin()

    def begin(self) -> None:
        host = self
        self.server = server.serve(self.site, self.port, isolated=self.isolated, prefix=self.prefix)
        self.port, self.url = self.server.server_port, self.server.url

        class Handler(self.server.RequestHandlerClass):
            def _file(self, name, address) -> None:
                host.asked.append(name)
                if host.held and name.endswith(host.held):
                    host.free.wait()
                super()._file(name, address)

        self.server.RequestHandlerClass = Handler

    def end(self) -> None:
        self.free.set()
        self.server.close()


@pytest.fixture
def host(site, tmp_path):
    """`host(isolated=..., prefix=...)` serves a copy of the site."""
    with contextlib.ExitStack() as opened:

        def serve(**options) -> Host:
            copy = tmp_path / "served" / "site"
            shutil.copytree(site, copy, copy_function=link)
            running = Host(copy, **options)
            opened.callback(running.end)
            return running

        yield serve


def link(source: str, target: str) -> None:
    pathlib.Path(target).hardlink_to(source)


@pytest.fixture
def context(chromium):
    """A browser of its own; an error in a page fails the test."""
    faults = []
    made = chromium.new_context(viewport={"width": 1440, "height": 900})
    made.set_default_timeout(PATIENCE)
    made.on("weberror", lambda error: faults.append(str(error.error)))
    yield made
    for page in made.pages:
        page.goto("about:blank")
    made.close()
    assert faults == []


# Python starts when the reader clicks, and not before.
SAVING = 'Object.defineProperty(navigator, "connection", {value: {saveData: true}});'


def wait(page, script: str) -> None:
    """Until a promise is kept with what is true; Playwright's own waiting takes any promise."""
    for _ in range(PATIENCE // 50):
        if page.evaluate(f"async () => {script}"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"in vain: {script}")


def installed(page) -> None:
    wait(page, "(await navigator.serviceWorker.getRegistration())?.active?.state === 'activated'")


def kept(page) -> list[str]:
    """What the browser keeps of all courses of this host: address and hash."""
    return page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async name =>
            (await (await caches.open(name)).keys()).map(({url}) => url)))).flat()"""
    )


def keeps(page, part: str) -> None:
    """Wait until a file whose address holds this is kept."""
    wait(
        page,
        f"""(await Promise.all((await caches.keys()).map(async name =>
            (await (await caches.open(name)).keys())))).flat()
            .some(({{url}}) => url.includes({part!r}))""",
    )


def open_controlled(context, address: str):
    """A page that the service worker answers."""
    page = context.new_page()
    page.goto(address)
    installed(page)
    page.goto(address)
    assert page.evaluate("navigator.serviceWorker.controller !== null")
    return page


@pytest.fixture
def run(settle):
    def press(page, cell: str) -> None:
        page.locator(f"#cell-{cell} button.run").click()
        settle(page, cell, "done", "error")
        assert page.get_attribute(f"#cell-{cell}", "data-state") == "done"

    return press


# --- visited before -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", HOSTS)
def test_a_second_visit_needs_no_network(context, host, run, kind):
    isolated, prefix = HOSTS[kind]
    running = host(isolated=isolated, prefix=prefix)
    page = context.new_page()
    page.goto(running.url + GALLERY)
    for cell in ("value", "figure"):
        run(page, cell)
    page.locator(".course").get_by_role("link", name="Notation").click()  # instant
    page.wait_for_url(running.url + NOTATION)
    for part in ("matplotlib-", "pyodide.asm.wasm", GALLERY + "?", NOTATION + "?"):
        keeps(page, part)
    page.close()
    running.end()

    page = context.new_page()
    page.goto(running.url + GALLERY)
    assert page.evaluate("crossOriginIsolated") == isolated
    page.evaluate("window.mark = 1")
    for cell in ("value", "figure"):
        run(page, cell)
    page.locator(".course").get_by_role("link", name="Notation").click()
    page.locator("h1", has_text="Notation").wait_for()
    assert page.evaluate("window.mark") == 1
    for other in ("index.html", GALLERY + "index.html?x=1", GALLERY.rstrip("/")):
        assert page.goto(running.url + other).status == 200
        page.locator(".md-header__title").first.wait_for()
    assert page.evaluate("crossOriginIsolated") == isolated


@pytest.mark.parametrize("kind", HOSTS)
def test_a_page_that_was_never_opened_says_so_and_comes_with_the_network(context, host, kind):
    isolated, prefix = HOSTS[kind]
    running = host(isolated=isolated, prefix=prefix)
    page = open_controlled(context, running.url + NOTATION)
    running.end()
    page.locator(".course").get_by_role("link", name="Activations").click()
    page.locator("h1", has_text="This page is not on this machine").wait_for()
    assert page.url == running.url + UNSEEN
    page.locator("#missing a", has_text="Notation").wait_for()
    shown = page.locator("#missing li:visible").all_inner_texts()
    assert {"Home", "Notation"} <= {*shown}
    assert "Autograd" not in shown
    family = "getComputedStyle(document.querySelector('h1')).fontFamily"
    assert "Display Serif" in page.evaluate(family)
    assert page.goto(running.url + "nowhere/at/all/").status == 503
    page.locator("#missing a", has_text="Notation").click()
    page.wait_for_url(running.url + NOTATION)
    page.goto(running.url + UNSEEN)
    running.begin()
    page.get_by_role("button", name="Try again").click()
    page.locator("section.cell").first.wait_for()


def test_what_is_no_plain_reading_goes_to_the_host_as_it_is(context, host):
    running = host()
    page = open_controlled(context, running.url + NOTATION)
    part, head, missing = page.evaluate(
        """async root => [
            (await fetch(root, {headers: {Range: "bytes=0-3"}})).status,
            (await fetch(root + "notation/", {method: "HEAD"})).status,
            (await fetch(root + "nowhere/")).status]""",
        running.url,
    )
    assert (head, missing) == (200, 404)
    assert part in (200, 206)  # as the host likes
    assert page.goto(running.url + "nowhere/").status == 404
    running.end()
    for options in ("{method: 'HEAD'}", "{headers: {Range: 'bytes=0-3'}}"):
        ask = f"fetch('{running.url}', {options}).then(() => true, () => false)"
        assert page.evaluate(ask) is False


# --- everything -----------------------------------------------------------------------------------


def take(page):
    page.locator("#offline [data-do=take]").click()
    return page.locator("#offline .say")


@pytest.mark.parametrize("kind", HOSTS)
def test_all_of_the_course_opens_runs_and_is_searched_without_a_network(
    context, host, run, site, kind
):
    isolated, prefix = HOSTS[kind]
    running = host(isolated=isolated, prefix=prefix)
    page = context.new_page()
    page.goto(running.url + "progress/")
    whole = page.locator("#offline .why", has_text="takes").inner_text().split()[-2]
    total = sum(size for _, size in service_worker.files(site).values())
    assert float(whole) == pytest.approx(total / 1e6, abs=0.06)  # it is told before anything comes
    take(page).filter(has_text="Everything is here").wait_for()
    page.locator("#offline .why", has_text="The whole course is on this machine").wait_for()
    running.end()
    faults = []
    for place in html_files(site):
        if place not in ("404.html", "offline.html"):
            status = page.goto(running.url + place, wait_until="commit").status
            faults += [place] if status != 200 else []
    assert faults == []
    page.goto(running.url + "lessons/04-embeddings/")
    cell = page.locator("section.cell", has_text="models.load").first
    name = cell.get_attribute("data-cell")
    for each in page.locator("section.cell:not([data-exercise])").all():
        if (before := each.get_attribute("data-cell")) is not None:
            run(page, before)
            if before == name:
                break
    page.locator(".md-search__input").fill("gradient")
    page.locator(".md-search-result__item").first.wait_for()


def test_the_taking_is_stopped_and_goes_on_where_it_was(context, host):
    running = host()
    running.held = "pyodide.asm.wasm"
    page = context.new_page()
    page.goto(running.url + "progress/")
    say = take(page)
    keeps(page, "search_index.json")  # comes after the file that is held
    page.get_by_role("button", name="Stop").click()
    say.filter(has_text="Stopped. What has come is kept.").wait_for()
    had = {address.partition("?")[0] for address in kept(page)}
    assert not any(address.endswith(".wasm") for address in had)
    running.free.set()
    running.asked.clear()
    page.reload()
    take(page).filter(has_text="Everything is here").wait_for()
    again = {running.url + name.removesuffix("index.html") for name in running.asked} & had
    assert {address for address in again if not address.endswith(("/", ".js"))} == set()
    page.get_by_role("button", name="Remove it").click()
    page.get_by_role("button", name="Make the course available offline").wait_for()
    assert not any(".wasm" in address for address in kept(page))
    assert any("/main.js" in address for address in kept(page))


def test_a_broken_connection_is_told_and_what_came_is_kept(context, host):
    running = host()
    page = context.new_page()
    page.goto(running.url + "progress/")
    page.locator("#offline .count", has_text="MB").wait_for()
    running.end()
    take(page).filter(has_text="The connection broke off").wait_for()
    running.begin()
    page.get_by_role("button", name="Go on").click()
    page.locator("#offline .say", has_text="Everything is here").wait_for()


def test_a_browser_without_room_is_told_with_the_bytes_that_are_missing(context, host):
    running = host()
    page = context.new_page()
    page.goto(running.url + "progress/")
    page.locator("#offline .count", has_text="MB").wait_for()
    tools = context.new_cdp_session(page)
    origin = running.url.removesuffix(running.prefix)
    tools.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 6_000_000})
    take(page).filter(has_text="This browser has no more room, and").wait_for()
    assert page.get_by_role("button", name="Go on").is_visible()


NONE = "delete Navigator.prototype.serviceWorker;"
INSECURE = NONE + 'Object.defineProperty(window, "isSecureContext", {value: false});'
DENIED = """ServiceWorkerContainer.prototype.register =
  () => Promise.reject(new DOMException("denied", "SecurityError"));"""


@pytest.mark.parametrize(
    ("script", "said"),
    [(NONE, "does not allow it"), (DENIED, "does not allow it"), (INSECURE, "begins with https")],
)
def test_where_nothing_can_be_kept_one_sentence_says_so(visit, plain, script, said):
    page = visit(plain + NOTATION)
    page.add_init_script(script)
    page.goto(plain + "progress/")
    page.locator("#offline .why", has_text=said).wait_for()
    assert page.locator("#offline :is(button, progress)").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_in_the_control_and_the_announcement(chromium, host, scheme, width):
    running = host()
    axe = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    size = {"width": width, "height": 900}
    context = chromium.new_context(
        color_scheme=scheme, viewport=size, bypass_csp=True, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    page = open_controlled(context, running.url + "progress/")
    running.held = "pyodide.asm.wasm"
    take(page)
    page.get_by_role("button", name="Stop").wait_for()
    upgrade(running.site)
    look(page)
    page.locator(".news").wait_for()
    page.add_script_tag(path=str(axe))
    assert page.evaluate(AXE) == []
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    running.free.set()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_in_the_page_that_stands_for_an_unseen_one(chromium, host, scheme, width):
    running = host()
    axe = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    size = {"width": width, "height": 900}
    context = chromium.new_context(color_scheme=scheme, viewport=size, bypass_csp=True)
    context.set_default_timeout(PATIENCE)
    page = open_controlled(context, running.url + NOTATION)
    running.end()
    page.goto(running.url + UNSEEN)
    page.locator("#missing a", has_text="Home").wait_for()
    page.add_script_tag(path=str(axe))
    assert page.evaluate(AXE) == []
    context.close()


# --- a newer version ------------------------------------------------------------------------------


def upgrade(site: pathlib.Path) -> str:
    """Put another version in the site's place; returns the name of its runtime's folder.

    Its pages say so, its worker is of no use to a page of the first version.
    """
    made = site.with_name("made")
    shutil.copytree(site, made, copy_function=link)
    folder = next(made.glob("assets/coursekit-*"))
    plain = folder.rename(made / version_folder.PLAIN)

    def write(path: pathlib.Path, text: str) -> None:
        path.unlink()  # it is the first version's too
        path.write_text(text)

    for page in made.rglob("*.html"):
        text = page.read_text().replace(f"/{folder.name}/", "/coursekit/")
        write(page, text.replace("</h1>", ", the second version</h1>"))
    main, worker, runtime = plain / "main.js", plain / "worker.js", plain / "runtime.json"
    write(main, main.read_text() + "document.documentElement.dataset.version = 'second';")
    write(worker, "throw new Error('a worker of the second version');")
    write(runtime, runtime.read_text() + "\n")
    script = (made / service_worker.NAME).read_bytes().partition(b";\n")[2]
    new = pathlib.Path(version_folder.place(made)).name
    (made / service_worker.NAME).unlink()
    service_worker.write(made, script)
    site.rename(site.with_name("old"))
    made.rename(site)
    return new


def look(page) -> None:
    """What a browser does after a navigation, and from time to time: it looks for a new sw.js."""
    page.evaluate("navigator.serviceWorker.getRegistration().then(r => r.update()).then(() => 1)")


def is_second(page) -> bool:
    """Of which version a page is: its text and its script must be of the same."""
    said = "the second version" in page.inner_text("h1")
    assert (page.evaluate("document.documentElement.dataset.version") == "second") == said
    return said


@pytest.mark.parametrize("kind", HOSTS)
def test_an_upgrade_under_open_pages(context, host, run, kind):
    isolated, prefix = HOSTS[kind]
    running = host(isolated=isolated, prefix=prefix)
    context.add_init_script(SAVING)
    one = open_controlled(context, running.url + NOTATION)
    one.goto(running.url + GALLERY)
    other = context.new_page()
    other.goto(running.url + GALLERY)
    one.evaluate("window.mark = 1")
    first = next(running.site.glob("assets/coursekit-*")).name
    running.asked.clear()
    second = upgrade(running.site)

    # The old page goes on with the old files, though its Python begins only now.
    run(one, "value")
    one.locator(".course").get_by_role("link", name="Notation").click()
    one.locator("h1", has_text="Notation").wait_for()
    assert not is_second(one)
    assert one.evaluate("window.mark") == 1
    one.go_back()
    run(one, "figure")

    # A page that is not here comes from the host, whole and of the new version.
    one.locator(".course").get_by_role("link", name="Autograd").click()
    one.locator("h1", has_text="the second version").wait_for()
    one.wait_for_load_state()
    assert is_second(one)
    assert one.evaluate("window.mark") is None

    # The new version is announced on both; one takes it, the other goes on.
    look(one)
    for page in (one, other):
        page.locator(".news", has_text="A newer version of the course is here").wait_for()
        keeps(page, second)
    one.goto(running.url + GALLERY)
    assert not is_second(one)  # until the reader asks
    one.locator(".news button", has_text="Reload").click()
    one.locator("h1", has_text="the second version").wait_for()
    one.wait_for_load_state()
    assert is_second(one)
    other.locator(".news", has_text="updated in another tab").wait_for()
    run(other, "value")
    assert not is_second(other)
    other.locator(".course").get_by_role("link", name="Notation").click()
    other.locator("h1", has_text="the second version").wait_for()
    other.wait_for_load_state()
    assert is_second(other)

    # Nothing of the old version stays, and nothing was fetched again that is as it was.
    other.goto(running.url + NOTATION)
    wait(
        other,
        f"""!(await (await caches.open("coursekit:{prefix}")).keys())
            .some(({{url}}) => url.includes("{first}") || url.endsWith("?old"))""",
    )
    assert any(second in address for address in kept(other))
    again = [name for name in running.asked if name.startswith("assets/")]
    changed = [name.removeprefix(f"assets/{second}/") for name in again if second in name]
    assert {"main.js", "worker.js", "runtime.json"} <= {*changed}
    others = {name for name in changed if name not in ("main.js", "worker.js", "runtime.json")}
    assert others <= {"before_material.js", "course.css"} | {
        path.name for path in running.site.glob(f"assets/{second}/chunk-*")
    }, "an open page of the new version may ask for these; the editor and the wheel are copied"
    assert not any(name.startswith(("assets/fonts/", "assets/katex/")) for name in again)
    assert len([name for name in again if name.endswith("pyodide.asm.wasm")]) == 1


def test_a_reader_who_has_everything_has_everything_of_the_new_version(context, host):
    running = host()
    page = context.new_page()
    page.goto(running.url + "progress/")
    take(page).filter(has_text="Everything is here").wait_for()
    page.goto(running.url + NOTATION)
    running.asked.clear()
    upgrade(running.site)
    look(page)
    page.locator(".news button", has_text="Reload").click()
    page.locator("h1", has_text="the second version").wait_for()
    assert not any("pyodide" in name for name in running.asked)
    running.end()
    page.goto(running.url + UNSEEN)
    assert is_second(page)
    page.goto(running.url + "progress/")
    page.locator("#offline .why", has_text="The whole course is on this machine").wait_for()


def test_without_a_service_worker_two_versions_do_not_meet_either(chromium, host):
    running = host()
    context = chromium.new_context(service_workers="block")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(running.url + NOTATION)
    page.evaluate("window.mark = 1")
    page.locator(".course").get_by_role("link", name="Activations").click()
    page.locator("h1", has_text="Activations").wait_for()
    assert page.evaluate("window.mark") == 1
    upgrade(running.site)
    page.locator(".course").get_by_role("link", name="Autograd").click()
    page.locator("h1", has_text="the second version").wait_for()
    page.wait_for_load_state()
    assert is_second(page)
    context.close()


def test_a_host_that_has_no_service_worker_any_more_ends_it(context, host):
    running = host()
    page = open_controlled(context, running.url + NOTATION)
    upgrade(running.site)
    (running.site / service_worker.NAME).unlink()
    page.goto(running.url + NOTATION)
    wait(page, "await navigator.serviceWorker.getRegistration() === undefined")
    page.goto(running.url + NOTATION)
    page.wait_for_load_state()
    assert is_second(page)
    assert kept(page) == []


def test_two_courses_of_one_host_leave_each_other_alone(context, host, site):
    running = host(prefix="/")
    whole = running.site.rename(running.site.with_name("whole"))
    for name in ("one", "two"):
        shutil.copytree(whole, running.site / name, copy_function=link)
    for name in ("one", "two"):
        page = open_controlled(context, f"{running.url}{name}/{NOTATION}")
    assert page.evaluate("caches.keys()") == ["coursekit:/one/", "coursekit:/two/"]
    before = sum("/one/" in address for address in kept(page))
    page.goto(f"{running.url}two/progress/")
    page.get_by_role("button", name="Remove it").click()
    page.get_by_role("button", name="Remove it").wait_for(state="hidden")
    assert sum("/one/" in address for address in kept(page)) == before
    running.end()
    for name in ("one", "two"):
        assert page.goto(f"{running.url}{name}/").status == 200
