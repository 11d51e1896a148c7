"""The served model: what it answers, what it refuses, and that nothing is lost under load."""

# Past 400 lines: one server is started and asked by every test.

import http.client
import json
import math
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import schemathesis
import torch
from hypothesis import given, settings
from schemathesis.python.asgi import get_client

from coursekit.engine import decode
from coursekit.engine.text import Characters
from coursekit.torch import export, serve, served
from coursekit.torch.models import window
from coursekit.torch.served import Served, ServeError

ALPHABET = ".abcdefghijklmnopqrstuvwxyz"
LONGEST = 120  # seconds that a server may take, from start to end
CARD = {"alphabet": ALPHABET, "data": "none: start values"}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as a script exports it: a small net with start values, whose letters differ."""
    path = tmp_path_factory.mktemp("weights") / "small.safetensors"
    config = window.Config(channels=4, hidden=8, start="normal")
    export.export(path, window.Window(config, generator=torch.Generator().manual_seed(3)), CARD)
    return path


def uniform(ids: decode.Ids, state: Any) -> tuple[Any, Any]:
    return np.zeros((len(ids), 27), np.float32), None


def fake(next_logits: decode.NextLogits = uniform) -> Served:
    return Served(next_logits, Characters(ALPHABET[1:], bos=".", eos="."), {})


Ask = Callable[..., tuple[int, dict[str, Any]]]


def asks(app: Any) -> Ask:
    """ask("/score", text="mira") -> (status, answer)."""

    def ask(path: str, body: bytes | None = None, **fields: Any) -> tuple[int, dict[str, Any]]:
        with get_client(app) as client:
            if body is None and not fields:
                answer = client.get(path)
            else:
                content = json.dumps(fields) if body is None else body
                headers = {"Content-Type": "application/json"}
                answer = client.post(path, data=content, headers=headers)
        return answer.status_code, answer.json()

    return ask


@pytest.fixture(scope="module")
def ask(weights: Path) -> Ask:
    return asks(serve.make_app(served.load(weights), serve.Config(weights)))


# --- what it answers ------------------------------------------------------------------------------


def test_a_text_is_scored_letter_by_letter(ask: Ask, weights: Path) -> None:
    status, found = ask("/score", text="mira")
    model = served.load(weights).next_logits
    expected, seen = [], [0]
    for letter in "mira.":
        token = ALPHABET.index(letter)
        logits, _ = model(np.array([seen]), None)
        expected.append(torch.log_softmax(torch.tensor(logits[0]).double(), 0)[token].item())
        seen.append(token)
    assert status == 200
    assert [each["letter"] for each in found["letters"]] == list("mira.")
    assert [each["log_p"] for each in found["letters"]] == pytest.approx(expected, abs=1e-6)
    assert found["log_p"] == pytest.approx(sum(expected), abs=1e-6)
    assert found["perplexity"] == pytest.approx(math.exp(-sum(expected) / 5), rel=1e-6)


def test_a_model_that_knows_nothing_wavers_among_all_letters() -> None:
    _, found = asks(serve.make_app(fake(), serve.Config(Path())))("/score", text="ada")
    assert found["perplexity"] == pytest.approx(27)


def test_a_perplexity_beyond_all_numbers_is_null() -> None:
    def sure(ids: decode.Ids, state: Any) -> tuple[Any, Any]:
        return np.where(np.arange(27) == 26, 0, -1000.0) * np.ones((len(ids), 1)), None

    status, found = asks(serve.make_app(fake(sure), serve.Config(Path())))("/score", text="ada")
    assert (status, found["perplexity"], found["log_p"]) == (200, None, -4000)


def test_samples_are_those_of_the_decoder(ask: Ask, weights: Path) -> None:
    status, found = ask(
        "/sample", prefix="mi", count=5, length=7, temperature=0.7, top_k=9, top_p=0.9, seed=4
    )
    expected = decode.sample(
        served.load(weights).next_logits,
        [[0, 13, 9]] * 5,
        steps=7,
        rng=np.random.default_rng(4),
        temperature=0.7,
        top_k=9,
        top_p=0.9,
        eos=0,
    )
    assert status == 200
    assert found["seed"] == 4
    for sample, one in zip(found["samples"], expected, strict=True):
        assert sample["text"] == "mi" + "".join(ALPHABET[token] for token in one.ids if token)
        assert sample["log_p"] == pytest.approx(one.log_p, abs=1e-9)
        assert sample["finished"] is one.finished


def test_the_seed_that_is_told_gives_the_same_samples_again(ask: Ask) -> None:
    _, first = ask("/sample", count=9)
    _, second = ask("/sample", count=9, seed=first["seed"])
    assert second == first
    assert len({sample["text"] for sample in first["samples"]}) > 1


def test_a_request_may_be_empty(ask: Ask) -> None:
    status, found = ask("/sample", b"{}")
    assert (status, len(found["samples"])) == (200, 1)


def test_what_is_served_is_told(ask: Ask) -> None:
    _, found = ask("/model")
    assert found["letters"] == ALPHABET[1:]
    assert found["limits"] == {"count": 100, "length": 200, "seconds": 10.0, "body": 16384}
    assert found["card"]["model"] == "Window"
    assert found["card"]["data"] == "none: start values"


def test_a_server_that_has_nothing_to_do_is_healthy(ask: Ask) -> None:
    assert ask("/health") == (200, {"status": "ok", "waiting": 0})


# --- what it refuses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "fields", "message"),
    [
        ("/sample", {"count": 101}, "count: input should be less than or equal to 100, got 101"),
        ("/sample", {"count": 0}, "count: input should be greater than or equal to 1, got 0"),
        ("/sample", {"count": "3"}, "count: input should be a valid integer, got '3'"),
        ("/sample", {"count": True}, "count: input should be a valid integer, got True"),
        ("/sample", {"length": 201}, "length: input should be less than or equal to 200, got 201"),
        ("/sample", {"temperature": 0}, "temperature: input should be greater than or equal to"),
        ("/sample", {"temperature": float("nan")}, "temperature: input should be a finite number"),
        ("/sample", {"top_p": 1.5}, "top_p: input should be less than or equal to 1, got 1.5"),
        ("/sample", {"top_k": -1}, "top_k: input should be greater than or equal to 1, got -1"),
        ("/sample", {"seed": 2**32}, "seed: input should be less than 4294967296, got 4294967296"),
        ("/sample", {"temprature": 1}, "temprature: extra inputs are not permitted, got 1"),
        ("/score", {"text": "Zoë"}, f"text: the model knows only the letters {ALPHABET[1:]}, got "),
        ("/score", {"text": "a.b"}, "text: the model knows only the letters"),
        ("/score", {"text": "\ud800"}, r"text: .*got '\ud800'"),
        ("/score", {"text": ""}, "text: string should have at least 1 character, got ''"),
        ("/score", {"text": "a" * 201}, "text: string should have at most 200 characters, got 'aa"),
        ("/score", {"text": "a", "top_k": 2}, "top_k: extra inputs are not permitted, got 2"),
        ("/score", {"txt": "a"}, "text: field required, got {'txt': 'a'}; txt: extra inputs"),
    ],
)
def test_a_wrong_field_is_named_with_what_came_and_what_is_needed(
    ask: Ask, path: str, fields: dict[str, Any], message: str
) -> None:
    status, found = ask(path, **fields)
    assert status == 422
    start, _, end = message.partition(".*")
    assert found["error"].startswith(start)
    assert end in found["error"]


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b'{"text": ', 422, "the body is no JSON: Expecting value at character 9"),
        (b"[]", 422, "body: input should be a valid dictionary"),
        (b"\xff\xfe{", 400, "POST /score: There was an error parsing the body"),
        (b"[" * 16_000, 400, "POST /score: There was an error parsing the body"),
        (b" " * 16_384 + b"x", 413, "POST /score: the body is longer than 16384 bytes"),
    ],
)
def test_a_body_that_is_none_is_refused(ask: Ask, body: bytes, status: int, message: str) -> None:
    came, found = ask("/score", body)
    assert came == status
    assert found["error"].startswith(message)


def test_a_body_without_a_length_is_counted(ask: Ask) -> None:
    status, found = ask("/score", (b" " * 1000 for _ in range(100)))
    assert (status, found["error"][:33]) == (413, "POST /score: the body is longer t")


def test_an_address_that_is_none_names_the_schema(ask: Ask) -> None:
    assert ask("/nothing") == (404, {"error": "GET /nothing: Not Found; see /openapi.json"})
    status, found = ask("/score")
    assert (status, found["error"]) == (405, "GET /score: Method Not Allowed; see /openapi.json")


def test_a_request_that_computes_for_too_long_is_ended_and_the_next_one_is_not() -> None:
    calls = 0

    def slow(ids: decode.Ids, state: Any) -> tuple[Any, Any]:
        nonlocal calls
        calls += 1
        return uniform(ids, state)

    config = serve.Config(Path(), seconds=3)
    app = serve.make_app(fake(slow), config, clock=lambda: float(calls))  # a second per call
    status, found = asks(app)("/score", text="miranda")
    assert (status, calls) == (503, 4)
    assert found["error"] == "more than 3 s of computing; ask for fewer samples or less text"
    assert asks(app)("/score", text="abc")[0] == 200


@pytest.mark.parametrize("alphabet", [None, "", ".abc", "." * 27])
def test_weights_without_their_letters_are_refused(
    weights: Path, tmp_path: Path, alphabet: str | None
) -> None:
    model, card = export.load(weights)
    card = {key: value for key, value in card.items() if key != "alphabet"}
    path = tmp_path / "other.safetensors"
    export.export(path, model, card if alphabet is None else card | {"alphabet": alphabet})
    with pytest.raises(
        ServeError, match="the model scores 27 tokens, and the alphabet of its card"
    ):
        served.load(path)


def test_a_pattern_takes_its_letters_literally() -> None:
    served = Served(uniform, Characters(r"\]^-[a", bos=".", eos="."), {})
    odd = served._replace(next_logits=lambda ids, state: (np.zeros((len(ids), 7)), None))
    ask = asks(serve.make_app(odd, serve.Config(Path())))
    assert ask("/score", text=r"\]^-[a")[0] == 200
    assert ask("/score", text="b")[0] == 422


# --- the published schema -------------------------------------------------------------------------


def test_every_field_and_answer_is_described(ask: Ask) -> None:
    _, schema = ask("/openapi.json")
    assert set(schema["paths"]) == {"/health", "/model", "/sample", "/score"}
    for name, model in schema["components"]["schemas"].items():
        bare = [field for field, about in model["properties"].items() if "description" not in about]
        assert not bare, name
    for path in ("/sample", "/score"):
        assert set(schema["paths"][path]["post"]["responses"]) == {
            "200", "400", "413", "422", "503"
        }  # fmt: skip
    assert schema["components"]["schemas"]["SampleRequest"]["properties"]["count"]["maximum"] == 100


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [
        ("GET", "/health", "positive"),
        ("GET", "/model", "positive"),
        ("POST", "/sample", "positive"),
        ("POST", "/sample", "negative"),
        ("POST", "/score", "positive"),
        ("POST", "/score", "negative"),
    ],
)
def test_the_server_keeps_to_its_schema_whatever_is_asked(
    weights: Path, method: str, path: str, mode: str
) -> None:
    app = serve.make_app(served.load(weights), serve.Config(weights, count=5, length=20))
    operation = schemathesis.openapi.from_asgi("/openapi.json", app)[path][method]
    strategy = operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode))

    @settings(max_examples=100, derandomize=True, database=None, deadline=None)
    @given(case=strategy)
    def asked(case: schemathesis.Case) -> None:
        statuses.add(case.call_and_validate().status_code)

    statuses: set[int] = set()
    asked()
    assert (200 in statuses) is (mode == "positive")


# --- under load -----------------------------------------------------------------------------------


@pytest.fixture
def start() -> Iterator[Callable[..., tuple["subprocess.Popen[str]", int]]]:
    """start(*command) -> (a server that listens, its port)."""
    started: list[tuple[subprocess.Popen[str], threading.Timer]] = []

    def begin(*command: object) -> tuple["subprocess.Popen[str]", int]:
        child = subprocess.Popen(
            [sys.executable, *map(str, command)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        watchdog = threading.Timer(LONGEST, child.kill)  # a server that hangs ends its test
        watchdog.start()
        started.append((child, watchdog))
        said = wait_for(child, "running on http://127.0.0.1:")
        return child, int(said.split("127.0.0.1:")[1].split()[0])

    yield begin
    for child, watchdog in started:
        watchdog.cancel()
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stderr):
            pipe.close()


def wait_for(child: "subprocess.Popen[str]", text: str) -> str:
    said = []
    for line in child.stderr or ():
        said.append(line)
        if text in line:
            return line
    raise AssertionError(f"the server never said {text!r}, but: {''.join(said)}")


def end_of(child: "subprocess.Popen[str]") -> str:
    """What the server says until it ends; without the rest of its input."""
    child.stdin.close()
    said = child.stderr.read()
    child.wait()
    return said


def until_waiting(port: int, requests: int) -> int:
    """Ask for the server's health until that many others wait; how often it took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    asked, waiting = 0, 0
    while waiting < requests:  # each answer is a turn of the server's loop: it ends
        connection.request("GET", "/health")
        waiting = json.loads(connection.getresponse().read())["waiting"]
        asked += 1
    connection.close()
    return asked


