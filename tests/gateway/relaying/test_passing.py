"""A vendor's whole API is open to teams that the file names, and leads nowhere else."""

import asyncio
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import BadRequest
from gateway.relaying.passing import passed_headers, safe_path
from tests.gateway.relaying.vendor import Answer, Vendor, answers, begins, line
from tests.patience import ARRIVAL_SECONDS

ALLOWED = "teams: { default: { passthrough: [v0] } }"


@pytest.mark.parametrize(
    "path",
    [b"/v1/assistants", b"/", b"/a/b/", b"/a%20b", b"/a:b@c", b"/..a", b"/%C3%BC", b"/a%2Fb", b"/a%2fb/"]
    + [
        b"/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.amazon.nova/converse"
    ],
)
def test_a_plain_path_is_passed_as_it_came(path: bytes) -> None:
    assert safe_path(b"/passthrough/openai" + path) == path.decode()


@pytest.mark.parametrize(
    "path",
    [b"", b"/..", b"/a/../b", b"/./a", b"//a", b"/a//b", b"/%2e%2e/a", b"/a%5cb", b"/a\\b"]
    + [b"/a%2F..%2Fb", b"/a%2f../b", b"/a/..%2fb", b"/%2Fa", b"/a%2F%2Fb", b"/a%2F./b", b"/a%252Fb"]
    + [b"/%252e%252e/a", b"/a%0d%0ab", b"/a%00"],
)
def test_a_path_that_could_lead_elsewhere_is_refused(path: bytes) -> None:
    with pytest.raises(BadRequest):
        safe_path(b"/passthrough/openai" + path)


@given(st.text(st.sampled_from("./%25eEfF\\ac"), max_size=20))
def test_no_path_that_passes_climbs_however_often_it_is_decoded(text: str) -> None:
    try:
        path = safe_path(b"/passthrough/v/" + text.encode())
    except BadRequest:
        return
    for _ in range(3):
        assert not {".", ".."} & set(path.replace("\\", "/").split("/"))
        assert "//" not in path
        path = unquote(path)


def test_headers_of_ours_and_of_the_connection_stay_here() -> None:
    headers = [
        (b"accept", b"a/b"),
        (b"authorization", b"Bearer sk-sb-1"),
        (b"x-api-key", b"sk-sb-1"),
        (b"cookie", b"a=b"),
        (b"connection", b"close, X-Hop"),
        (b"x-hop", b"1"),
        (b"transfer-encoding", b"chunked"),
        (b"x-forwarded-for", b"10.0.0.1"),
        (b"x-signalbox-vendor", b"v"),
        (b"X-Theirs".lower(), b"1"),
        (b"openai-beta", b"assistants=v2"),
    ]
    assert passed_headers(headers, ["x-theirs"]) == [(b"accept", b"a/b"), (b"openai-beta", b"assistants=v2")]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_any_call_passes_with_the_vendors_own_key(tmp_path: Path, method: str) -> None:
    vendor = Vendor(answers(201, b"made", "text/plain", "set-cookie: a=b", "x-theirs: 1"))
    async with line(tmp_path, vendor, more=ALLOWED) as relay:
        answer = await relay.here.client.request(
            method,
            "/passthrough/v0/threads/t1?x=1&x=2",
            content=b"" if method == "GET" else b"\xff" * 70_000,
            headers={**relay.here.headers, "openai-beta": "assistants=v2", "content-type": "a/b"},
        )
        assert (answer.status_code, answer.content) == (201, b"made")
        assert (answer.headers["x-theirs"], "set-cookie" in answer.headers) == ("1", False)
        [asked] = vendor.asked
        assert asked.line == f"{method} /v1/threads/t1?x=1&x=2 HTTP/1.1"
        assert (asked.headers["openai-beta"], asked.headers["content-type"]) == ("assistants=v2", "a/b")
        assert "authorization" not in asked.headers  # this vendor has no key
        assert len(asked.body) == (0 if method == "GET" else 70_000)
        [row] = await relay.rows()
        assert (row["endpoint"], row["vendor"], row["status"]) == ("passthrough", "v0", "ok")
        assert (row["priced"], row["cost_nano"], row["http_status"]) == (0, 0, 201)


