"""The list of models, in the form of whoever asks: OpenAI's, Anthropic's, Gemini's, Cohere's or Ollama's."""

from collections.abc import Callable

import msgspec
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dialects.errors import Malformed
from dialects.model_lists import (
    PAGE_ANTHROPIC,
    PAGE_GEMINI,
    Listed,
    anthropic_models,
    cohere_model,
    gemini_model,
    gemini_models,
    ollama_tags,
)
from gateway.endpoints.faces import patterns
from gateway.endpoints.reading import read_headers
from gateway.errors import BadRequest, ModelNotFound
from gateway.services import Services
from ledger.principal import Principal

# The service began to exist then; clients want a number here.
_CREATED = 1_790_000_000
_ANTHROPIC = "anthropic-version"  # a header that only Anthropic's clients send
_GOOGLE = ("x-goog-api-key", "x-goog-api-client")  # those of Google's, of which newer ones ask below /v1
_COHERE = "cohere"  # so begin its clients' names: they ask below /v1, too
_ENCODE = msgspec.json.Encoder().encode


class Models:
    """What the configuration declares, as far as the key may use it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._calls = patterns()

    async def all(self, request: Request) -> Response:
        listed, asked = await self._listed(request), request.query_params
        if _ANTHROPIC in request.headers:
            limit = _number(asked.get("limit"), PAGE_ANTHROPIC, "limit")
            cursors = {name: asked.get(name, "") for name in ("after_id", "before_id")}
            return _page(lambda: anthropic_models(listed, limit, **cursors))
        if _of_google(request):
            return self._gemini_page(listed, asked)
        if _of_cohere(request):
            return JSONResponse({"models": [cohere_model(model) for model in listed]})
        return JSONResponse({"object": "list", "data": [_openai(model.name) for model in listed]})

    async def show(self, request: Request) -> Response:
        model = await self._one(request)
        if _ANTHROPIC in request.headers:
            page = msgspec.json.decode(anthropic_models([model]))
            return JSONResponse(page["data"][0])
        if _of_google(request):
            return JSONResponse(gemini_model(model))
        return JSONResponse(cohere_model(model) if _of_cohere(request) else _openai(model.name))

    async def gemini(self, request: Request) -> Response:
        return self._gemini_page(await self._listed(request), request.query_params)

    @staticmethod
    def _gemini_page(listed: list[Listed], asked: QueryParams) -> Response:
        size = _number(asked.get("pageSize"), PAGE_GEMINI, "pageSize")
        return _page(lambda: gemini_models(listed, size, asked.get("pageToken", "")))

    async def gemini_one(self, request: Request) -> Response:
        path = request.scope["path"].encode()
        if any(pattern.model(path) for pattern in self._calls):  # a call, by another method than a call's
            raise HTTPException(405, headers={"Allow": "POST"})
        return JSONResponse(gemini_model(await self._one(request)))

    async def ollama(self, request: Request) -> Response:
        return _json(ollama_tags(await self._listed(request)))

    async def _listed(self, request: Request) -> list[Listed]:
        principal = await self._principal(request)
        catalog = self._services.deployment.catalog
        declared = [*catalog.models, *(rule.pattern for rule in catalog.passthroughs)]
        declared += map(_agent, (*catalog.agents, *catalog.agent_labels))
        return [Listed(name, _CREATED) for name in dict.fromkeys(declared) if principal.allows(name)]

    async def _one(self, request: Request) -> Listed:
        principal = await self._principal(request)
        name = request.path_params["model"]
        deployment = self._services.deployment
        catalog = deployment.catalog
        agents = map(_agent, (*catalog.agents, *catalog.agent_labels))
        known = deployment.route(name) is not None or name in agents
        if not principal.allows(name) or not known:
            raise ModelNotFound(
                f"The model '{name}' does not exist here, or this key may not use it.", param="model"
            )
        return Listed(name, _CREATED)

    async def _principal(self, request: Request) -> Principal:
        scope = request.scope
        credential = read_headers(scope["headers"], scope["path"].encode() + b"?" + scope["query_string"])
        return await self._services.keys.ask(credential)

    def routes(self) -> list[BaseRoute]:
        """Each where its SDKs look for it; OpenAI's also without the version."""
        return [
            Route("/v1/models", self.all, methods=["GET"]),
            Route("/models", self.all, methods=["GET"]),
            Route("/v1/models/{model:path}", self.show, methods=["GET"]),
            Route("/models/{model:path}", self.show, methods=["GET"]),
            Route("/v1beta/models", self.gemini, methods=["GET"]),
            Route("/v1beta/models/{model:path}", self.gemini_one, methods=["GET"]),
            Route("/api/tags", self.ollama, methods=["GET"]),
        ]


def _of_google(request: Request) -> bool:
    return any(name in request.headers for name in _GOOGLE)


def _of_cohere(request: Request) -> bool:
    return request.headers.get("user-agent", "").startswith(_COHERE)


def _page(write: Callable[[], bytes]) -> Response:
    try:
        return _json(write())
    except Malformed as error:
        raise BadRequest(error.message, param=error.param) from None


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


def _number(text: str | None, otherwise: int, param: str) -> int:
    if text is None:
        return otherwise
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise BadRequest(f"{param}: found '{text}', expected a number.", param=param)
    return int(text)


def _openai(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "signalbox"}


def _agent(name: str) -> str:
    """By which an agent is asked where models are."""
    return f"agent:{name}"
