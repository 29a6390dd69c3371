"""What is not a model call: the list of models, health, metrics."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dialects.openai.common import write_error_body
from gateway.endpoints.reading import read_headers
from gateway.errors import GatewayError, ModelNotFound
from gateway.ids import request_id
from gateway.services import Services
from ledger.principal import Principal

Handler = Callable[[Request], Awaitable[Response]]

# The service began to exist then; OpenAI's clients want a number here.
_CREATED = 1_790_000_000


class Models:
    """OpenAI's list of models: what the configuration declares, as far as the key may use it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def all(self, request: Request) -> Response:
        principal = await self._principal(request)
        return JSONResponse({"object": "list", "data": [_model(name) for name in self._names(principal)]})

    async def show(self, request: Request) -> Response:
        principal = await self._principal(request)
        name = request.path_params["model"]
        if not principal.allows(name) or self._services.deployment.route(name) is None:
            raise ModelNotFound(
                f"The model '{name}' does not exist here, or this key may not use it.", param="model"
            )
        return JSONResponse(_model(name))

    def _names(self, principal: Principal) -> list[str]:
        catalog = self._services.deployment.catalog
        declared = [*catalog.models, *(rule.pattern for rule in catalog.passthroughs)]
        return [name for name in dict.fromkeys(declared) if principal.allows(name)]

    async def _principal(self, request: Request) -> Principal:
        credential = read_headers(request.scope["headers"])
        return await self._services.keys.ask(credential)


def _model(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "signalbox"}


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


def plain_routes(
    models: Models, health: Health, exposition: Exposition, services: Services
) -> list[BaseRoute]:
    """The routes, each also where SDKs put it that know no `/v1`."""
    guarded = [
        Route(f"{prefix}{path}", _answering(handler, services), methods=["GET"])
        for prefix in ("/v1", "")
        for path, handler in (("/models", models.all), ("/models/{model:path}", models.show))
    ]
    return [
        *guarded,
        Route("/healthz", health.live, methods=["GET"]),
        Route("/readyz", health.ready, methods=["GET"]),
        Route("/metrics", exposition.show, methods=["GET"]),
    ]


def _answering(handler: Handler, services: Services) -> Handler:
    """The handler, its errors and its request id as everywhere."""

    async def answer(request: Request) -> Response:
        call_id = request_id(services.books.clock.unix_ms(), services.random_bits)
        try:
            response = await handler(request)
        except GatewayError as error:
            response = Response(write_error_body(error.shown()), error.status, media_type="application/json")
        response.headers["x-request-id"] = call_id
        return response

    return answer
