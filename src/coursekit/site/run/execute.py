"""Runs a page on CPython, in order, in a child process; keeps results by content.

Cells show their outputs, predictions are asked for their right answer, and every exercise is
proven: its solution passes, its starter does not, each known mistake hears its own message.
"""

import dataclasses
import hashlib
import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

from coursekit.site import atomic_write, paths
from coursekit.site.kernel import Kernel, Output
from coursekit.site.markdown.course_fences import Cell, Exercise, Fence, FenceError, Predict
from coursekit.site.markdown.predict import fits
from coursekit.site.run.last_ran_line import Ran, witness

TIME_LIMIT = 300  # seconds for one page
FORMAT = 2  # of what is kept

Job = dict[str, Any]  # what the child is asked: {"kind": "run" | "value" | "grade", ...}
Answer = dict[str, Any]  # what it answers: {"outputs": [...]} or {"value": ...}


class ExecutionError(FenceError):
    """A cell, a prediction or an exercise did not come out as its page says."""


@dataclasses.dataclass(frozen=True)
class PageRun:
    """What came of a page's cells, predictions and exercises, and when that was."""

    outputs: dict[str, list[Output]]  # of each cell, by id
    ran: Ran | None  # None: the page has nothing to run
    asked: list[dict[str, Any]]  # each job with its answer, in order


def run_page(fences: Sequence[Fence], path: str, cache: pathlib.Path) -> PageRun:
    """Run a page, or take its run from the cache where nothing it depends on has changed.

    Raises: ExecutionError naming file and line when something does not come out as written.
    """
    jobs = list(_jobs(fences))
    if not jobs:
        return PageRun({}, None, [])
    stored = cache / f"{_key(jobs)}.json"
    if stored.exists():
        kept = json.loads(stored.read_text(encoding="utf-8"))
        ran, answers = Ran(**kept["ran"]), kept["answers"]
    else:
        line = next(fence.line for fence in fences if fence.line)
        ran, answers = witness(cache), _ask(jobs, path, line)
    for job, answer in zip(jobs, answers, strict=True):
        fence = next(fence for fence in fences if getattr(fence, "id", "") == job["id"])
        if isinstance(fence, Cell):
            _judge_cell(fence, answer["outputs"], path)
        elif isinstance(fence, Predict):
            _judge_predict(fence, answer, path)
        elif isinstance(fence, Exercise):
            _judge_attempt(fence, job, answer["outputs"], path)
    if not stored.exists():
        kept = {"ran": dataclasses.asdict(ran), "answers": answers}
        atomic_write.write(stored, json.dumps(kept).encode())
    asked = [{**job, **answer} for job, answer in zip(jobs, answers, strict=True)]
    outputs = {each["id"]: each["outputs"] for each in asked if each["kind"] == "run"}
    return PageRun(outputs, ran, asked)


def _jobs(fences: Sequence[Fence]) -> Iterator[Job]:
    """Everything to ask the child, in the order of the page."""
    questions = [fence for fence in fences if isinstance(fence, Predict)]
    exercises = [fence for fence in fences if isinstance(fence, Exercise)]
    for fence in fences:
        if isinstance(fence, Cell):
            yield {"kind": "run", "id": fence.id, "code": fence.code, "holds": fence.holds}
            for question in questions:
                if question.cell == fence.id:
                    yield {"kind": "value", "id": question.id, "code": question.right}
        elif isinstance(fence, Exercise):
            for name, code in _attempts(fence, exercises):
                checks = [{"says": check.says, "code": check.code} for check in fence.checks]
                job = {"kind": "grade", "id": fence.id, "code": code, "checks": checks}
                yield {**job, "attempt": name}


def _attempts(task: Exercise, exercises: Sequence[Exercise]) -> Iterator[tuple[str, str]]:
    yield "solution", task.solution
    yield "starter", task.code
    yield "pass", "pass"
    for number, mistake in enumerate(task.mistakes):
        yield f"mistake {number}", mistake.code
    if len(exercises) > 1:
        neighbour = exercises[exercises.index(task) - 1]
        yield f"solution of {neighbour.id}", neighbour.solution


def _key(jobs: Sequence[Job]) -> str:
    """Everything that the outputs depend on, as one hash."""
    state = hashlib.sha256(f"{FORMAT} {sys.version}".encode())
    for package in ("numpy", "matplotlib"):
        state.update(f"{package} {importlib.metadata.version(package)}".encode())
    sources = [*(paths.SITE / "kernel").rglob("*"), *(paths.PACKAGE / "engine").rglob("*")]
    for file in (*sorted(sources), *sorted(paths.WEIGHTS.glob("*.safetensors"))):
        if file.is_file() and "__pycache__" not in file.parts:
            state.update(file.name.encode() + b"\0" + file.read_bytes())
    state.update(json.dumps(jobs).encode())
    return state.hexdigest()[:32]


