"""A trained model over HTTP: it invents names, and scores those that it is given.

Run:      python -m coursekit.torch.serve docs/assets/weights/names.safetensors
Needs:    pip install "coursekit[serve]"
Ask:      curl -H content-type:application/json -d '{"count": 5}' http://127.0.0.1:8001/sample

GET /openapi.json describes all requests and answers, with their limits. One request computes at a
time, the others wait in the order in which they came. SIGTERM or Ctrl+C ends the server when it has
answered all that it accepted; a client that stalls can hold it for no longer than --patience.
"""

import asyncio
import logging
import math
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from coursekit.engine import decode
from coursekit.engine.decode import NextLogits
from coursekit.torch.cli import config_from_args
from coursekit.torch.served import OutOfTime, Served, load, score, within

T = TypeVar("T")
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

BODY = 16_384  # bytes of a request at most
LARGEST = 709.0  # exp of more is no float any more


@dataclass(frozen=True)
class Config:
    weights: Path = field(metadata={"positional": True, "help": "a file that a script exported"})
    host: str = "127.0.0.1"  # where to listen: this machine alone; 0.0.0.0 is the whole network
    port: int = 8001  # 0 takes a free one
    count: int = 100  # samples per request at most
    length: int = 200  # letters per sample or text at most
    seconds: float = 10.0  # of computing per request at most
    patience: int = 60  # seconds that the end may take, to answer what was accepted

    def __post_init__(self) -> None:
        for name in ("count", "length", "seconds", "patience"):
            if getattr(self, name) <= 0:
                raise ValueError(f"--{name} is {getattr(self, name)}; it must be above 0")


# What is answered


class Problem(BaseModel):
    error: str = Field(description="what came, what is needed")


class Health(BaseModel):
    status: str = Field(description='"ok"')
    waiting: int = Field(description="other requests that are not answered yet")


class Limits(BaseModel):
    count: int = Field(description="samples per request")
    length: int = Field(description="letters per sample or text")
    seconds: float = Field(description="of computing per request")
    body: int = Field(description="bytes of a request")


class Model(BaseModel):
    letters: str = Field(description="what a prefix or a text may consist of")
    limits: Limits = Field(description="of one request")
    card: dict[str, Any] = Field(description="what the model is and where its weights come from")


class Sample(BaseModel):
    text: str = Field(description="the prefix and what was drawn after it")
    log_p: float = Field(
        description="log p of what was drawn, in nats: the model's own, at temperature 1"
    )
    finished: bool = Field(description="did the end come, or the greatest length?")


class Samples(BaseModel):
    seed: int = Field(description="gives the same samples again")
    samples: list[Sample] = Field(description="as many as were asked for")


class Letter(BaseModel):
    letter: str = Field(description="one of the text's, or the mark of the end")
    log_p: float = Field(description="log p given the letters before it, in nats")


class Score(BaseModel):
    letters: list[Letter] = Field(description="the last one is the mark of the end")
    log_p: float = Field(description="the sum, in nats")
    perplexity: float | None = Field(
        description="exp of minus the mean: among how many letters the model wavered; null if "
        "there is no number that large"
    )


