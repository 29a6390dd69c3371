"""What a file holds is read line by line, and a line that is no request is named."""

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.cli.warm import ask, read_requests


def test_a_line_is_a_chat_or_says_its_path() -> None:
    lines = ['{"model": "m"}', "", '{"path": "/v1/messages", "body": {"model": "n"}}']
    lines.append('{"path": "v1/messages", "body": {"temperature": 1e0, "x": "a\u2028b"} }\r')
    assert list(read_requests(lines)) == [
        ("/v1/chat/completions", b'{"model": "m"}'),
        ("/v1/messages", b'{"model": "n"}'),
        ("/v1/messages", '{"temperature": 1e0, "x": "a\u2028b"}'.encode()),
    ]


@pytest.mark.parametrize("line", ["no", "[]", "3", '{"path": 3, "body": {}}', '{"a": 1} {}'])
def test_another_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 is no JSON object"):
        list(read_requests(['{"model": "m"}', line]))


def test_where_nobody_answers_it_fails(tmp_path) -> None:
    said = ask("http://127.0.0.1:9/v1/chat/completions", "key", b"{}")
    assert said == "failed: [Errno 111] Connection refused"
    file = tmp_path / "requests.jsonl"
    file.write_text('\ufeff{"model": "m"}\n')
    arguments = ["cache", "warm", str(file), "--key", "k", "--url", "http://127.0.0.1:9"]
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, done.stdout) == (1, "1 requests: 1 failed\n")
    assert "the first that failed: [Errno 111] Connection refused" in done.output


def test_a_key_that_cannot_be_sent_is_not_shown() -> None:
    assert ask("http://127.0.0.1:9/", "schl\u00fcssel\n", b"{}").startswith("failed: neither")
