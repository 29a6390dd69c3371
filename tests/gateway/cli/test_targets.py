"""`signalbox targets` asks a running gateway and says what it heard."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from typer.testing import CliRunner

from gateway.admin.targets import KeyAnswer, TargetAnswer, TargetsAnswer
from gateway.cli.main import app
from gateway.cli.targets import COLUMNS, row
from tests.serving import serving

TARGET = TargetAnswer(
    target="openai/gpt-4o-mini",
    circuit="warming",
    share=0.4,
    reason="it warms up, at 40% of its traffic",
    success=0.975,
    samples=12,
    in_flight=3,
    first_content_ms=412.4,
    per_token_ms=8.25,
    output_tokens=120.0,
    cached_share=0.3,
    keys=[
        KeyAnswer(source="env ONE", waits_seconds=0.0, reason="", requests_left=59),
        KeyAnswer(source="env TWO", waits_seconds=7.2, reason="its vendor asks to wait", requests_left=None),
    ],
    usual_call_nano=390_000,
)
QUIET = TARGET.model_copy(
    update={
        "circuit": "closed",
        "reason": "",
        "samples": 0,
        "success": 1.0,
        "first_content_ms": 0.0,
        "per_token_ms": 0.0,
        "usual_call_nano": None,
    }
)


class Handler(BaseHTTPRequestHandler):
    """A gateway that knows one key."""

    def do_GET(self) -> None:
        known = self.headers["authorization"] == "Bearer right" and self.path == "/admin/v1/targets"
        body = TargetsAnswer(data=[TARGET]).model_dump_json() if known else '{"error":"who?"}'
        self.send_response(200 if known else 401)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    with serving(Handler) as address:
        yield f"{address}/"


def test_a_target_is_a_line() -> None:
    assert dict(zip(COLUMNS, row(TARGET), strict=True)) == {
        "TARGET": "openai/gpt-4o-mini",
        "STATE": "warming: it warms up, at 40% of its traffic",
        "SHARE": "40%",
        "GOOD": "97.5%",
        "FIRST": "412 ms",
        "TOKEN": "8.2 ms",
        "USUAL CALL": "$0.00039",
        "OPEN": "3",
        "KEYS": "env ONE, 59 left, env TWO, waits 7 s",
    }


def test_what_is_not_known_is_a_dash() -> None:
    assert row(QUIET)[1:6] == ("closed", "40%", "-", "-", "-")


def test_the_table_and_the_document(url: str) -> None:
    runner = CliRunner()
    table = runner.invoke(app, ["targets", "--url", url, "--key", "right"], env={"COLUMNS": "200"})
    assert table.exit_code == 0 and "openai/gpt-4o-mini" in table.output
    document = runner.invoke(app, ["targets", "--url", url, "--key", "right", "--json"])
    assert json.loads(document.output)["data"][0]["in_flight"] == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--key", "wrong"], "401"),
        ([], "An admin key is needed"),
        (["--key", "right", "--url", "ftp://x"], "write it as in http://"),
        (["--key", "right", "--url", "http://127.0.0.1:1"], "No gateway answers"),
    ],
    ids=["a wrong key", "no key", "no URL", "nobody there"],
)
def test_what_goes_wrong_is_told(
    url: str, arguments: list[str], said: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    where = [] if "--url" in arguments else ["--url", url]
    done = CliRunner().invoke(app, ["targets", *where, *arguments, "--json"])
    assert done.exit_code == 1 and said in json.loads(done.stderr)["error"]["message"]
