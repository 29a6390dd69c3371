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
    """`/healthz`: the process responds. `/readyz`: it can do its work; `problems` lists what it cannot do."""

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
    """`/metrics`: what `render` returns, in the Prometheus text format."""

    def __init__(self, render: Callable[[], bytes]) -> None:
        self._render = render

    async def show(self, request: Request) -> Response:
        return Response(self._render(), media_type="text/plain; version=0.0.4; charset=utf-8")


class Root:
    """`/`: older Anthropic clients probe it before they start."""

    async def show(self, request: Request) -> Response:
        return JSONResponse({"name": "signalbox", "docs": "/openapi.json"})


def plain_routes(models: Models, health: Health, exposition: Exposition) -> list[BaseRoute]:
    """The routes; those of models report errors in their clients' formats."""
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
    """The routes of runs if the configuration has no agents: their errors say how to declare one."""

    async def refuse(request: Request) -> Response:
        raise NotFound(_NO_AGENTS)

    refused = answering(refuse)
    verbs = ["GET", "POST"]
    paths = ("/v1/runs", "/v1/runs/{rest:path}", "/v1/approvals", "/v1/agents", "/v1/tools")
    return [Route(path, refused, methods=verbs) for path in paths]


def answering(handler: Handler) -> Handler:
    """Wraps the handler so that its errors are sent in the client's format."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except GatewayError as error:
            return _failed(request, error)
        except (ClientDisconnect, HTTPException):
            raise  # left to Starlette
        except Exception:  # the border: anything else is our fault
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
