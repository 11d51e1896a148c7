"""A recorded run holds all that is needed to get its numbers again."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from coursekit.torch.record import write_record


@dataclass(frozen=True)
class Config:
    steps: int = 3
    seed: int = 7
    picture: Path = Path("a") / "b.png"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder under git with one committed file; the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kept.txt").write_text("one", encoding="utf-8")
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "kept.txt"], [*who, "commit", "-qm", "first"]):
        subprocess.run(["git", *command], check=True)
    return tmp_path


def test_a_record_is_complete(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["lessons/x.py", "--steps", "3", "--name", "a b"])
    write_record(Path("runs") / "x.json", {"loss": 0.5}, Config())
    run = json.loads((project / "runs" / "x.json").read_text(encoding="utf-8"))
    head = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True
    )
    assert run["metrics"] == {"loss": 0.5}
    assert run["command"] == "python lessons/x.py --steps 3 --name 'a b'"
    assert run["config"] == {"steps": 3, "seed": 7, "picture": "a/b.png"}
    assert run["seed"] == 7
    assert run["commit"] == head.stdout.strip()
    assert run["hardware"]["cores"] >= 1
    assert run["hardware"]["processor"]
    assert run["versions"]["numpy"] == np.__version__
    assert run["date"][:2] == "20"
    assert [path.name for path in (project / "runs").iterdir()] == ["x.json"]


def test_changes_that_are_not_committed_are_told(project: Path) -> None:
    (project / "kept.txt").write_text("two", encoding="utf-8")
    write_record(Path("x.json"), {}, Config())
    assert json.loads(Path("x.json").read_text(encoding="utf-8"))["commit"].endswith("-dirty")


@pytest.mark.parametrize("made", ["lessons/runs/x.json", "docs/assets/weights/x.safetensors"])
def test_what_scripts_write_themselves_is_no_change(project: Path, made: str) -> None:
    path = project / made
    path.parent.mkdir(parents=True)
    path.write_text("{}", encoding="utf-8")
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["add", "."], [*who, "commit", "-qm", "second"]):
        subprocess.run(["git", *command], check=True)
    path.write_text("of a later row", encoding="utf-8")
    write_record(Path("x.json"), {}, Config())
    commit = json.loads(Path("x.json").read_text(encoding="utf-8"))["commit"]
    assert len(commit) == 12


def test_outside_git_the_commit_is_the_one_that_is_told_or_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.delenv("COURSEKIT_COMMIT", raising=False)
    write_record(Path("x.json"), {}, Config())
    assert json.loads(Path("x.json").read_text(encoding="utf-8"))["commit"] == ""
    monkeypatch.setenv("COURSEKIT_COMMIT", "0123456789ab")
    write_record(Path("x.json"), {}, Config())
    assert json.loads(Path("x.json").read_text(encoding="utf-8"))["commit"] == "0123456789ab"


def test_a_record_that_cannot_be_written_leaves_the_old_one(project: Path) -> None:
    write_record(Path("x.json"), {"loss": 0.5}, Config())
    with pytest.raises(TypeError, match="not JSON serializable"):
        write_record(Path("x.json"), {"loss": np.float32(0.25)}, Config())
    assert json.loads(Path("x.json").read_text(encoding="utf-8"))["metrics"] == {"loss": 0.5}
