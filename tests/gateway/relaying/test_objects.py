"""An object leads to the vendor that has it, and to nobody else's."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kinds import Operation
from gateway.relaying.objects import Place, place_of
from tests.gateway.relaying.vendor import Vendor, answers, line

MADE = b'{"id": "file-1", "object": "file"}'
FILE = {"files": {"file": b"abc"}, "data": {"purpose": "batch"}}


@pytest.mark.parametrize(
    ("operation", "rest", "place"),
    [
        (Operation.FILES, "", Place("", "", "")),
        (Operation.FILES, "/file-1", Place("/file-1", "file-1", "")),
        (Operation.FILES, "/file-1/content", Place("/file-1/content", "file-1", "content")),
        (Operation.VECTOR_STORES, "/vs_1/files/f", Place("/vs_1/files/f", "vs_1", "files/f")),
        (Operation.FINE_TUNING, "/jobs", Place("/jobs", "", "")),
        (Operation.FINE_TUNING, "/jobs/ft-1/cancel", Place("/jobs/ft-1/cancel", "ft-1", "cancel")),
        (Operation.FINE_TUNING, "/alpha/graders/run", None),
        (Operation.FINE_TUNING, "", None),
        (Operation.FILES, "/../models", None),
        (Operation.FILES, "//models", None),
        (Operation.FILES, "/a b", None),
        (Operation.FILES, "/a?b", None),
    ],
)
def test_a_path_names(operation: Operation, rest: str, place: Place | None) -> None:
    assert place_of(operation, rest) == place


@given(st.text(max_size=30))
def test_no_path_leads_out_of_its_collection(rest: str) -> None:
    place = place_of(Operation.FILES, rest)
    assert place is None or not {"..", "."} & set(place.rest.split("/"))
    assert place is None or place.rest.isascii() and "//" not in place.rest


async def test_an_id_leads_to_the_vendor_that_made_it(tmp_path: Path) -> None:
    vendors = Vendor(answers(200, b"{}")), Vendor(answers(200, MADE))
    async with line(tmp_path, *vendors) as relay:
        named = {**relay.here.headers, "x-signalbox-vendor": "v1"}
        made = await relay.here.client.post("/v1/files", headers=named, **FILE)  # type: ignore[arg-type]
        assert made.headers["x-signalbox-target"] == "v1/files"
        shown = await relay.here.get("/v1/files/file-1?limit=3&key=secret")
        assert (shown.content, vendors[0].asked) == (MADE, [])
        assert vendors[1].asked[-1].line == "GET /v1/files/file-1?limit=3 HTTP/1.1"
        batch = await relay.post("/v1/batches", json={"input_file_id": "file-1"})
        assert batch.status_code == 200
        assert vendors[1].asked[-1].line == "POST /v1/batches HTTP/1.1"


async def test_of_several_vendors_one_must_be_named(tmp_path: Path) -> None:
    async with line(tmp_path, Vendor(answers(200, MADE)), Vendor(answers(200, MADE))) as relay:
        answer = await relay.here.get("/v1/vector_stores")
        assert answer.status_code == 400
        assert "v0, v1" in answer.json()["error"]["message"]


async def test_an_upload_is_not_held_back(tmp_path: Path) -> None:
    vendor = Vendor(answers(200, MADE))
    async with line(tmp_path, vendor) as relay:
        body = b"--b\r\n" + b"\1" * 3_000_000
        headers = {**relay.here.headers, "content-type": "multipart/form-data; boundary=b"}
        await relay.here.client.post("/v1/files", content=body, headers=headers)
        assert bytes(vendor.asked[0].body) == body
        assert vendor.asked[0].headers["content-type"] == "multipart/form-data; boundary=b"


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (answers(404, b"{}"), 404, "not_found"),
        (answers(401, b"{}"), 502, "vendor_credentials_rejected"),
        (answers(400, b'{"error": {"message": "no", "code": "bad"}}'), 400, "bad"),
    ],
)
async def test_a_vendors_refusal_is_told(tmp_path: Path, answer, status: int, code: str) -> None:  # type: ignore[no-untyped-def]
    vendor = Vendor(answers(200, MADE), answer)
    async with line(tmp_path, vendor) as relay:
        await relay.post("/v1/files", **FILE)
        shown = await relay.here.get("/v1/files/file-1")
        assert (shown.status_code, shown.json()["error"]["code"]) == (status, code)


async def test_a_list_that_cannot_be_read_is_the_vendors_fault(tmp_path: Path) -> None:
    async with line(tmp_path, Vendor(answers(200, b"[1]"))) as relay:
        answer = await relay.here.get("/v1/files")
        assert (answer.status_code, answer.json()["error"]["code"]) == (502, "vendor_failed")


async def test_what_has_no_price_is_refused_where_that_is_denied(tmp_path: Path) -> None:
    async with line(tmp_path, Vendor(answers(200, MADE)), more="ledger: { unpriced: deny }") as relay:
        answer = await relay.post("/v1/files", **FILE)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "model_unpriced")


async def test_what_leaves_in_a_query_is_guarded(tmp_path: Path) -> None:
    vendor = Vendor(answers(200, b'{"id": "vs_1", "data": []}'))
    async with line(tmp_path, vendor, more="guardrails: [pii]") as relay:
        made = await relay.post("/v1/vector_stores", json={"name": "of ann@acme.com"})
        assert made.status_code == 200
        paths = [
            "/v1/vector_stores?after=a_1&name=ann@acme.com",
            "/v1/vector_stores/vs_1/files?name=ann@acme.com",
        ]
        for path in paths:
            assert (await relay.here.get(path)).status_code == 200
            assert "name=%3CEMAIL_" in vendor.asked[-1].line and "ann" not in vendor.asked[-1].line
        assert "after=a_1&" in vendor.asked[-2].line
        searched = await relay.post("/v1/vector_stores/vs_1/search?of=ann@acme.com", json={"query": "x"})
        assert (searched.status_code, "of=%3CEMAIL_" in vendor.asked[-1].line) == (200, True)
