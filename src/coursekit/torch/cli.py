"""A frozen dataclass becomes the flags of a script: one field, one flag, no other configuration."""

import argparse
import dataclasses
import difflib
import inspect
import io
import os
import re
import shlex
import sys
import textwrap
import tokenize
import types
import typing
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar, Union

ConfigT = TypeVar("ConfigT")

_WANTED = {int: "a whole number", float: "a number"}


class ConfigError(ValueError):
    """A Config class cannot become flags."""


def config_from_args(config: type[ConfigT], argv: Sequence[str] | None = None) -> ConfigT:
    """The script's `config`, filled from its defaults and from the command line.

    `--batch-size 32` sets the field `batch_size`; `--record` and `--no-record` set a bool. A field
    with `metadata["positional"]` has no flag, only its place. The help text is `metadata["help"]`,
    or else the comment behind the field. A ValueError from the class's own `__post_init__` is shown
    as a mistake in the flags. In a notebook there is no command line: the flags are read from
    COURSEKIT_ARGS, or the defaults stand.

    Raises: ConfigError if `config` is no dataclass or a field's type has no flag; SystemExit(2)
            with the usage on a wrong flag, as argparse does.
    """
    if not dataclasses.is_dataclass(config):
        raise ConfigError(f"config_from_args({config.__name__}): add @dataclass(frozen=True) to it")
    if argv is None:
        argv = _script_args()
    about = (inspect.getdoc(sys.modules["__main__"]) or "").partition("\n")[0]
    parser = _Parser(description=about, allow_abbrev=False)
    for name, options in _flags(config):
        parser.add_argument(name, **options)
    values = vars(parser.parse_args(list(argv)))
    try:
        return config(**values)
    except ValueError as error:
        parser.error(str(error))


def _script_args() -> list[str]:
    if hasattr(sys.modules["__main__"], "__file__"):
        return sys.argv[1:]
    return shlex.split(os.environ.get("COURSEKIT_ARGS", ""))


class _Parser(argparse.ArgumentParser):
    """argparse, which also names the flag that was probably meant."""

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> argparse.Namespace:
        values: argparse.Namespace
        values, unknown = self.parse_known_args(args, namespace)
        if unknown:
            flag = unknown[0].partition("=")[0]
            near = difflib.get_close_matches(flag, self._option_string_actions, n=1)
            meant = f"did you mean {near[0]}?" if near else "--help lists all flags"
            self.error(f"unknown argument {flag}; {meant}")
        return values

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.format_usage()}{self.prog}: {message}\n")


def _flags(config: type[Any]) -> list[tuple[str, dict[str, Any]]]:
    """Each field's flag and what `add_argument` needs to know about it."""
    hints, comments = typing.get_type_hints(config), _comments(config)
    return [
        (
            field.name if _by_place(field) else f"--{field.name.replace('_', '-')}",
            {
                "help": _plain(field.metadata.get("help") or comments.get(field.name, "")),
                **_default(field),
                **_reader(f"{config.__name__}.{field.name}", hints[field.name]),
                **({"metavar": field.name.upper()} if _by_place(field) else {}),
            },
        )
        for field in dataclasses.fields(config)
        if field.init
    ]


def _by_place(field: "dataclasses.Field[Any]") -> bool:
    return bool(field.metadata.get("positional"))


def _default(field: "dataclasses.Field[Any]") -> dict[str, Any]:
    if field.default is not dataclasses.MISSING:
        return {"default": field.default}
    if field.default_factory is not dataclasses.MISSING:
        return {"default": field.default_factory()}
    return {} if _by_place(field) else {"required": True}  # argparse needs each place filled


def _reader(where: str, kind: Any) -> dict[str, Any]:
    """How the text behind a flag becomes a value of the field's type."""
    if typing.get_origin(kind) in (Union, types.UnionType):
        rest = [part for part in typing.get_args(kind) if part is not type(None)]
        if len(rest) == 1:  # X | None: None is the default, the flag gives an X
            return _reader(where, rest[0])
    if kind is bool:
        return {"action": argparse.BooleanOptionalAction}
    if typing.get_origin(kind) is Literal:
        choices = typing.get_args(kind)
        return {"type": _choice(choices), "metavar": "{" + ",".join(map(str, choices)) + "}"}
    if kind in (int, float):
        return {"type": _number(kind), "metavar": kind.__name__.upper()}
    if kind in (str, Path):
        return {"type": kind, "metavar": "TEXT" if kind is str else "PATH"}
    raise ConfigError(
        f"{where} is {kind!r}; a flag can be bool, int, float, str, Path or Literal[...], "
        "each also with `| None`"
    )


def _number(kind: type[int] | type[float]) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            return kind(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"needs {_WANTED[kind]}, got {text!r}") from None

    return read


def _choice(choices: tuple[Any, ...]) -> Callable[[str], Any]:
    by_text = {str(choice): choice for choice in choices}

    def read(text: str) -> Any:
        if text not in by_text:
            raise argparse.ArgumentTypeError(f"needs one of {', '.join(by_text)}, got {text!r}")
        return by_text[text]

    return read


def _comments(config: type[Any]) -> dict[str, str]:
    """Field name -> the comment behind it. Empty where the source is not at hand (a notebook)."""
    try:
        source = textwrap.dedent(inspect.getsource(config))
    except (OSError, TypeError):
        return {}
    found, name = {}, ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if field := re.match(r"    (\w+)\s*:", token.line):
            name = field[1]
        if token.type == tokenize.COMMENT and name and not token.line.lstrip().startswith("#"):
            found[name] = token.string.lstrip("# ")
    return found


def _plain(text: str) -> str:
    return text.replace("%", "%%")  # argparse expands % in help texts
