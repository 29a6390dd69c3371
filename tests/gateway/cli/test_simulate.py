"""`signalbox simulate`, as a process of its own."""

import contextlib
import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.nursery import nursery


@contextlib.contextmanager
def simulator(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [nursery().place / "signalbox", "simulate", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def test_it_says_in_json_where_it_listens_and_ends_well_on_sigterm(tmp_path: Path) -> None:
    bill = tmp_path / "bill.jsonl"
    with simulator("--json", "--seed", "3", "--bill", str(bill)) as process:
        assert process.stdout is not None and process.stderr is not None
        ready = json.loads(process.stdout.readline())
        assert ready["base_url"] == f"http://{ready['host']}:{ready['port']}/v1"
        body = {"model": "echo", "messages": [{"role": "user", "content": "Hi"}]}
        answer = httpx.post(f"{ready['base_url']}/chat/completions", json=body).json()
        assert answer["choices"][0]["message"]["content"] == "Hi"
        process.send_signal(signal.SIGTERM)
        process.wait(120)
        assert process.stderr.read() == ""
    assert json.loads(bill.read_text())["model"] == "echo"


def test_it_prints_what_it_serves_and_how_to_call_it() -> None:
    with simulator() as process:
        assert process.stdout is not None
        text = ""
        while "Ctrl-C" not in text:
            line = process.stdout.readline()
            assert line, text
            text += line
    assert "embed-small" in text and "0.15" in text and "curl http://127.0.0.1:" in text
    assert "0.04 per image" in text and "free" in text


@pytest.mark.parametrize("arguments", [[], ["--json"]], ids=["for people", "for programs"])
def test_a_port_that_is_taken_ends_it_with_what_to_do(arguments: list[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with simulator("--port", str(taken.getsockname()[1]), *arguments) as process:
            output, errors = process.communicate(timeout=120)
    assert process.returncode == 1 and output == ""
    assert "in use" in errors and "--port" in errors
