"""Wires everything together: the only place that makes Services and the ASGI application."""

import importlib
import random
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from config.strategies import StrategyKind
from dialects.errors import VendorError
from gateway.around.kinds import Around, Means
from gateway.attempts.attempts import Attempts
from gateway.books import Books
from gateway.caching.recalling import Recalling
from gateway.caching.refreshing import Nowhere
from gateway.deployment import Deployment
from gateway.door.protocol import Door
from gateway.endpoints.askers import read_at
from gateway.endpoints.cors import EXPOSED
from gateway.endpoints.faces import Face, Faces, exact, patterns
from gateway.endpoints.identified import Identified, id_of
from gateway.endpoints.inference import Inference
from gateway.endpoints.invoking import Invoked, invoked
from gateway.endpoints.prefixes import Unprefixed, unprefixed
from gateway.guardrails.guarding import Guarding
from gateway.identifying import Keys
from gateway.ids import request_id
from gateway.metering.allowances import Allowances
from gateway.metering.metering import Metering
from gateway.pipeline import answer
from gateway.routing.choosing import Router
from gateway.routing.learning import Learning
from gateway.services import Answering, Services
from gateway.tracing.road import Trace
from ledger.keyring import KeyRing
from routing.budget import Budget

if TYPE_CHECKING:
    from gateway.caching.likeness import Likeness
    from gateway.guardrails.consulting import Consulting

# Extra attempts that a process may make before its calls have earned any: this many calls may be in flight
# when a vendor fails.
RETRY_RESERVE = 100
HEDGE_RESERVE = 1


@dataclass(frozen=True, slots=True)
class Memory:
    """What outlives calls, besides the ledger."""

    learning: Learning
    allowances: Allowances
    embedder: Path | None = None  # where the local sentence model is


def create_services(
    deployment: Deployment,
    ring: KeyRing,
    books: Books,
    strategies: Mapping[str, StrategyKind],
    memory: Memory,
) -> Services:
    """The parts of the request path."""
    chance = random.Random()  # for ids and weights, not secrets
    settings = deployment.catalog.settings
    extra = Budget(settings.retry_budget, RETRY_RESERVE)
    attempts = Attempts(books, chance.random, extra, Budget(settings.hedge_budget, HEDGE_RESERVE))
    router = Router(strategies, chance.random, memory.learning)

    def new_id() -> str:
        return request_id(books.clock.unix_ms(), chance.getrandbits)

    services = Services(
        deployment=deployment,
        keys=Keys(ring),
        ledger=Metering(books, memory.allowances),
        guardrails=Guarding(
            books.metrics, secrets.token_bytes(32), lambda: _consulting(lambda: services, memory)
        ),
        cache=Recalling(
            books,
            new_id,
            lambda call: answer(call, services, Nowhere()),
            lambda: _likeness(lambda: services, memory, chance.random),
        ),
        router=router,
        attempts=attempts,
        around=Around(Means(attempts, router, books, extra, chance.random, memory.learning)),
        books=books,
        random_bits=chance.getrandbits,
    )
    return services


def _likeness(services: Callable[[], Services], memory: Memory, chance: Callable[[], float]) -> "Likeness":
    """Loaded on demand: a gateway without a semantic cache saves 30 MB."""
    opening = importlib.import_module("gateway.embedders.opening")
    likeness: Likeness = opening.open_likeness(services, memory.embedder, chance)
    return likeness


def _consulting(services: Callable[[], Services], memory: Memory) -> "Consulting":
    """Loaded on demand: only remote and model guards need it."""
    opening = importlib.import_module("gateway.guardrails.consulting_opening")
    consulting: Consulting = opening.open_consulting(services, memory.embedder)
    return consulting


def create_door(services: Services, answering: Answering = answer, trace: Trace | None = None) -> Door:
    """The fast path of model calls, which bypasses the ASGI application."""

    def inference(face: Face, made: type[Inference] = Inference) -> Inference:
        road = services.road(face.operation, answering)
        return made(face, services, road if trace is None else trace(road))

    table = {path.encode(): inference(face) for path, face in exact()}
    named = [
        *((pattern, inference(pattern.face)) for pattern in patterns()),
        *((pattern, inference(pattern.face, Invoked)) for pattern in invoked()),
    ]

    def find(url: bytes) -> tuple[Inference, str] | None:
        for pattern, endpoint in named:
            if (model := pattern.model(url)) is not None:
                return endpoint, model
        plain = unprefixed(url)
        if plain == url:
            return None
        found = table.get(plain.partition(b"?")[0])
        return (found, "") if found is not None else find(plain)

    return Door(
        table,
        find,
        max_body_bytes=lambda: services.deployment.catalog.settings.max_body_bytes,
        body_seconds=lambda: services.deployment.catalog.settings.body_timeout,
    )


def create_app(services: Services, routes: Sequence[BaseRoute], cors_origins: Iterable[str]) -> ASGIApp:
    """The ASGI application: everything but model calls."""
    app = Starlette(
        routes=[*_calls(), *routes], exception_handlers={HTTPException: _Refusal(Faces(invoked()))}
    )
    app.router.redirect_slashes = False  # unknown paths are refused, without a redirect that would echo Host
    origins = list(cors_origins)
    shared = (
        app
        if not origins
        else CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["*"],
            expose_headers=list(EXPOSED),
        )
    )
    books = services.books
    return Identified(Unprefixed(shared), lambda: request_id(books.clock.unix_ms(), services.random_bits))


def _calls() -> list[BaseRoute]:
    """The paths of model calls, so that other methods get a 405 with `allow`."""
    # Without its own entry, Gemini's path would match that of a model to show: names may contain a colon.
    paths = [*(path for path, _ in exact()), "/v1beta/models/{model:path}:{verb}"]
    return [Route(path, _not_here, methods=["POST"]) for path in paths]


async def _not_here(request: Request) -> Response:
    raise HTTPException(404)  # a call that the door did not take


def _unknown(path: str) -> str:
    said = f"There is no {path} here. The paths are listed at /openapi.json."
    if not path.startswith("/v1/"):
        return said
    rest = path.removeprefix("/v1/")
    return f"{said} Teams that may call it reach a vendor's own at /passthrough/VENDOR/{rest}."


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Answers unknown paths and methods, in the error format of the path."""

    faces: Faces

    async def __call__(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
        path = request.url.path
        found = self.faces.at(request.scope["raw_path"] + b"?" + request.scope["query_string"])
        face = found[0] if found is not None else read_at(path, request.scope["headers"])
        if found is not None and status == 404 and request.method != "POST":
            status, headers["allow"] = 405, "POST"  # paths with the model in them have no Starlette route
        said = {
            404: ("not_found", _unknown(path)),
            405: ("method_not_allowed", f"{path} does not take {request.method}."),
        }.get(status, ("http_error", HTTPStatus(status).phrase))
        shown = VendorError(said[1], type="invalid_request_error", code=said[0])
        if face.id_header:
            headers[face.id_header.decode()] = id_of(request)
        body = face.dialect.write_error(shown, status)
        return Response(body, status, headers, media_type="application/json")
