"""The application around the model calls: unknown paths, wrong methods, browsers, every path's two names."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from config.catalog import Loaded
from config.defaults import default_catalog
from gateway.app import create_door
from gateway.endpoints.cors import EXPOSED
from gateway.endpoints.faces import PATHS
from gateway.services import Services
from tests.gateway.inside import KINDS, gateway

ORIGIN = "https://app.example.com"


def for_browsers() -> Loaded:
    catalog = default_catalog(KINDS, {}).catalog
    return Loaded(replace(catalog, settings=replace(catalog.settings, cors_origins=(ORIGIN,))))


async def test_what_is_not_there_is_refused_in_the_shape_of_every_other_error(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        unknown = await here.get("/v1/nothing")
        wrong = await here.client.delete("/v1/models", headers=here.headers)
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "not_found")
    assert "/v1/nothing" in unknown.json()["error"]["message"]
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "method_not_allowed")
    assert "GET" in wrong.headers["allow"]
    for answer in (unknown, wrong):
        assert answer.headers["x-request-id"].startswith("req_")


SPOKEN_PATHS = {
    "/v1/messages": lambda said: said["type"] == "error" and said["error"]["message"],
    "/v1beta/models/echo:generateContent": lambda said: said["error"]["status"] and said["error"]["message"],
    "/model/echo/invoke": lambda said: said["__type"] and said["message"],
    "/model/echo/converse": lambda said: said["__type"] and said["message"],
    "/v2/chat": lambda said: said["message"],
    "/api/chat": lambda said: said["error"],
    "/v1/responses": lambda said: said["error"]["message"],
}


@pytest.mark.parametrize("path", SPOKEN_PATHS)
async def test_a_wrong_method_is_refused_in_the_words_of_the_path(path: str, tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        wrong = await here.client.put(path, headers=here.headers)
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert SPOKEN_PATHS[path](wrong.json()) == f"{path} does not take PUT."


UNKNOWN = {
    "/v1/messages/nothing": SPOKEN_PATHS["/v1/messages"],
    "/upload/v1beta/files": SPOKEN_PATHS["/v1beta/models/echo:generateContent"],
    "/v1beta/nothing": SPOKEN_PATHS["/v1beta/models/echo:generateContent"],
    "/model/echo/count-tokens": SPOKEN_PATHS["/model/echo/converse"],
    "/v2/nothing": SPOKEN_PATHS["/v2/chat"],
    "/v1/responses/compact": SPOKEN_PATHS["/v1/responses"],
    "/api/nothing": SPOKEN_PATHS["/api/chat"],
}


@pytest.mark.parametrize("path", UNKNOWN)
async def test_what_only_one_format_could_have_is_not_there_in_its_words(path: str, tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        unknown = await here.client.post(path, headers=here.headers, json={})
    assert unknown.status_code == 404
    assert UNKNOWN[path](unknown.json()).startswith(f"There is no {path} here.")


ASKERS = {
    "anthropic-version": SPOKEN_PATHS["/v1/messages"],
    "x-goog-api-client": SPOKEN_PATHS["/v1beta/models/echo:generateContent"],
    "x-fern-sdk-name": SPOKEN_PATHS["/v2/chat"],
    "accept": SPOKEN_PATHS["/v1/responses"],
}


@pytest.mark.parametrize("header", ASKERS)
async def test_what_any_format_could_have_is_refused_in_the_words_of_who_asks(
    header: str, tmp_path: Path
) -> None:
    async with gateway(tmp_path) as here:
        who = {header: "cohere"}
        unknown = await here.client.get("/v1/nothing", headers=here.headers | who)
        model = await here.client.get("/v1/models/nothing", headers=here.headers | who)
        kept = await here.client.get("/v1/files/nothing", headers=here.headers | who)
        ranked = await here.client.post("/v2/rerank", headers=here.headers | who, json={"model": "nothing"})
    for answer, said in (
        (unknown, "There is no /v1/nothing"),
        (model, "The model 'n"),
        (kept, "There is no"),
    ):
        assert answer.status_code == 404
        assert ASKERS[header](answer.json()).startswith(said)
        ids = {answer.headers["x-request-id"], answer.headers.get("request-id")}
        assert len(ids) == (1 if header == "anthropic-version" else 2)
    assert ranked.json()["message"].startswith("The model 'nothing'")  # a path of Cohere's
    assert ASKERS[header](unknown.json()).endswith("reach a vendor's own at /passthrough/VENDOR/nothing.")


async def test_coheres_first_version_has_vectors_where_their_types_are_named(tmp_path: Path) -> None:
    body = {"model": "sim/embed-small", "texts": ["a", "b"], "input_type": "search_query", "truncate": None}
    async with gateway(tmp_path) as here:
        typed, untyped = [
            await here.client.post("/v1/embed", headers=here.headers, json=body | more)
            for more in ({"embedding_types": ["float"]}, {})
        ]
    assert (typed.status_code, typed.json()["response_type"]) == (200, "embeddings_by_type")
    assert len(typed.json()["embeddings"]["float"]) == 2
    assert untyped.status_code == 400 and "embedding_types" in untyped.json()["message"]


async def test_what_sdks_put_before_our_paths_is_no_part_of_them(tmp_path: Path) -> None:
    body = {"model": "sim/echo", "messages": [{"role": "user", "content": "Still here."}]}
    async with gateway(tmp_path) as here:
        calls = [
            await here.client.post(
                f"{before}/chat/completions?api-version=1", headers=here.headers, json=body
            )
            for before in ("/openai/v1", "/openai", "/v1/v1", "/v1/openai/v1", "/openai/deployments/sim/echo")
        ]
        seen = [await here.get(f"{before}/models/demo") for before in ("/openai/v1", "/openai", "/v1/v1")]
        others = [
            await here.client.post(f"/v1{path}", headers=here.headers, json=said)
            for path, said in (
                ("/v1/messages", {**body, "max_tokens": 9}),
                ("/v1beta/models/sim/echo:generateContent", {"contents": [{"parts": [{"text": "x"}]}]}),
                ("/v2/chat", body),
                ("/api/chat", body),
                ("/openai/v1/moderations", {"model": "sim/moderate", "input": "x"}),
            )
        ]
        guarded = [
            await here.get(path)
            for path in ("/openai/metrics", "/openai/admin/v1/keys", "/v1/v1/organization/costs", "/v1/v1")
        ]
    assert {answer.status_code for answer in (*calls, *seen, *others)} == {200}
    assert {answer.json()["choices"][0]["message"]["content"] for answer in calls} == {"Still here."}
    assert {answer.status_code for answer in guarded} == {404}


async def test_an_origin_that_is_named_may_call_and_read_our_headers(tmp_path: Path) -> None:
    async with gateway(tmp_path, load=for_browsers) as here:
        asked = {"origin": ORIGIN, "access-control-request-method": "GET"}
        preflight = await here.client.options("/v1/models", headers=asked)
        stranger = await here.client.options(
            "/v1/models", headers={**asked, "origin": "https://evil.example"}
        )
        answer = await here.client.get("/v1/models", headers={**here.headers, "origin": ORIGIN})
    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, ORIGIN)
    assert stranger.status_code == 400
    assert "access-control-allow-origin" not in stranger.headers
    assert answer.headers["access-control-expose-headers"].split(", ") == list(EXPOSED)


async def test_without_origins_no_page_may_call(tmp_path: Path) -> None:
    async with gateway(tmp_path) as here:
        answer = await here.client.get("/v1/models", headers={**here.headers, "origin": ORIGIN})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", [path for path, _ in PATHS])
def test_every_inference_path_is_served_with_and_without_its_version(path: str) -> None:
    # Only handed on here: what it does is the endpoint's to show.
    table = create_door(cast(Services, SimpleNamespace(road=lambda _, road: road))).table
    assert path.encode() in table
    assert path.removeprefix("/v1").encode() in table
