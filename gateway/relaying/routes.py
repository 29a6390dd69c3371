"""The routes of relayed calls."""

from starlette.routing import BaseRoute, Route

from config.kinds import MEDIA_PATHS, OBJECT_PATHS, Operation
from gateway.relaying.objects import Objects, Own
from gateway.relaying.passing import Passing
from gateway.relaying.paths import RELAYED
from gateway.relaying.relay import Relaying
from gateway.services import Services
from ledger.objects import VendorObjects

# Clients of Azure OpenAI name the deployment: https://learn.microsoft.com/azure/ai-services/openai/reference
_DEPLOYMENT = "/openai/deployments/{model:path}"


def relay_routes(services: Services) -> list[BaseRoute]:
    """A route for each path; each of /v1 is also served without it, as some SDKs are set up."""
    table = [*RELAYED]
    table += [(path.removeprefix("/v1"), operation) for path, operation in RELAYED if path.startswith("/v1/")]
    table += [(f"{_DEPLOYMENT}{path}", operation) for operation, path in MEDIA_PATHS.items()]
    return [Route(path, Relaying(operation, services), methods=["POST"]) for path, operation in table]


def object_routes(services: Services, objects: VendorObjects, own: Own) -> list[BaseRoute]:
    """What is kept at vendors, or is our own, each collection with and without /v1; not what models said."""
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
    """A vendor's whole API, for teams that may call it."""
    return [Route("/passthrough/{vendor}/{path:path}", Passing(services))]