class Client(threading.Thread):
    """Asks on one connection, again and again, as often as told or until the server is gone."""

    def __init__(self, port: int, requests: int, together: threading.Barrier | None = None) -> None:
        super().__init__()
        self.port, self.requests, self.together = port, requests, together
        self.answers: list[tuple[int, Any]] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)
        for number in range(self.requests):
            body = json.dumps({"count": 3, "seed": number} if number % 2 else {"text": "mira"})
            path = "/sample" if number % 2 else "/score"
            try:
                connection.request("POST", path, body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
            except (OSError, http.client.HTTPException):
                break
            self.answers.append((answer.status, json.loads(answer.read())))
            if self.together and number == 0:
                self.together.wait()
        connection.close()


@pytest.mark.slow
def test_200_requests_are_all_answered_and_after_sigterm_all_that_were_accepted(
    start: Callable[..., Any], weights: Path
) -> None:
    child, port = start("-m", "coursekit.torch.serve", weights, "--port", 0)
    clients = [Client(port, 25) for _ in range(8)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert [len(client.answers) for client in clients] == [25] * 8
    assert {status for client in clients for status, _ in client.answers} == {200}
    assert all(client.answers == clients[0].answers for client in clients)

    together = threading.Barrier(8, lambda: child.send_signal(signal.SIGTERM), timeout=LONGEST)
    clients = [Client(port, 10_000, together) for _ in range(8)]
    for client in clients:
        client.start()
    said = end_of(child)
    for client in clients:
        client.join()
    answered = sum(len(client.answers) for client in clients)
    assert {status for client in clients for status, _ in client.answers} == {200}
    assert 8 <= answered < 80_000
    assert f"Answered {200 + answered} of {200 + answered} accepted requests" in said
    assert child.returncode == -signal.SIGTERM


GATED = f"""
import sys, threading
from pathlib import Path
import numpy as np
from coursekit.engine.text import Characters
from coursekit.torch import serve
from coursekit.torch.served import Served

opened = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), opened.set()), daemon=True).start()

def next_logits(ids, state):
    opened.wait()
    return np.zeros((len(ids), 27), np.float32), None

letters = Characters({ALPHABET[1:]!r}, bos=".", eos=".")
config = serve.Config(Path(), port=0, patience=int(sys.argv[1]))
serve.run(Served(next_logits, letters, {{}}), config)
"""


@pytest.mark.slow
def test_requests_that_wait_when_sigterm_comes_are_answered_and_new_ones_are_not_accepted(
    start: Callable[..., Any],
) -> None:
    child, port = start("-c", GATED, 60)
    clients = [Client(port, 1) for _ in range(8)]
    for client in clients:
        client.start()
    asked = until_waiting(port, 8)
    child.send_signal(signal.SIGTERM)
    wait_for(child, "Waiting for connections to close")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    assert not any(client.answers for client in clients)
    said = end_of(child)  # which opens the gate
    for client in clients:
        client.join()
    assert [status for client in clients for status, _ in client.answers] == [200] * 8
    assert f"Answered {8 + asked} of {8 + asked} accepted requests" in said


@pytest.mark.slow
def test_a_client_that_stalls_does_not_hold_the_end_for_ever(start: Callable[..., Any]) -> None:
    child, port = start("-c", GATED, 1)
    with socket.create_connection(("127.0.0.1", port), LONGEST) as stalled:
        stalled.sendall(b"POST /score HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\n{")
        asked = until_waiting(port, 1)
        child.send_signal(signal.SIGTERM)
        assert f"Answered {asked} of {asked + 1} accepted requests" in end_of(child)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nowhere.safetensors"], "serve: no weights at nowhere.safetensors"),
        ([], "the following arguments are required: WEIGHTS"),
        (["x", "--count", "0"], "--count is 0; it must be above 0"),
        (["x", "--prot", "1"], "unknown argument --prot; did you mean --port?"),
    ],
)
def test_a_wrong_start_ends_with_one_clear_line(
    args: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        serve.main(args)
    assert message in (capsys.readouterr().err or str(stop.value)).splitlines()[-1]
