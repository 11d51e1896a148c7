"""When, where and with what a page last ran: the line at its foot, and the log that it links to.

The cells' part is written down where they really run (execute.py) and kept with their outputs; the
scripts' part stands in the records that they write themselves, in lessons/runs/.
"""

import dataclasses
import datetime
import html
import importlib.metadata
import json
import pathlib
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

LOGS = "assets/proof"  # in the built site

_LONG = 200  # characters of an output that a log shows


@dataclasses.dataclass(frozen=True)
class Ran:
    """A run of a page's cells."""

    date: str  # UTC, to the minute: 2026-11-21 14:05
    python: str
    numpy: str
    matplotlib: str
    commit: str  # with a + when files differed from it; "" outside git


def witness(folder: pathlib.Path) -> Ran:
    """A run that begins now, of the sources in this folder's repository."""
    now = datetime.datetime.now(datetime.UTC)
    return Ran(
        date=now.strftime("%Y-%m-%d %H:%M"),
        python=platform.python_version(),
        numpy=importlib.metadata.version("numpy"),
        matplotlib=importlib.metadata.version("matplotlib"),
        commit=_commit(folder),
    )


def _commit(folder: pathlib.Path) -> str:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    name = _git(there, "rev-parse", "--short", "HEAD")
    return f"{name}+" if name and _git(there, "status", "--porcelain") else name


def _git(folder: pathlib.Path, *command: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *command], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""  # no git here, or no repository
    return done.stdout.strip()


# --- the lesson's scripts -------------------------------------------------------------------------


def scripts(page: str, root: pathlib.Path) -> list[dict[str, Any]]:
    """The records of a lesson's scripts, by its page's file name: 01-name.md -> runs/01_*.json."""
    lesson = re.match(r"(\d+)-", pathlib.Path(page).name)
    if lesson is None:
        return []
    found = sorted((root / "lessons" / "runs").glob(f"{lesson[1]}_*.json"))
    return [{"name": path.stem, **json.loads(path.read_text(encoding="utf-8"))} for path in found]


# --- what the reader sees -------------------------------------------------------------------------


def line(ran: Ran, records: Sequence[Mapping[str, Any]], repo: str, say: Mapping[str, str]) -> str:
    """The sentence after "Last ran", as HTML; commits are links where there is a repository."""
    cells = say["proof_cells"].format(
        date=ran.date, python=ran.python, numpy=ran.numpy, matplotlib=ran.matplotlib
    )
    said = [html.escape(cells) + _at(ran.commit, repo, say)]
    for record in records:
        versions: Mapping[str, str] = record["versions"]
        torch = versions.get("torch", "").partition("+")[0]
        tools = say["proof_torch"].format(torch=torch, python=versions["python"])
        plain = say["proof_python"].format(python=versions["python"])
        script = say["proof_script"].format(
            name=f"{record['name']}.py", date=record["date"], tools=tools if torch else plain
        )
        commit = re.sub(r"^(.{7}).*?(-dirty)?$", r"\1\2", record["commit"])
        said.append(html.escape(script) + _at(commit.replace("-dirty", "+"), repo, say))
    return " ".join(f"{sentence}." for sentence in said)


def _at(commit: str, repo: str, say: Mapping[str, str]) -> str:
    if not commit:
        return ""
    shown = f"<code>{html.escape(commit)}</code>"
    if repo:
        href = f"{repo.rstrip('/')}/commit/{commit.rstrip('+')}"
        shown = f'<a href="{html.escape(href)}">{shown}</a>'
    return html.escape(say["proof_commit"]).replace("{commit}", shown)


def log(
    path: str, ran: Ran, asked: Sequence[Mapping[str, Any]], records: Sequence[Mapping[str, Any]]
) -> bytes:
    """The run as JSON: everything that was asked of Python for a page, and what came out."""
    run = {"page": path, **dataclasses.asdict(ran), "asked": list(map(_entry, asked))}
    text = json.dumps({**run, "scripts": list(records)}, indent=1, ensure_ascii=False)
    return f"{text}\n".encode()


def _entry(each: Mapping[str, Any]) -> dict[str, Any]:
    """A job and its answer, without what is long: pictures, frames, whole tables."""
    kept = {key: value for key, value in each.items() if key not in {"outputs", "checks", "holds"}}
    if "outputs" in each:
        kept["outputs"] = [
            {key: _short(value) for key, value in output.items()} for output in each["outputs"]
        ]
    return kept


def _short(value: Any) -> Any:
    text = value if isinstance(value, str) else json.dumps(value)
    return value if len(text) <= _LONG else f"({len(text)} characters)"
