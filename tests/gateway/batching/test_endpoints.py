"""What is ours and what is the vendors' is told apart by ids, by a header, and by who there is."""

from pathlib import Path
from typing import Any

import pytest

from tests.gateway.relaying.vendor import Vendor, answers, line

FORM: dict[str, Any] = {"files": {"file": ("a.jsonl", b"{}\n")}, "data": {"purpose": "batch"}}
THEIRS = b'{"id": "file-theirs", "object": "file"}'
OTHER = "  none: { kind: vllm, base_url: 'http://127.0.0.1:1/v1' }\n"


async def test_the_only_vendor_that_runs_batches_keeps_the_files(tmp_path: Path) -> None:
    async with line(tmp_path, Vendor(answers(200, THEIRS))) as relay:
        made = await relay.post("/v1/files", **FORM)
        assert made.json()["id"] == "file-theirs"
        named = {**relay.here.headers, "x-signalbox-vendor": "signalbox"}
        made = await relay.here.client.post("/v1/files", headers=named, **FORM)
        assert made.json()["id"].startswith("file-sb")
        listed = await relay.here.client.get("/v1/files", headers=named)
        assert [each["id"] for each in listed.json()["data"]] == [made.json()["id"]]
        assert len(relay.vendors[0].asked) == 1
        assert (await relay.here.get("/v1/batches/batch_sbnone")).status_code == 404


async def test_where_there_are_several_a_file_for_batches_is_kept_here(tmp_path: Path) -> None:
    vendors = Vendor(answers(200, THEIRS)), Vendor(answers(200, THEIRS))
    async with line(tmp_path, *vendors) as relay:
        kept = (await relay.post("/v1/files", **FORM)).json()
        assert (kept["filename"], kept["bytes"], kept["status"]) == ("a.jsonl", 3, "processed")
        tuning = await relay.post("/v1/files", files=FORM["files"], data={"purpose": "fine-tune"})
        assert tuning.status_code == 400
        assert "x-signalbox-vendor" in tuning.json()["error"]["message"]
        named = {**relay.here.headers, "x-signalbox-vendor": "v1"}
        tuned = await relay.here.client.post(
            "/v1/files", headers=named, files=FORM["files"], data={"purpose": "fine-tune"}
        )
        assert tuned.json()["id"] == "file-theirs"
        sent = vendors[1].asked[0].body
        assert b"fine-tune" in sent and b"{}\n" in sent, "bytes of the form were lost"
        assert [each["id"] for each in (await relay.here.get("/v1/files")).json()["data"]] == [kept["id"]]
        content = await relay.here.get(f"/v1/files/{kept['id']}/content")
        assert (content.content, content.headers["content-type"]) == (b"{}\n", "application/jsonl")


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("POST", "/v1/files", {"files": {"purpose": (None, b"batch")}}, 400),
        ("POST", "/v1/files", {"files": {"file": b"x" * 2000}, "data": {"purpose": "batch"}}, 413),
        ("POST", "/v1/files", {"files": {"file": b"x"}, "data": {}}, 400),
        ("POST", "/v1/batches", {"json": {"input_file_id": "file-sbnone", "endpoint": "/v1/x"}}, 404),
        ("POST", "/v1/batches", {"json": {"input_file_id": "file-sbnone"}}, 400),
        ("POST", "/v1/batches", {"json": {"input_file_id": "file-sbnone", "endpoint": 7}}, 400),
        ("POST", "/v1/batches", {"json": {"input_file_id": "file-none"}}, 404),
        ("POST", "/v1/batches", {"content": b"{"}, 400),
        ("POST", "/v1/batches/batch_sbnone", {}, 404),
        ("GET", "/v1/batches/batch_sbnone", {}, 404),
        ("GET", "/v1/batches?limit=0", {}, 400),
        ("GET", "/v1/batches?limit=x", {}, 400),
        ("GET", "/v1/batches?after=nobodys", {}, 404),
    ],
)
async def test_what_is_refused(
    tmp_path: Path, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    more = "batches: { max_file: 1kB }"
    async with line(tmp_path, Vendor(answers(200, b"{}")), Vendor(answers(200, b"{}")), more=more) as relay:
        answer = await relay.here.client.request(method, path, headers=relay.here.headers, **options)
        assert answer.status_code == status, answer.text
        assert answer.json()["error"]["code"]
        assert list((tmp_path / "state" / "files").glob("*")) == []  # noqa: ASYNC240 - an empty folder


async def test_what_of_a_kept_thing_is_not_there(tmp_path: Path) -> None:
    async with line(tmp_path, Vendor(answers(200, b"{}")), Vendor(answers(200, b"{}"))) as relay:
        file = (await relay.post("/v1/files", **FORM)).json()["id"]
        wanted = {"input_file_id": file, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
        batch = (await relay.post("/v1/batches", json=wanted)).json()["id"]
        for method, path in (
            ("POST", f"/v1/files/{file}"),
            ("GET", f"/v1/files/{file}/more"),
            ("DELETE", f"/v1/batches/{batch}"),
            ("POST", f"/v1/batches/{batch}/begin"),
        ):
            answer = await relay.here.client.request(method, path, headers=relay.here.headers)
            assert answer.status_code == 404, (method, path)
        (tmp_path / "state" / "files" / file).unlink()
        gone = await relay.here.get(f"/v1/files/{file}/content")
        assert (gone.status_code, gone.json()["error"]["code"]) == (503, "store_unavailable")
