"""The document says what is served, no more and no less."""

import re

import pytest

from gateway.admin.app import admin_table
from gateway.admin.openapi import Endpoint, openapi_document, operation_id
from tests.gateway.admin.site import site

CHAT = Endpoint(
    *("POST", "/v1/chat/completions", "Answer a conversation"),
    body={"type": "object", "required": ["model"]},
    answers={"application/json": {"type": "object"}, "text/event-stream": {"type": "string"}},
)


def references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [ref for below in value.values() for ref in references(below)]
    return [ref for below in value for ref in references(below)] if isinstance(value, list) else []


async def test_every_documented_operation_is_served_and_every_reference_leads_somewhere(tmp_path) -> None:
    async with site(tmp_path / "a.db") as box:
        document = box.document
        for path, operations in document["paths"].items():
            for method in operations:
                answer = await box.client.request(
                    method, re.sub(r"\{\w+\}", "nobody", path), headers=box.headers
                )
                assert answer.status_code != 405
                served = answer.status_code != 404 or "There is no /admin" not in answer.text
                assert served, (method, path)
    names = {ref.removeprefix("#/components/schemas/") for ref in references(document)}
    assert names
    assert names <= document["components"]["schemas"].keys()


async def test_the_document_is_open_to_all_and_has_the_version(tmp_path) -> None:
    async with site(tmp_path / "a.db") as box:
        answer = (await box.client.get("/openapi.json")).json()
        assert answer == box.document
        assert (answer["openapi"], answer["info"]["version"]) == ("3.1.0", "1.2.3")


async def test_an_endpoint_of_another_room_is_described_beside_ours(tmp_path) -> None:
    async with site(tmp_path / "a.db") as box:
        table = admin_table(box.world.accounts, None)  # type: ignore[arg-type]
        document = openapi_document(table, [CHAT], "1")
    operation = document["paths"]["/v1/chat/completions"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["schema"] == CHAT.body
    assert set(operation["responses"]["200"]["content"]) == {"application/json", "text/event-stream"}
    assert document["paths"]["/admin/v1/keys"]["post"]["responses"].keys() == {"201", "default"}


def test_two_operations_in_one_place_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="in the table twice"):
        openapi_document((), [CHAT, CHAT], "1")


async def test_query_and_path_are_parameters(tmp_path) -> None:
    async with site(tmp_path / "a.db") as box:
        listing = box.document["paths"]["/admin/v1/keys"]["get"]["parameters"]
        one = box.document["paths"]["/admin/v1/keys/{key}"]["get"]["parameters"]
    assert [(each["name"], each["in"], each["required"]) for each in listing] == [
        *(("limit", "query", False), ("after", "query", False), ("team", "query", False)),
    ]
    assert [(each["name"], each["in"]) for each in one] == [("key", "path")]


def test_operations_have_names_for_generated_clients() -> None:
    assert operation_id("POST", "/admin/v1/keys/{key}/revoke") == "post_admin_v1_keys_key_revoke"
