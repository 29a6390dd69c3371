"""Everything but model calls: health, metrics, lists of models."""

import logging
from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.endpoints.askers import read_at
from gateway.endpoints.identified import id_of
from gateway.endpoints.models import Models
from gateway.errors import GatewayError, NotFound, internal

log = logging.getLogger("signalbox.calls")

_NO_AGENTS = (
    "No agent is declared here, so there are no runs. Declare one under `agents:` in the configuration, its "
    "tools under `tool_servers:`, and restart the gateway."
)

Handler = Callable[[Request], Awaitable[Response]]


class Health:
    """`/healthz`: the process answers. `/readyz`: it can do its work; `problems` says what it cannot."""

    def __init__(self, problems: Callable[[], dict[str, str]]) -> None:
        self._problems = problems

    async def live(self, request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(self, request: Request) -> Response:
        problems = self._problems()
        return JSONResponse(
            {"status": "degraded" if problems else "ok", "problems": problems},
            503 if "draining" in problems else 200,
        )


class Exposition:
    """`/metrics`: what `render` gives, in the Prometheus text format."""

    def __init__(self, render: Callable[[], bytes]) -> None:
        self._render = render

    async def show(self, request: Request) -> Response:
        return Response(self._render(), media_type="text/plain; version=0.0.4; charset=utf-8")


class Root:
    """`/`: older clients of Anthropic ask whether anybody is there before they begin."""

    async def show(self, request: Request) -> Response:
        return JSONResponse({"name": "signalbox", "docs": "/openapi.json"})


def plain_routes(models: Models, health: Health, exposition: Exposition) -> list[BaseRoute]:
    """The routes; those of models have their errors as everywhere."""
    guarded = [
        Route(route.path, answering(route.endpoint), methods=list(route.methods or ()))
        for route in models.routes()
        if isinstance(route, Route)
    ]
    return [
        *guarded,
        Route("/", Root().show, methods=["GET"]),
        Route("/healthz", health.live, methods=["GET"]),
        Route("/readyz", health.ready, methods=["GET"]),
        Route("/metrics", exposition.show, methods=["GET"]),
    ]


def without_agents() -> list[BaseRoute]:
    """The paths of runs where the configuration declares no agent: they say what to do."""

    async def refuse(request: Request) -> Response:
        raise NotFound(_NO_AGENTS)

    refused = answering(refuse)
    verbs = ["GET", "POST"]
    paths = ("/v1/runs", "/v1/runs/{rest:path}", "/v1/approvals", "/v1/agents", "/v1/tools")
    return [Route(path, refused, methods=verbs) for path in paths]


def answering(handler: Handler) -> Handler:
    """The handler, its errors as everywhere."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except GatewayError as error:
            return _failed(request, error)
        except (ClientDisconnect, HTTPException):
            raise  # Starlette's own words
        except Exception:  # the border: whatever is left is ours
            call_id = id_of(request)
            log.exception("request %s failed", call_id)
            return _failed(request, internal(call_id))

    return answer


def _failed(request: Request, error: GatewayError) -> Response:
    face = read_at(request.scope["path"], request.scope["headers"])
    body = face.dialect.write_error(error.shown(), error.status)
    response = Response(body, error.status, media_type="application/json")
    for name, value in error.headers:
        response.headers[name.decode("latin-1")] = value.decode("latin-1")
    return response
