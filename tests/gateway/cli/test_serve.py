"""`signalbox serve` begins at once, says clearly why it cannot, and ends well."""

import contextlib
import json
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.gateway.running import (
    END_SECONDS,
    Running,
    command,
    environment,
    refused,
    running,
    spoken,
    with_tables,
)

AWAY = "postgresql://u:secret@127.0.0.1:1/d"


def test_it_serves_without_anything_and_says_where(tmp_path: Path) -> None:
    with running(tmp_path) as gateway:
        assert gateway.said["source"] == "no file"
        assert gateway.said["vendors"] == ["sim"]
        assert gateway.said["base_url"] == f"{gateway.address}/v1"
        answer = gateway.chat()
        assert answer.status_code == 200
        paths = httpx.get(f"{gateway.address}/openapi.json").json()["paths"]
        assert {"/v1/chat/completions", "/admin/v1/usage", "/v1/organization/costs"} <= set(paths)
        assert gateway.end() == 0
    with running(tmp_path) as again:
        assert again.said["first_key"] is None


@contextlib.contextmanager
def streaming(gateway: Running, model: str) -> Iterator[Iterator[str]]:
    """The lines of an answer that has begun."""
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": "Hello!"}]}
    url = f"{gateway.address}/v1/chat/completions"
    with httpx.stream("POST", url, json=body, headers=gateway.headers, timeout=20) as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith("data: ")
        yield lines


def test_a_stream_that_is_open_ends_whole_when_it_is_told_to_stop(tmp_path: Path) -> None:
    with_tables(tmp_path)
    with running(tmp_path) as gateway, streaming(gateway, "sim/small@tps=20,length=30") as lines:
        gateway.process.send_signal(signal.SIGTERM)
        wait_until_closed(gateway)
        assert [line for line in lines if line][-1] == "data: [DONE]"
        assert gateway.process.wait(END_SECONDS) == 0
    told = gateway.errors.read_text()  # the look that found the port closed may have been a second one
    assert "1 open request has 20 s to finish" in told or "2 open requests have 20 s to finish" in told
    assert list((tmp_path / "state" / "spool").iterdir()) == []
    [line] = rows(tmp_path)
    assert (line["requests"], line["errors"], line["output_tokens"]) == (1, 0, 30)


@pytest.mark.parametrize("end", ["the grace", "Ctrl-C again"])
def test_what_is_cut_off_is_billed_for_what_came(tmp_path: Path, end: str) -> None:
    with_tables(tmp_path)
    (tmp_path / "signalbox.yaml").write_text(f"server: {{drain: {1 if end == 'the grace' else 60}s}}\n")
    with running(tmp_path) as gateway, streaming(gateway, "sim/small@tps=5,length=400") as lines:
        told = time.monotonic()
        gateway.process.send_signal(signal.SIGINT)
        wait_until_closed(gateway)
        if end == "Ctrl-C again":
            assert gateway.process.poll() is None
            gateway.process.send_signal(signal.SIGINT)
            assert gateway.process.wait(50) == 0
        else:
            assert gateway.process.wait(END_SECONDS) == 0
            assert time.monotonic() - told >= 1
        with contextlib.suppress(httpx.TransportError):
            assert "data: [DONE]" not in list(lines)
    assert list((tmp_path / "state" / "spool").iterdir()) == []
    [line] = rows(tmp_path)
    assert line["requests"] == 1
    assert 0 < line["output_tokens"] < 100


def wait_until_closed(gateway: Running) -> None:
    """Until it takes no more connections; one that waited for its turn then is reset."""
    deadline = time.monotonic() + END_SECONDS
    with contextlib.suppress(httpx.TransportError):
        while time.monotonic() < deadline:
            httpx.get(f"{gateway.address}/healthz")
            time.sleep(0.02)
        pytest.fail("it still listens")


def rows(place: Path) -> list[dict[str, int]]:
    """The ledger, by the command for it."""
    done = spoken(place, "usage", "--json", "--state", str(place / "state"))
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout)["data"])


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for more in ([], ["--workers", "2"]):
            said = refused(tmp_path, "serve", "--port", port, *more)
            assert said.count("\n") == 1
            assert f"port {port}: Address already in use" in said and "--port" in said


@pytest.mark.parametrize(
    ("setting", "said", "workers"),
    [
        pytest.param(f"stores: {{database: '{AWAY}'}}", "database", "1", id="away"),
        pytest.param(f"stores: {{database: '{AWAY}'}}", "database", "2", id="away from workers"),
        pytest.param(
            "stores: {database: 'sqlite:////proc/no/s.db'}", "cannot be opened", "1", id="no folder"
        ),
        pytest.param("server: {port: high}", "1:16 server.port", "2", id="a mistake"),
        pytest.param("teams: {a: {limits: {concurrent: 3}}}", "one worker", "2", id="limits"),
    ],
)
def test_a_start_that_fails_says_why_once(tmp_path: Path, setting: str, said: str, workers: str) -> None:
    (tmp_path / "signalbox.yaml").write_text(setting)
    text = refused(tmp_path, "serve", "--port", "0", "--workers", workers, "--state", str(tmp_path))
    assert text.startswith("error: ")
    assert said in text
    assert text.count("error: ") == 1
    assert "secret" not in text


def test_a_state_directory_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = refused(tmp_path, "serve", "--port", "0", "--state", str(tmp_path / "file" / "state"), "--json")
    error = json.loads(said)["error"]
    assert str(tmp_path / "file") in error["message"]
    assert error["code"] == "system_error"


def test_the_environment_names_the_database_before_the_file_does(tmp_path: Path) -> None:
    with_tables(tmp_path)
    (tmp_path / "signalbox.yaml").write_text("stores: {database: 'sqlite:///of-the-file.db'}\n")
    chosen = {"SIGNALBOX_DATABASE": f"sqlite:///{tmp_path}/state/signalbox.db"}
    with running(tmp_path, environ=chosen) as gateway:
        assert gateway.said["first_key"]
    assert not (tmp_path / "of-the-file.db").exists()


def test_a_signal_before_it_listens_ends_it_too(tmp_path: Path) -> None:
    arguments = command("serve", "--port", "0", "--state", str(tmp_path / "state"))
    with subprocess.Popen(
        arguments, cwd=tmp_path, env=environment(tmp_path), stderr=subprocess.PIPE
    ) as process:
        deadline = time.monotonic() + END_SECONDS
        while not (tmp_path / "state" / "signalbox.db").exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=END_SECONDS)
    assert (process.returncode, b"Traceback" in said) == (0, False)


def test_as_many_files_may_be_open_as_the_system_allows(tmp_path: Path) -> None:
    """A soft limit of 1024, which is usual, would cut the 500th call off; a low hard one is told."""
    with_tables(tmp_path)
    limits = ["sh", "-c", 'ulimit -Sn 200 && ulimit -Hn 300 && exec "$@"', "sh"]
    serve = command("serve", "--json", "--port", "0", "--state", str(tmp_path / "state"))
    pipe = subprocess.PIPE
    with subprocess.Popen(
        limits + serve, cwd=tmp_path, env=environment(tmp_path), stdout=pipe, stderr=pipe
    ) as process:
        assert process.stdout is not None and process.stdout.readline()
        assert resource.prlimit(process.pid, resource.RLIMIT_NOFILE) == (300, 300)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=END_SECONDS)
    assert b"300 files may be open, enough for some 150 calls" in said
