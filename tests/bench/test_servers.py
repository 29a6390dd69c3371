"""Servers are ready when they answer, and gone when the block is left."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench import subjects
from bench.ports import free_port
from bench.servers import NotReady, Server, running, stop
from bench.subjects import Place

CORES = frozenset(os.sched_getaffinity(0))


def _alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_server_answers_inside_the_block_and_is_gone_after_it(tmp_path: Path) -> None:
    with running(subjects.upstream(Place(free_port(), 0, (), tmp_path)), CORES) as server:
        assert _alive(server.pid)
        assert 0 < server.ready_seconds < 20
    assert not _alive(server.pid)


def test_a_server_is_pinned(tmp_path: Path) -> None:
    core = frozenset([max(CORES)])
    with running(subjects.upstream(Place(free_port(), 0, (), tmp_path)), core) as server:
        assert os.sched_getaffinity(server.pid) == core


def test_a_server_that_ends_at_once_shows_its_last_words() -> None:
    failing = Server(
        "broken", (sys.executable, "-c", "raise SystemExit('no such file: x.yaml')"), free_port()
    )
    with pytest.raises(NotReady, match="(?s)broken: it ended with 1.*no such file: x.yaml"):
        with running(failing, CORES):
            pass


def test_a_server_that_stays_silent_is_given_up() -> None:
    silent = Server(
        "silent", (sys.executable, "-c", "import time; time.sleep(60)"), free_port(), patience=0.3
    )
    with pytest.raises(NotReady, match="silent: no answer within 0 s"):
        with running(silent, CORES):
            pass


def test_a_server_that_refuses_is_not_ready() -> None:
    code = (
        "import http.server, sys\n"
        "class Refuse(http.server.BaseHTTPRequestHandler):\n"
        "    def do_POST(self): self.send_error(401, 'who are you')\n"
        "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Refuse).serve_forever()\n"
    )
    port = free_port()
    refusing = Server("refusing", (sys.executable, "-c", code, str(port)), port, patience=1)
    with pytest.raises(NotReady, match="status 401"):
        with running(refusing, CORES):
            pass


def test_a_process_that_will_not_end_is_made_to() -> None:
    code = (
        "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "print(1, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        stop(process, patience=0.2)
        assert process.returncode == -signal.SIGKILL
