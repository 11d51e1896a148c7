"""One field, one flag: every type, every mistake, and the notebook."""

import dataclasses
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from coursekit.torch.cli import ConfigError, config_from_args


@dataclass(frozen=True)
class Config:
    steps: int = 200  # updates
    lr: float = 0.1  # 90 % of the limit
    name: str = "mira"  # greeted at the end
    device: Literal["cpu", "cuda"] = "cpu"
    threads: Literal[1, 2] = 1
    picture: Path = Path("picture.png")  # where to draw
    batch_size: int | None = None  # rows per step
    record: bool = False  # keep the numbers
    shuffle: bool = True
    warm_up: int = field(default=0, metadata={"help": "steps before full speed"})  # not this


@pytest.mark.parametrize(
    ("args", "changed"),
    [
        ("", {}),
        ("--steps 3", {"steps": 3}),
        ("--steps -3 --lr 1e-2", {"steps": -3, "lr": 0.01}),
        ("--lr 1", {"lr": 1.0}),
        ("--name ada --device cuda", {"name": "ada", "device": "cuda"}),
        ("--threads 2", {"threads": 2}),
        ("--picture out/a.png", {"picture": Path("out/a.png")}),
        ("--batch-size=8", {"batch_size": 8}),
        ("--record --no-shuffle", {"record": True, "shuffle": False}),
        ("--warm-up 5", {"warm_up": 5}),
    ],
)
def test_a_flag_sets_its_field_and_no_other(args: str, changed: dict[str, Any]) -> None:
    config = config_from_args(Config, args.split())
    assert config == dataclasses.replace(Config(), **changed)
    for name, value in changed.items():
        assert type(getattr(config, name)) is type(value)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("--steps many", "argument --steps: needs a whole number, got 'many'"),
        ("--steps 1e3", "argument --steps: needs a whole number, got '1e3'"),
        ("--lr fast", "argument --lr: needs a number, got 'fast'"),
        ("--device tpu", "argument --device: needs one of cpu, cuda, got 'tpu'"),
        ("--threads 3", "argument --threads: needs one of 1, 2, got '3'"),
        ("--stps 3", "unknown argument --stps; did you mean --steps?"),
        ("--step 3", "unknown argument --step; did you mean --steps?"),
        ("--batch_size=3", "unknown argument --batch_size; did you mean --batch-size?"),
        ("zzz", "unknown argument zzz; --help lists all flags"),
        ("--name", "argument --name: expected one argument"),
    ],
)
def test_a_wrong_flag_ends_the_script_with_one_clear_line(
    args: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        config_from_args(Config, args.split())
    assert stop.value.code == 2
    assert message in capsys.readouterr().err.splitlines()[-1]


def test_help_is_the_metadata_or_the_comment_behind_the_field(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stop:
        config_from_args(Config, ["--help"])
    assert stop.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    for text in (
        "--steps INT updates",
        "--lr FLOAT 90 % of the limit",
        "--batch-size INT rows per step",
        "--record, --no-record keep the numbers",
        "--device {cpu,cuda}",
        "--warm-up INT steps before full speed",
    ):
        assert text in shown
    assert "not this" not in shown


def test_a_field_without_default_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    @dataclass(frozen=True)
    class Needs:
        data: Path

    assert config_from_args(Needs, ["--data", "x"]) == Needs(Path("x"))
    with pytest.raises(SystemExit):
        config_from_args(Needs, [])
    assert "required: --data" in capsys.readouterr().err


def test_a_positional_field_is_told_by_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    @dataclass(frozen=True)
    class Place:
        data: Path = field(metadata={"positional": True, "help": "what to read"})
        steps: int = 3

    assert config_from_args(Place, ["x", "--steps", "4"]) == Place(Path("x"), 4)
    for args, message in (
        ([], "required: DATA\n"),
        (["x", "y"], "unknown argument y; --help lists"),
    ):
        with pytest.raises(SystemExit):
            config_from_args(Place, args)
        assert message in capsys.readouterr().err


def test_what_the_class_refuses_is_shown_as_a_wrong_flag(
    capsys: pytest.CaptureFixture[str],
) -> None:
    @dataclass(frozen=True)
    class Careful:
        lr: float = 0.1

        def __post_init__(self) -> None:
            if self.lr <= 0:
                raise ValueError("--lr must be above 0")

    with pytest.raises(SystemExit) as stop:
        config_from_args(Careful, ["--lr", "-1"])
    assert stop.value.code == 2
    assert capsys.readouterr().err.endswith("--lr must be above 0\n")


def test_a_class_that_cannot_become_flags_says_why() -> None:
    class Plain:
        steps: int = 3

    @dataclass(frozen=True)
    class Listed:
        sizes: list[int] = field(default_factory=list)

    with pytest.raises(ConfigError, match=r"config_from_args\(Plain\): add @dataclass"):
        config_from_args(Plain, [])
    with pytest.raises(ConfigError, match=r"Listed\.sizes is list\[int\]; a flag can be bool"):
        config_from_args(Listed, [])


SCRIPT = """
from dataclasses import dataclass
from coursekit.torch.cli import config_from_args

@dataclass(frozen=True)
class Config:
    steps: int = 200

print(config_from_args(Config).steps)
"""


def test_a_script_reads_its_own_command_line(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script, "--steps", "7"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "7\n"


@pytest.mark.parametrize(
    ("variable", "steps"), [({}, "200"), ({"COURSEKIT_ARGS": "--steps 7"}, "7")]
)
def test_a_notebook_reads_the_variable_or_takes_the_defaults(
    variable: dict[str, str], steps: str
) -> None:
    """As under a Jupyter kernel: `__main__` has no file and sys.argv belongs to the kernel."""
    code = f"import sys; sys.argv = ['kernel', '-f', 'x.json']; exec({SCRIPT!r})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=variable
    )
    assert done.stdout == f"{steps}\n"