def _ask(jobs: Sequence[Job], path: str, line: int) -> list[Answer]:
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
    }
    environment.pop("MATPLOTLIBRC", None)
    with tempfile.TemporaryDirectory() as folder:
        try:
            child = subprocess.run(
                [sys.executable, "-m", "coursekit.site.run.execute"],
                input=json.dumps(jobs),
                capture_output=True,
                text=True,
                encoding="utf-8",
                cwd=folder,
                env=environment,
                timeout=TIME_LIMIT,
            )
        except subprocess.TimeoutExpired:
            message = f"this page took more than {TIME_LIMIT} s"
            raise ExecutionError(path, line, message) from None
    if child.returncode:
        raise ExecutionError(path, line, f"Python itself ended: {child.stderr.strip()}")
    answers: list[Answer] = json.loads(child.stdout)
    return answers


def _judge_cell(cell: Cell, outputs: Sequence[Output], path: str) -> None:
    error = _error(outputs)
    if error is None and cell.raises:
        raise ExecutionError(path, cell.line, f'cell "{cell.id}" must raise {cell.raises}; it ran')
    if error is not None and error["type"] != cell.raises:
        line = cell.line + (error["line"] or 0)
        must = f" (it must raise {cell.raises})" if cell.raises else ""
        message = f'cell "{cell.id}" raised{must}:\n{error["traceback"]}'
        raise ExecutionError(path, line, message)


def _judge_predict(question: Predict, answer: Answer, path: str) -> None:
    said = answer.get("error") or fits(question, answer["value"])
    if said:
        raise ExecutionError(path, question.line, f'predict "{question.id}": {said}')


def _judge_attempt(task: Exercise, job: Job, outputs: Sequence[Output], path: str) -> None:
    report = next((output for output in outputs if output["kind"] == "checks"), None)
    passed = report is not None and report["passed"]
    said = _said(report, _error(outputs))
    attempt: str = job["attempt"]
    if attempt == "solution":
        if not passed:
            message = f'exercise "{task.id}": the solution does not pass: {said}'
            raise ExecutionError(path, task.line, message)
    elif passed:
        raise ExecutionError(path, task.line, f'exercise "{task.id}": {attempt} passes')
    elif attempt.startswith("mistake"):
        mistake = task.mistakes[int(attempt.split()[1])]
        if mistake.says not in said:
            message = f'exercise "{task.id}": this mistake hears {said!r}, not {mistake.says!r}'
            raise ExecutionError(path, mistake.line, message)


def _error(outputs: Sequence[Output]) -> Output | None:
    return next((output for output in outputs if output["kind"] == "error"), None)


def _said(report: Output | None, error: Output | None) -> str:
    """What a reader would be told about this attempt."""
    if error is not None:
        return f"{error['type']}: {error['message']}"
    if report is None:
        return ""
    if report["blank"]:
        return f"... in line {report['blank']}"
    return " ".join(check["message"] for check in report["checks"] if check["ok"] is False)


def _still(output: Output) -> Output:
    """An output as a page that does not run can show it."""
    if output["kind"] == "movie":
        return {**output, "frames": output["frames"][-1:]}
    return {key: value for key, value in output.items() if key not in {"full", "axes"}}


def main() -> None:
    """The child: jobs from standard input, answers to standard output, nothing else there."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a cell writes past sys.stdout must not mix with the answers
    kernel = Kernel()
    answers: list[Answer] = []
    for job in json.load(sys.stdin):
        outputs: list[Output] = []
        answer: Answer = {"outputs": outputs}
        if job["kind"] == "run":
            kernel.run(job["code"], cell=job["id"], emit=outputs.append, holds=job["holds"])
        elif job["kind"] == "grade":
            kernel.grade(job["code"], job["checks"], cell=job["id"], emit=outputs.append)
        else:
            try:
                answer = {"value": kernel.value(job["code"])}
            except Exception as error:
                answer = {"error": f"right= raised {type(error).__name__}: {error}"}
        outputs[:] = [_still(output) for output in outputs if output["kind"] != "progress"]
        answers.append(answer)
    json.dump(answers, channel)
    channel.close()


if __name__ == "__main__":
    main()
