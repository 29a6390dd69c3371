"""The document describes what is served, no more and no less."""

import json
from typing import Any, cast

import pytest

from gateway.admin.openapi import openapi_document
from gateway.app import INFERENCE
from gateway.endpoints.document import ENDPOINTS
from gateway.endpoints.plain import Exposition, Health, Models, plain_routes
from tests.gateway.admin.json_schema import faults

NOTHING = cast(Any, None)
DOCUMENT = openapi_document((), ENDPOINTS, "1")


def test_every_path_that_is_served_is_described() -> None:
    served = {("POST", path) for path, _, _ in INFERENCE}
    for route in plain_routes(Models(NOTHING), Health(dict), Exposition(NOTHING), NOTHING):
        path = cast(Any, route).path.replace("{model:path}", "{model}")
        # A path without its /v1 is the same once more.
        if not path.startswith("/models"):
            served.add(("GET", path))
    assert {(each.method, each.path) for each in ENDPOINTS} == served


def schema_of(path: str) -> Any:
    return DOCUMENT["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]


@pytest.mark.parametrize(
    ("path", "body", "fits"),
    [
        ("/v1/chat/completions", {"model": "m", "messages": [{}], "temperature": 1}, True),
        (
            "/v1/chat/completions",
            {"model": "m", "messages": [], "stream_options": {"include_usage": True}},
            True,
        ),
        ("/v1/chat/completions", {"model": "m"}, False),
        ("/v1/chat/completions", {"model": "m", "messages": "hi"}, False),
        ("/v1/completions", {"model": "m", "prompt": ["a"]}, True),
        ("/v1/completions", {"prompt": "a"}, False),
        ("/v1/embeddings", {"model": "m", "input": [[1, 2]]}, True),
        ("/v1/embeddings", {"model": "m"}, False),
    ],
)
def test_a_body_fits_its_schema_as_the_gateway_takes_it(path: str, body: dict[str, Any], fits: bool) -> None:
    assert (faults(body, schema_of(path), DOCUMENT) == []) == fits
    _, _, dialect = next(row for row in INFERENCE if row[0] == path)
    try:
        dialect.read_request(json.dumps(body).encode())
    except ValueError:
        assert not fits
    else:
        assert fits
