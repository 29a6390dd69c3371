"""Keys end when they are ended, wherever that is said; a database that is away is nobody's wrong key."""

import fcntl
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.journeys.conftest import Making
from tests.journeys.program import Gateway, show, until
from tests.journeys.wire import CHAT, HELLO
from tests.patience import Watch, in_time, patient

WITHIN = 1.0  # seconds from the end of the command
KNOWN = 0.5  # seconds that the database's lock does not add, however busy the machine is


def ask(gateway: Gateway, key: str, model: str = "echo") -> httpx.Response:
    with gateway.client(key) as client:
        return client.post(CHAT, json={"model": model, "messages": HELLO})


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def refused_after(gateway: Gateway, key: str) -> float:
    """Seconds until the key is refused."""
    watch = Watch(gateway.pid)
    until(lambda: ask(gateway, key).status_code == 401, "the key still works")
    return watch.seconds()


@patient
def test_a_key_revoked_by_another_process_is_refused_within_a_second(gateway: Gateway) -> None:
    name, key = gateway.new_key()
    assert ask(gateway, key).status_code == 200
    gateway.command("keys", "revoke", name)
    seconds = refused_after(gateway, key)
    show(f"a revoked key was refused {seconds:.2f} s after the command had ended")
    in_time(seconds, WITHIN)
    refusal = ask(gateway, key)
    assert code(refusal) == (401, "invalid_api_key")
    assert "revoked" in refusal.json()["error"]["message"]


def test_a_key_revoked_over_http_is_refused_at_once(gateway: Gateway) -> None:
    name, key = gateway.new_key()
    assert ask(gateway, key).status_code == 200
    with gateway.admin() as admin:
        admin.post(f"/admin/v1/keys/{name}/revoke").raise_for_status()
    assert ask(gateway, key).status_code == 401


@patient
def test_a_rotated_key_ends_and_its_successor_works(gateway: Gateway) -> None:
    name, old = gateway.new_key(models=["echo"])
    assert ask(gateway, old).status_code == 200
    new = gateway.command("keys", "rotate", name)["key"]
    assert ask(gateway, new).status_code == 200
    in_time(refused_after(gateway, old), WITHIN)
    assert code(ask(gateway, new, "small")) == (403, "model_not_allowed"), "rights changed with the key"


@patient
def test_a_key_rotated_with_grace_works_beside_its_successor_until_then(gateway: Gateway) -> None:
    name, old = gateway.new_key()
    new = gateway.command("keys", "rotate", name, "--grace", "10m")["key"]
    assert [ask(gateway, key).status_code for key in (old, new)] == [200, 200]
    name, old = gateway.new_key()
    new = gateway.command("keys", "rotate", name, "--grace", "2s")["key"]
    in_time(refused_after(gateway, old), 2 + WITHIN)
    assert ask(gateway, new).status_code == 200


@patient
def test_a_key_ends_when_it_was_said_to(gateway: Gateway) -> None:
    now = time.time_ns() // 1_000_000_000
    _, key = gateway.new_key(expires_at=now + 600)
    assert ask(gateway, key).status_code == 200
    _, key = gateway.new_key(expires_at=now + 2)
    took = refused_after(gateway, key)
    assert time.time_ns() / 1_000_000_000 >= now + 2
    in_time(took, 2 + WITHIN)
    assert "expired" in ask(gateway, key).json()["error"]["message"]


def test_a_key_sees_and_uses_only_its_models(gateway: Gateway) -> None:
    _, key = gateway.new_key(models=["echo", "sim/sim-*"])
    with gateway.client(key) as client:
        listed = {model["id"] for model in client.get("/v1/models").json()["data"]}
        hidden = client.get("/v1/models/small")
    assert "echo" in listed
    assert "small" not in listed
    assert hidden.status_code == 404
    assert ask(gateway, key, "sim/sim-anything").status_code == 200
    assert code(ask(gateway, key, "sim/small")) == (403, "model_not_allowed")


@pytest.mark.parametrize("path", ["/admin/v1/keys", "/admin/v1/usage", "/admin/v1/config"])
def test_the_administrative_api_takes_only_keys_for_it(gateway: Gateway, path: str) -> None:
    _, chief = gateway.new_key(role="admin")
    statuses = {}
    for name, key in (
        ("none", "x"),
        ("unknown", "sk-sb-nobody"),
        ("caller's", gateway.key),
        ("chief's", chief),
    ):
        with gateway.client(key) as client:
            statuses[name] = client.get(path).status_code
    assert statuses == {"none": 401, "unknown": 401, "caller's": 403, "chief's": 200}


@contextmanager
def locked(gateway: Gateway) -> Iterator[None]:
    """The database held so that nobody can read or write it.

    These bytes are the locks of SQLite's write-ahead log (https://www.sqlite.org/walformat.html#wal_locks).
    No other descriptor of the file may be opened meanwhile: closing it would let the locks go.
    """
    with (gateway.state / "signalbox.db-shm").open("rb+") as shared:
        fcntl.lockf(shared, fcntl.LOCK_EX, 8, 120)
        yield


def test_a_locked_database_stops_no_known_key_and_accuses_no_unknown_one(
    make_gateway: Making, configuration: str, gateway: Gateway
) -> None:
    unknown = gateway.key  # well made, but by another gateway
    gateway = make_gateway(configuration)
    assert ask(gateway, gateway.key).status_code == 200
    with locked(gateway):
        requests, seconds = [], []
        for _ in range(50):
            began = time.monotonic()
            requests.append(ask(gateway, gateway.key))
            seconds.append(time.monotonic() - began)
        stranger = ask(gateway, unknown)
        mistyped = ask(gateway, "sk-sb-mistyped")
        until(lambda: gateway.metric("signalbox_spool_rows") >= 50, "the rows do not wait in the spool")
        with gateway.client() as client:
            ready = client.get("/readyz")
    assert [each.status_code for each in requests] == [200] * 50
    assert statistics.median(seconds) < KNOWN, "known keys wait for the database"
    assert code(stranger) == (503, "store_unavailable")
    assert code(mistyped) == (401, "invalid_api_key")
    assert ready.status_code == 200
    for each in requests:
        assert gateway.attempts(each.headers["x-request-id"])[0]["status"] == "ok"
    told = (401, "invalid_api_key")
    until(lambda: code(ask(gateway, unknown)) == told, "the outage is remembered after its end", 3)
    until(lambda: gateway.metric("signalbox_spool_rows") == 0, "rows still wait in the spool")


def test_a_database_moved_away_takes_no_row_with_it(make_gateway: Making, configuration: str) -> None:
    gateway = make_gateway(configuration)
    assert ask(gateway, gateway.key).status_code == 200
    files = [gateway.state / f"signalbox.db{end}" for end in ("", "-wal", "-shm")]
    for file in files:
        file.rename(file.with_name(f"away-{file.name}"))
    requests = [ask(gateway, gateway.key) for _ in range(20)]
    for file in files:
        file.with_name(f"away-{file.name}").rename(file)
    assert [each.status_code for each in requests] == [200] * 20
    for each in requests:
        assert gateway.attempts(each.headers["x-request-id"])[0]["status"] == "ok"
