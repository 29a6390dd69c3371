"""Relayed calls are routed as their SDKs write them."""

import pytest
from starlette.routing import Match, Route

from gateway.relaying.routes import relay_routes
from tests.gateway.road import Answer, Road


@pytest.mark.parametrize(
    "path",
    [
        "/v1/images/generations",
        "/images/generations",
        "/v1/audio/speech",
        "/moderations",
        "/v1/rerank",
        "/rerank",
        "/v2/rerank",
        "/openai/deployments/my-whisper/audio/transcriptions",
        "/openai/deployments/vendor/whisper/audio/transcriptions",
    ],
)
def test_a_path_is_found(path: str) -> None:
    routes = relay_routes(Road({"a": [Answer()]}).services)
    scope = {"type": "http", "path": path, "method": "POST", "root_path": ""}
    found = [route for route in routes if route.matches(scope)[0] is Match.FULL]
    assert len(found) == 1
    assert isinstance(found[0], Route) and found[0].methods == {"POST"}
