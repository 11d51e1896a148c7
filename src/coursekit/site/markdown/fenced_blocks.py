"""Markdown text -> its lines and its fenced blocks, with the options of their info strings.

Read line by line, not through a Markdown extension: an extension's errors are swallowed on the way,
and it does not know line numbers. Fences inside longer fences and inside comments stay text.
"""

import dataclasses
import re
from collections.abc import Iterator

_FENCE = re.compile(r"(?P<indent> *)(?P<ticks>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)$")
_OPTION = re.compile(r'(?P<key>[A-Za-z_]+)="(?P<value>[^"]*)"(?=\s|$)|(?P<bare>\S+)')


class FenceError(ValueError):
    """A fence of a page is not as it must be; the message begins with file and line."""

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")


@dataclasses.dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    path: str
    line: int  # of its first fence, in the page's file
    info: str  # 'python cell id="fit"'
    code: str  # without the indentation of the fence
    indent: str
    lines: tuple[str, ...]  # as they stand in the page

    @property
    def language(self) -> str:
        return self.info.partition(" ")[0]

    def options(self) -> tuple[list[str], dict[str, str]]:
        """The bare words and the options behind the language.

        Raises: FenceError for an unquoted value and for an option given twice.
        """
        words: list[str] = []
        options: dict[str, str] = {}
        for found in _OPTION.finditer(self.info.partition(" ")[2]):
            if bare := found["bare"]:
                name, equals, value = bare.partition("=")
                if equals:
                    plain = value.strip("\"'")
                    raise self.refuse(f'write {name}="{plain}", with double quotes')
                words.append(bare)
            elif found["key"] in options:
                raise self.refuse(f"{found['key']} is given twice")
            else:
                options[found["key"]] = found["value"]
        return words, options

    def refuse(self, message: str, inside: int = 0) -> FenceError:
        """The error that names this fence, or a line inside it."""
        return FenceError(self.path, self.line + inside, f"```{self.info}: {message}")


def blocks(markdown: str, path: str, first_line: int = 1) -> Iterator[str | Block]:
    """The page in order: a string for each line of text, a Block for each fence.

    Raises: FenceError for a fence that is never closed.
    """
    lines = markdown.split("\n")
    at = 0
    while at < len(lines):
        opening = _FENCE.match(lines[at])
        if opening is None:
            end = _after_comment(lines, at)
            yield from lines[at:end]
        else:
            end = _after_fence(lines, at, opening, path, first_line)
            inside = lines[at + 1 : end - 1]
            yield Block(
                path=path,
                line=first_line + at,
                info=opening["info"].strip(),
                code="\n".join(_dedent(line, len(opening["indent"])) for line in inside),
                indent=opening["indent"],
                lines=tuple(lines[at:end]),
            )
        at = end


def _after_comment(lines: list[str], at: int) -> int:
    """The line after this one, or after the HTML comment that begins here: it hides its fences."""
    if lines[at].lstrip().startswith("<!--"):
        while "-->" not in lines[at] and at + 1 < len(lines):
            at += 1
    return at + 1


def _after_fence(
    lines: list[str], at: int, opening: re.Match[str], path: str, first_line: int
) -> int:
    ticks = opening["ticks"]
    closing = re.compile(rf" *{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*$")
    for end in range(at + 1, len(lines)):
        if closing.match(lines[end]):
            return end + 1
    message = f"this fence is never closed: {lines[at].strip()}"
    raise FenceError(path, first_line + at, message)


def _dedent(line: str, indent: int) -> str:
    return line[min(indent, len(line) - len(line.lstrip(" "))) :]
