"""Google's tokens come from the account's own endpoint, and are kept while they are good."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
import trustme

from gateway.signing.google import GoogleTokens
from gateway.signing.refreshing import CredentialsUnavailable


class Endpoint(ThreadingHTTPServer):
    """A token endpoint that numbers its tokens, each good for an hour."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.claims: list[dict[str, object]] = []
        self.status = 200

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/token"


class Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        claims = form["assertion"][0].split(".")[1]
        self.server.claims.append(json.loads(base64.urlsafe_b64decode(claims + "==")))
        said = {"access_token": f"t{len(self.server.claims)}", "expires_in": 3600, "token_type": "Bearer"}
        body = json.dumps(said if self.server.status == 200 else {"error": "invalid_grant"}).encode()
        self.send_response(self.server.status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def account() -> dict[str, str]:
    key = trustme.CA().issue_cert("x.example", key_type=trustme.KeyType.RSA).private_key_pem.bytes().decode()
    return {
        "type": "service_account",
        "client_email": "a@b.example",
        "private_key": key,
        "token_uri": "https://away.invalid/token",
    }


async def test_a_token_is_asked_for_once_and_renewed_before_it_ends(
    endpoint: Endpoint, account: dict[str, str]
) -> None:
    now = [time.time_ns() / 1e9]
    tokens = GoogleTokens(account, lambda: now[0], token_uri=endpoint.uri)
    for _ in range(2):
        assert await tokens.headers() == ((b"authorization", b"Bearer t1"),)
    now[0] += 3200
    assert await tokens.headers() == ((b"authorization", b"Bearer t1"),)
    now[0] += 200
    assert await tokens.headers() == ((b"authorization", b"Bearer t2"),)
    assert endpoint.claims[0]["iss"] == "a@b.example"
    assert "cloud-platform" in str(endpoint.claims[0]["scope"])


async def test_a_refusal_says_no_secret(endpoint: Endpoint, account: dict[str, str]) -> None:
    endpoint.status = 400
    with pytest.raises(CredentialsUnavailable, match=r"^Google gave no access token \(RefreshError\)$"):
        await GoogleTokens(account, lambda: 0.0, token_uri=endpoint.uri).headers()


async def test_an_endpoint_that_is_away_is_unavailable(endpoint: Endpoint, account: dict[str, str]) -> None:
    with pytest.raises(CredentialsUnavailable, match="URLError"):
        await GoogleTokens(account, lambda: 0.0, token_uri="http://127.0.0.1:9/token").headers()


async def test_a_broken_key_is_unavailable(account: dict[str, str]) -> None:
    with pytest.raises(CredentialsUnavailable):
        await GoogleTokens(account | {"private_key": "no key"}, lambda: 0.0).headers()
    with pytest.raises(CredentialsUnavailable):
        await GoogleTokens({}, lambda: 0.0).headers()
