"""Answers in a file: there after a restart, unreadable to who has the file alone, and nobody's error."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from caching.sealing import Sealing
from tests.journeys.program import Gateway

KEY, NEXT = "0123456789abcdef" * 4, "fedcba9876543210" * 4
SECRET = "the points are frozen at the northern junction"
BODY = {"model": "small", "messages": [{"role": "user", "content": f"{SECRET}?"}], "max_tokens": 400}


def asked(gateway: Gateway, configuration: str, cache: str) -> str:
    """What the cache said in a process of its own."""
    gateway.file.write_text(f"{configuration}cache: {{ exact: 10m, store: sqlite{cache} }}\n")
    gateway.start()
    try:
        with gateway.client() as client:
            answer = client.post("/v1/chat/completions", json=BODY)
        assert answer.status_code == 200
        return str(answer.headers["x-signalbox-cache"])
    finally:
        assert gateway.stop() == 0


def test_an_answer_is_there_after_a_restart_also_when_keys_change(tmp_path: Path, configuration: str) -> None:
    both = f", encrypt: ['{NEXT}', '{KEY}']"
    caches = ["", "", f", encrypt: '{KEY}'", f", encrypt: '{KEY}'", both, f", encrypt: '{NEXT}'"]
    gateway = Gateway(tmp_path, configuration)
    found = [asked(gateway, configuration, each) for each in caches]
    # Who encrypts reads nothing that was not; who has the old key too reads on; who gave it up begins anew.
    assert found == ["miss", "hit", "miss", "hit", "hit", "miss"]


@pytest.mark.parametrize("encrypt", ["", f", encrypt: '{KEY}'"], ids=["open", "encrypted"])
def test_the_file_tells_nothing_where_it_is_encrypted(
    tmp_path: Path, configuration: str, encrypt: str
) -> None:
    gateway = Gateway(tmp_path, configuration)
    assert asked(gateway, configuration, encrypt) == "miss"
    with closing(sqlite3.connect(gateway.state / "answers.sqlite")) as file:
        ((fingerprint, data),) = file.execute("SELECT print, data FROM answer")
    kept = Sealing().read(fingerprint, data)
    assert (kept is not None and SECRET.encode() in kept.body) is (not encrypt)
    assert SECRET.encode() not in data if encrypt else True
