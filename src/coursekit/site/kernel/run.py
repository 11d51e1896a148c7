"""Runs one cell of a page: its code in the page's namespace, its outputs led to whoever shows them.

One code for both places: the browser has this package in the wheel, and the site's build
runs it in a child process (run/execute.py).
"""

import ast
import builtins
import contextlib
import itertools
import linecache
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from coursekit.site.kernel import errors, figures, grading, values
from coursekit.site.kernel.output import Emit
from coursekit.site.kernel.streams import redirected, replaced_input


class Kernel:
    """One page's Python: its cells share this namespace."""

    def __init__(self, *, ask: Callable[[str], str] | None = None) -> None:
        self.namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
        self._ask = ask
        self._emit: Emit = lambda output: None
        self._flush: Callable[[], None] = lambda: None
        self._names: Iterator[str] = iter(())  # of the figures that the cell draws

    def run(self, code: str, *, cell: str, emit: Emit, holds: str = "") -> str:
        """Run one cell; hand each output to `emit` as it appears.

        Returns "done", "error" (the error was the last output) or "stopped" (interrupted).
        `holds` is an expression that must be true afterwards.
        """

        def work(filename: str) -> None:
            self._execute(code, filename, self.namespace)
            if holds and not eval(holds, self.namespace):
                raise AssertionError(f"after this cell {holds} should hold, and it does not")

        return self._guarded(work, code, cell, emit)

    def grade(self, code: str, checks: Sequence[grading.Check], *, cell: str, emit: Emit) -> str:
        """Try the reader's answer to an exercise, in a copy of the page's namespace.

        Each check is {"says": sentence, "code": asserts}; the first that fails ends the grading.
        The last output is {"kind": "checks"}, unless the code itself raised. Returns as `run`,
        with "error" for anything but a pass.
        """
        passed = False

        def work(filename: str) -> None:
            nonlocal passed
            report = grading.untried(code, filename, checks)
            if report["blank"] is None:
                namespace = grading.copied(self.namespace)
                self._execute(code, filename, namespace)
                grading.try_checks(checks, report, filename, namespace)
                passed = report["passed"]
                self._flush()
                figures.close_all()
            self._emit(report)

        status = self._guarded(work, code, cell, emit)
        return "error" if status == "done" and not passed else status

    def value(self, expression: str) -> object:
        """What an expression of the page's author is worth now: a number or a text."""
        result = eval(expression, self.namespace)
        return result.item() if hasattr(result, "item") else result

    def _guarded(self, work: Callable[[str], None], code: str, cell: str, emit: Emit) -> str:
        """Do some work of a cell with its streams, its figures and its errors led to `emit`."""
        figures.prepare_matplotlib()
        self._emit = emit
        self._names = (f"{cell}-{n}" for n in itertools.count(1))
        filename = f"<cell {cell}>"
        linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
        with (
            figures.shown_by(self._show_figures),
            redirected(emit) as self._flush,
            replaced_input(self._input),
        ):
            try:
                work(filename)
            except KeyboardInterrupt:
                figures.close_all()
                return "stopped"
            except BaseException as error:  # SystemExit too: a cell never ends the page's Python
                self._flush()
                with contextlib.suppress(Exception):  # what cannot be drawn is not the error
                    self._show_figures()
                figures.close_all()
                emit(errors.describe(error, filename))
                return "error"
        return "done"

    def _execute(self, code: str, filename: str, namespace: dict[str, Any]) -> None:
        tree = ast.parse(code, filename)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, filename, "exec"), namespace)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), filename, "eval"), namespace)
            self._flush()
            if values.is_worth_showing(value) and not code.rstrip().endswith(";"):
                namespace["_"] = value
                self._emit(values.describe(value, self._names))
        self._show_figures()

    def _show_figures(self) -> None:
        """The figures that are open, after what was printed before them."""
        self._flush()
        for drawn in figures.take_open(self._names):
            self._emit(drawn)

    def _input(self, prompt: object = "") -> str:
        if self._ask is None:
            raise RuntimeError(
                "input() cannot wait for an answer here; write the answer into the code, "
                "for example: name = 'mira'"
            )
        self._flush()
        answer = self._ask(str(prompt))
        print(f"{prompt}{answer}")
        return answer
