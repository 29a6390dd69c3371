"""The routes of relayed calls."""

from starlette.routing import BaseRoute, Route

from config.kinds import MEDIA_PATHS, OBJECT_PATHS, Operation
from gateway.relaying.objects import Objects, Own
from gateway.relaying.passing import Passing
from gateway.relaying.paths import RELAYED
from gateway.relaying.relay import Relaying
from gateway.services import Services
from ledger.objects import VendorObjects

# Azure OpenAI's clients put the deployment in the path: https://learn.microsoft.com/azure/ai-services/openai/reference
_DEPLOYMENT = "/openai/deployments/{model:path}"


def relay_routes(services: Services) -> list[BaseRoute]:
    """A route for each path; each below /v1 is also served without /v1, since some SDKs are set up so."""
    table = [*RELAYED]
    table += [(path.removeprefix("/v1"), operation) for path, operation in RELAYED if path.startswith("/v1/")]
    table += [(f"{_DEPLOYMENT}{path}", operation) for operation, path in MEDIA_PATHS.items()]
    return [Route(path, Relaying(operation, services), methods=["POST"]) for path, operation in table]


def object_routes(services: Services, objects: VendorObjects, own: Own) -> list[BaseRoute]:
    """Routes of objects at vendors or our own, with and without /v1; stored answers of models excepted."""
    return [
        Route(
            f"{prefix}/{operation.value}{below}",
            Objects(operation, services, objects, own),
            methods=["GET", "POST", "DELETE"],
        )
        for operation in OBJECT_PATHS
        if operation is not Operation.CONVERSATIONS
        for prefix in ("/v1", "")
        for below in ("", "/{rest:path}")
    ]


def passing_routes(services: Services) -> list[BaseRoute]:
    """The route of vendors' whole APIs, for teams that may call them."""
    return [Route("/passthrough/{vendor}/{path:path}", Passing(services))]