class Dying(Vendor):
    """Keeps its connections, and dies over whatever makes something."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while (told := await self._read_head(reader)).line.startswith("GET"):
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
            await reader.readexactly(int(told.headers["content-length"]))
        writer.transport.abort()


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_what_a_call_makes_is_not_asked_for_twice(tmp_path: Path, method: str) -> None:
    """A kept connection that breaks may have been dead before, or its vendor may have died of this call."""
    vendor = Dying()
    async with line(tmp_path, vendor, more=ALLOWED) as relay:
        client, headers = relay.here.client, relay.here.headers
        assert (await client.get("/passthrough/v0/x", headers=headers)).content == b"ok"
        answer = await client.request(method, "/passthrough/v0/x", headers=headers, content=b"{}")
        assert answer.status_code == 502
        assert [asked.line.split()[0] for asked in vendor.asked] == ["GET", method]


async def test_a_vendors_error_passes_as_it_is(tmp_path: Path) -> None:
    async with line(tmp_path, Vendor(answers(418, b"teapot", "text/plain")), more=ALLOWED) as relay:
        answer = await relay.post("/passthrough/v0/x")
        assert (answer.status_code, answer.content) == (418, b"teapot")
        [row] = await relay.rows()
        assert (row["status"], row["error_code"]) == ("error", "vendor_refused")


async def test_an_answer_is_streamed(tmp_path: Path) -> None:
    vendor = Vendor(begins(b"data: 1\n\n", "text/event-stream"))
    async with line(tmp_path, vendor, more=ALLOWED) as relay:
        async with relay.here.client.stream(
            "POST", "/passthrough/v0/x", headers=relay.here.headers
        ) as answer:
            assert await anext(answer.aiter_raw()) == b"data: 1\n\n"
        async with asyncio.timeout(ARRIVAL_SECONDS):
            await vendor.asked[0].gone.wait()
        [row] = await relay.rows()
        assert row["status"] == "cancelled"


@pytest.mark.parametrize(
    ("more", "path"),
    [
        pytest.param("", "/passthrough/v0/x", id="a team without"),
        pytest.param(ALLOWED, "/passthrough/v1/x", id="another vendor"),
        pytest.param(ALLOWED, "/passthrough/nobody/x", id="no vendor"),
        pytest.param(
            "teams: { default: { tags: { passthrough: v0 } } }", "/passthrough/v0/x", id="a tag is not enough"
        ),
    ],
)
async def test_nobody_else_may(tmp_path: Path, more: str, path: str) -> None:
    vendor: Answer = answers(200, b"")
    async with line(tmp_path, Vendor(vendor), Vendor(vendor), more=more) as relay:
        answer = await relay.post(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "passthrough_not_allowed")
        assert relay.vendors[0].asked == []


async def test_a_path_that_climbs_is_refused_before_the_vendor_hears_of_it(tmp_path: Path) -> None:
    vendor = Vendor(answers(200, b""))
    async with line(tmp_path, vendor, more=ALLOWED) as relay:
        answer = await relay.post("/passthrough/v0/a%2F..%2Fb")
        assert (answer.status_code, vendor.asked) == (400, [])


async def test_what_leaves_in_an_address_or_a_header_is_guarded(tmp_path: Path) -> None:
    vendor = Vendor(answers(200, b"{}"))
    more = "guardrails: [pii]\nteams: { default: { passthrough: [v0] } }"
    async with line(tmp_path, vendor, more=more) as relay:
        client, headers = (
            relay.here.client,
            {**relay.here.headers, "x-note": "of ann@acme.com", "x-b": "a%20b"},
        )
        path = "/passthrough/v0/users/ann%40acme.com?email=ann@acme.com&x=a%20b&x=c&card=4111111111111111"
        assert (await client.get(path, headers=headers)).status_code == 200
        [told] = vendor.asked
        said = unquote(f"{told.line}\n{told.headers}")
        assert not [each for each in ("ann@", "4111111111111111") if each in said]
        assert told.line.startswith("GET /v1/users/%3CEMAIL_")
        assert "&x=a%20b&x=c&card=%3CCARD_" in told.line and told.headers["x-b"] == "a%20b"
        assert (await client.get("/passthrough/v0/a%20b?c=d%20e&f", headers=headers)).status_code == 200
        assert vendor.asked[-1].line == "GET /v1/a%20b?c=d%20e&f HTTP/1.1"


async def test_a_key_that_may_less_than_its_team_may_not_pass(tmp_path: Path) -> None:
    more = """
teams: { default: { models: [one, rest], passthrough: [v0] } }
admin_key: "an-admin-key-of-a-test"
"""
    async with line(tmp_path, Vendor(answers(200, b"{}")), more=more) as relay:
        client, admin = relay.here.client, {"authorization": "Bearer an-admin-key-of-a-test"}
        made = await client.post("/admin/v1/keys", json={"team": "default", "models": ["one"]}, headers=admin)
        narrow = {"authorization": f"Bearer {made.json()['key']}"}
        assert (await client.get("/passthrough/v0/x", headers=narrow)).status_code == 403
        assert (await relay.here.get("/passthrough/v0/x")).status_code == 200
