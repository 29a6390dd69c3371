"""The simulator keeps files and batches of one account, whoever asks."""

import json
from typing import Any

import pytest

from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.objects import Objects

FILE = (
    b'--b\r\ncontent-disposition: form-data; name="file"\r\n\r\nabc\r\n'
    b'--b\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--b--\r\n'
)


def said(objects: Objects, method: str, path: str, body: bytes = b"", **query: str) -> Any:
    found = objects.answer(method, path, {name: [value] for name, value in query.items()}, body)
    assert found is not None and found[0] == b"application/json"
    return json.loads(found[1])


def test_a_file_is_kept_until_it_is_deleted() -> None:
    objects = Objects()
    made = said(objects, "POST", "/v1/files", FILE)
    assert (made["id"], made["bytes"], made["purpose"]) == ("file-000001", 3, "batch")
    assert said(objects, "GET", f"/files/{made['id']}") == made
    content = objects.answer("GET", f"/v1/files/{made['id']}/content", {}, b"")
    assert content == (b"application/octet-stream", b"abc")
    assert said(objects, "DELETE", f"/v1/files/{made['id']}")["deleted"]
    with pytest.raises(Refused):
        said(objects, "GET", f"/v1/files/{made['id']}")


def test_a_batch_is_done_at_once() -> None:
    objects = Objects()
    said(objects, "POST", "/v1/files", FILE)
    batch = said(objects, "POST", "/v1/batches", b'{"input_file_id": "file-000001"}')
    assert (batch["status"], batch["output_file_id"]) == ("completed", "file-000002")


def test_lists_come_page_by_page_the_newest_first() -> None:
    objects = Objects()
    for _ in range(3):
        said(objects, "POST", "/v1/files", FILE)
    first = said(objects, "GET", "/v1/files", limit="2")
    assert ([each["id"] for each in first["data"]], first["has_more"]) == (
        ["file-000003", "file-000002"],
        True,
    )
    second = said(objects, "GET", "/v1/files", limit="2", after=first["last_id"])
    assert ([each["id"] for each in second["data"]], second["has_more"]) == (["file-000001"], False)


def test_a_purpose_that_is_no_text_is_refused() -> None:
    form = b'--x\r\ncontent-disposition: form-data; name="%b"\r\n\r\n%b\r\n'
    body = form % (b"file", b"1") + form % (b"purpose", b"\xff") + b"--x--\r\n"
    with pytest.raises(Refused, match="purpose"):
        said(Objects(), "POST", "/v1/files", body)


@pytest.mark.parametrize("body", [b"{", b"{}", b'{"input_file_id": "file-9"}'])
def test_a_batch_of_nothing_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        said(Objects(), "POST", "/v1/batches", body)


def test_other_paths_are_others() -> None:
    assert Objects().answer("GET", "/v1/models", {}, b"") is None
