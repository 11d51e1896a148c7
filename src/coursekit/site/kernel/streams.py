"""What a cell prints, on its way to the page; and input(), which asks there."""

import builtins
import contextlib
import io
import time
from collections.abc import Callable, Iterator

from coursekit.site.kernel.output import Emit, Output


class _Stream(io.TextIOBase):
    """Sends text on as it is written, by lines; many lines at once are sent together."""

    def __init__(self, name: str, emit: Emit) -> None:
        self._name, self._emit = name, emit
        self._parts: list[str] = []
        self._sent_at, self._burst = 0.0, 0
        self.before: Callable[[], None] = lambda: None

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not self._parts:
            self.before()
        self._parts.append(text)
        if "\n" in text:
            quiet = time.monotonic() - self._sent_at > 0.05
            self._burst = 0 if quiet else self._burst
            if self._burst < 20:
                self._burst += 1
                self.flush()
        return len(text)

    def display(self, output: Output) -> None:
        """Something other than text, shown at once: a progress bar."""
        self.flush()
        self._emit(output)

    def flush(self) -> None:
        if self._parts:
            text = "".join(self._parts)
            self._parts.clear()
            self._sent_at = time.monotonic()
            self._emit({"kind": "text", "stream": self._name, "text": text})


@contextlib.contextmanager
def redirected(emit: Emit) -> Iterator[Callable[[], None]]:
    """Have what is printed go to `emit`; gives the call that sends on what still waits."""
    out, err = _Stream("stdout", emit), _Stream("stderr", emit)

    def flush() -> None:
        out.flush()
        err.flush()

    out.before, err.before = err.flush, out.flush  # keeps the order in which they were written
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            yield flush
        finally:
            flush()


@contextlib.contextmanager
def replaced_input(ask: Callable[[object], str]) -> Iterator[None]:
    """Have input() call `ask` with its prompt."""
    original = builtins.input
    builtins.input = ask  # type: ignore[assignment]  # the same call, without positional-only
    try:
        yield
    finally:
        builtins.input = original
