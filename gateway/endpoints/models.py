"""The list of models, in the format of the caller: OpenAI, Anthropic, Gemini, Cohere or Ollama."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dialects.errors import Malformed
from dialects.model_lists import (
    OLLAMA,
    PAGE_ANTHROPIC,
    PAGE_GEMINI,
    Listed,
    anthropic_model,
    anthropic_models,
    cohere_model,
    gemini_model,
    gemini_models,
    mistral_model,
    ollama_model,
    ollama_tags,
    openai_model,
)
from gateway.endpoints.askers import Asker, asker
from gateway.endpoints.faces import patterns
from gateway.endpoints.reading import credential_of
from gateway.errors import BadRequest, ModelNotFound
from gateway.services import Services
from ledger.principal import Principal

# Clients require a number here; it is about the time when the project began.
_CREATED = 1_790_000_000


class _Shown(msgspec.Struct):
    """The body of `/api/show`; older Ollama clients send `name`."""

    model: str = ""
    name: str = ""


_SHOWN = msgspec.json.Decoder(_Shown)
_WRITERS: Mapping[Asker, Callable[[Listed], dict[str, Any]]] = MappingProxyType(
    {
        Asker.OPENAI: openai_model,
        Asker.ANTHROPIC: anthropic_model,
        Asker.GOOGLE: gemini_model,
        Asker.COHERE: cohere_model,
        Asker.MISTRAL: mistral_model,
    }
)


class Models:
    """Lists and shows the configured models and agents that the key may use."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._calls = patterns()

    async def all(self, request: Request) -> Response:
        listed, asked = await self._listed(request), request.query_params
        who = asker(request.scope["headers"])
        if who is Asker.ANTHROPIC:
            limit = _number(asked.get("limit"), PAGE_ANTHROPIC, "limit")
            cursors = {name: asked.get(name, "") for name in ("after_id", "before_id")}
            return _page(lambda: anthropic_models(listed, limit, **cursors))
        if who is Asker.GOOGLE:  # newer versions also use /v1
            return self._gemini_page(listed, asked)
        if who is Asker.COHERE:
            return JSONResponse({"models": [cohere_model(model) for model in listed]})
        write = mistral_model if who is Asker.MISTRAL else openai_model
        return JSONResponse({"object": "list", "data": [write(model) for model in listed]})

    async def show(self, request: Request) -> Response:
        model = await self._one(request)
        return JSONResponse(_WRITERS[asker(request.scope["headers"])](model))

    async def gemini(self, request: Request) -> Response:
        return self._gemini_page(await self._listed(request), request.query_params)

    @staticmethod
    def _gemini_page(listed: list[Listed], asked: QueryParams) -> Response:
        size = _number(asked.get("pageSize"), PAGE_GEMINI, "pageSize")
        return _page(lambda: gemini_models(listed, size, asked.get("pageToken", "")))

    async def gemini_one(self, request: Request) -> Response:
        path = request.scope["path"].encode()
        if any(pattern.model(path) for pattern in self._calls):  # the path of a call, with the wrong method
            raise HTTPException(405, headers={"Allow": "POST"})
        return JSONResponse(gemini_model(await self._one(request)))

    async def ollama(self, request: Request) -> Response:
        return _json(ollama_tags(await self._listed(request)))

    async def ollama_one(self, request: Request) -> Response:
        try:
            asked = _SHOWN.decode(await request.body())
        except msgspec.MsgspecError:
            raise BadRequest("Expected a JSON object with 'model'.", param="model") from None
        return JSONResponse(ollama_model(await self._named(request, asked.model or asked.name)))

    async def ollama_running(self, request: Request) -> Response:
        await self._principal(request)
        return JSONResponse({"models": []})  # models run at vendors, not here

    async def ollama_version(self, request: Request) -> Response:
        return JSONResponse({"version": OLLAMA})

    async def gemini_tuned(self, request: Request) -> Response:
        await self._principal(request)
        return JSONResponse({"tunedModels": []})

    async def _listed(self, request: Request) -> list[Listed]:
        principal = await self._principal(request)
        catalog = self._services.deployment.catalog
        declared = [*catalog.models, *(rule.pattern for rule in catalog.passthroughs)]
        declared += map(_agent, (*catalog.agents, *catalog.agent_labels))
        return [Listed(name, _CREATED) for name in dict.fromkeys(declared) if principal.allows(name)]

    async def _one(self, request: Request) -> Listed:
        return await self._named(request, request.path_params["model"])

    async def _named(self, request: Request, name: str) -> Listed:
        principal = await self._principal(request)
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
        return await self._services.keys.ask(credential_of(request))

    def routes(self) -> list[BaseRoute]:
        """Routes at the paths that each vendor's SDKs use; OpenAI's also without /v1."""
        return [
            Route("/v1/models", self.all, methods=["GET"]),
            Route("/models", self.all, methods=["GET"]),
            Route("/v1/models/{model:path}", self.show, methods=["GET"]),
            Route("/models/{model:path}", self.show, methods=["GET"]),
            Route("/v1beta/models", self.gemini, methods=["GET"]),
            Route("/v1beta/models/{model:path}", self.gemini_one, methods=["GET"]),
            Route("/v1beta/tunedModels", self.gemini_tuned, methods=["GET"]),
            Route("/api/tags", self.ollama, methods=["GET"]),
            Route("/api/show", self.ollama_one, methods=["POST"]),
            Route("/api/ps", self.ollama_running, methods=["GET"]),
            Route("/api/version", self.ollama_version, methods=["GET"]),
        ]


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


def _agent(name: str) -> str:
    """The model name by which an agent is called."""
    return f"agent:{name}"