class Asked(BaseModel):
    """A request: no other fields, no texts in place of numbers."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def whole(cls, fields: Any) -> Any:
        """12.0 is a whole number in JSON, and 12 in Python."""
        if not isinstance(fields, dict):
            return fields
        return {
            name: int(value) if isinstance(value, float) and value.is_integer() else value
            for name, value in fields.items()
        }


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "the body cannot be read"},
    413: {"model": Problem, "description": "the body is too long"},
    422: {"model": Problem, "description": "a field is missing, unknown or out of its limits"},
    503: {"model": Problem, "description": "it would take too long"},
}


def pattern(letters: Iterable[str]) -> str:
    """A regular expression for texts of these letters."""
    escaped = (re.sub(r"([\\\]\[^-])", r"\\\1", letter) for letter in letters)
    return f"^[{''.join(escaped)}]*$"


def explain(error: RequestValidationError, letters: str) -> str:
    """What is wrong with a request: field, rule, and what came."""
    told = []
    for each in error.errors()[:3]:
        where = ".".join(map(str, each["loc"][1:])) or "body"
        came = repr(each["input"])
        came = came if len(came) <= 60 else f"{came[:60]}..."
        if each["type"] == "json_invalid":
            told.append(f"the body is no JSON: {each['ctx']['error']} at character {where}")
        elif each["type"] == "string_pattern_mismatch":
            told.append(f"{where}: the model knows only the letters {letters}, got {came}")
        else:
            told.append(f"{where}: {each['msg'][0].lower()}{each['msg'][1:]}, got {came}")
    return "; ".join(told)


# The server


@dataclass
class Tally:
    """How many requests came, and how many were answered to the last byte."""

    accepted: int = 0
    answered: int = 0


class Gate:
    """Counts the requests that come and go, and turns away those with too long a body."""

    def __init__(self, app: App, tally: Tally) -> None:
        self.app, self.tally = app, tally

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > BODY:
                raise HTTPException(413, f"the body is longer than {BODY} bytes; ask for less")
            return message

        async def told(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                self.tally.answered += 1

        self.tally.accepted += 1
        return await self.app(scope, counted, told)


def make_app(
    served: Served, config: Config, *, clock: Callable[[], float] = time.monotonic
) -> FastAPI:
    """The application: what may be asked, and who answers it."""
    vocabulary, tally = served.vocabulary, Tally()
    letters = "".join(vocabulary.ordinary)
    worker = ThreadPoolExecutor(1)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        yield
        worker.shutdown()
        log = logging.getLogger("uvicorn.error")
        log.info("Answered %d of %d accepted requests", tally.answered, tally.accepted)

    async def compute(work: Callable[[NextLogits], T]) -> T:
        def timed() -> T:
            return work(within(served.next_logits, config.seconds, clock))

        return await asyncio.get_running_loop().run_in_executor(worker, timed)

    # no pages of their own: those load scripts from other hosts
    app = FastAPI(
        title="A model of the course", version="1", lifespan=life, docs_url=None, redoc_url=None
    )
    app.add_middleware(Gate, tally=tally)

    Text = Annotated[str, Field(pattern=pattern(letters), max_length=config.length)]

    class SampleRequest(Asked):
        prefix: Text = Field("", description="what each sample begins with")
        count: int = Field(1, ge=1, le=config.count, description="samples")
        length: int = Field(
            min(20, config.length), ge=1, le=config.length, description="letters drawn at most"
        )
        temperature: float = Field(
            1.0, ge=0.01, le=100, description="below 1: likely gets likelier"
        )
        top_k: int | None = Field(None, ge=1, description="draw among the k likeliest")
        top_p: float | None = Field(
            None, ge=0.01, le=1, description="draw among the likeliest that together reach p"
        )
        seed: int | None = Field(None, ge=0, lt=2**32, description="same seed, same samples")

    class ScoreRequest(Asked):
        text: Text = Field(min_length=1, description="what to score, letter by letter")

    @app.get("/health")
    async def health() -> Health:
        """Does the server live, and how much is there to do?"""
        return Health(status="ok", waiting=tally.accepted - tally.answered - 1)

    @app.get("/model")
    async def model() -> Model:
        """What is served, and what may be asked."""
        limits = Limits(count=config.count, length=config.length, seconds=config.seconds, body=BODY)
        return Model(letters=letters, limits=limits, card=served.card)

    @app.post("/sample", responses=PROBLEMS)
    async def sample(request: SampleRequest) -> Samples:
        """Texts that the model draws, letter by letter."""
        seed = secrets.randbits(32) if request.seed is None else request.seed
        prompt = [vocabulary.encode(request.prefix, bos=True)] * request.count
        drawn = await compute(
            lambda ask: decode.sample(
                ask,
                prompt,
                steps=request.length,
                rng=np.random.default_rng(seed),
                temperature=request.temperature,
                top_k=request.top_k,
                top_p=request.top_p,
                eos=vocabulary.role("eos"),
            )
        )
        return Samples(
            seed=seed,
            samples=[
                Sample(
                    text=request.prefix + vocabulary.decode(one.ids),
                    log_p=one.log_p,
                    finished=one.finished,
                )
                for one in drawn
            ],
        )

    @app.post("/score", responses=PROBLEMS)
    async def score_text(request: ScoreRequest) -> Score:
        """How likely the model finds a text: each letter, and all of it."""
        found = await compute(lambda ask: score(ask, vocabulary, request.text))
        mean, marked = math.fsum(found) / len(found), [*request.text, vocabulary.token(0)]
        return Score(
            letters=[Letter(letter=a, log_p=b) for a, b in zip(marked, found, strict=True)],
            log_p=math.fsum(found),
            perplexity=math.exp(-mean) if -mean < LARGEST else None,
        )

    @app.exception_handler(RequestValidationError)
    async def wrong(request: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse({"error": explain(error, letters)}, 422)

    @app.exception_handler(OutOfTime)
    async def late(request: Request, error: OutOfTime) -> JSONResponse:
        told = f"more than {config.seconds:g} s of computing; ask for fewer samples or less text"
        return JSONResponse({"error": told}, 503)

    @app.exception_handler(400)
    @app.exception_handler(404)
    @app.exception_handler(405)
    @app.exception_handler(413)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        told = f"{request.method} {request.url.path}: {error.detail}; see /openapi.json"
        return JSONResponse({"error": told}, error.status_code, error.headers)

    return app


def run(served: Served, config: Config) -> None:
    """Answer until a signal comes, and then all that was accepted before it."""
    uvicorn.run(
        make_app(served, config),
        host=config.host,
        port=config.port,
        access_log=False,
        timeout_graceful_shutdown=config.patience,
    )


def main(args: Sequence[str] | None = None) -> None:
    """Serve the weights that the command line names."""
    config = config_from_args(Config, args)
    try:
        model = load(config.weights)
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f"serve: {error}") from None
    run(model, config)


if __name__ == "__main__":
    main()
