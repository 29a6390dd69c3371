"""Load by wrk or by the client: the same calls, and no errors overlooked."""

import shutil
from collections.abc import Iterator

import pytest

from bench import wire
from bench.client import Job, Load
from bench.load import LoadFailed, checked, put, script
from bench.ports import free_port
from bench.servers import Running, Server, running
from bench.subjects import Place
from bench.subjects import upstream as upstream_server
from tests.ports import refusing


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made: Server = upstream_server(Place(free_port(), 0, (), tmp_path_factory.mktemp("upstream")))
    with running(made, frozenset({0})) as started:
        yield started


@pytest.mark.parametrize("size", [300, 100_000])
@pytest.mark.parametrize("finder", [shutil.which, lambda _: None], ids=["wrk where installed", "built-in"])
def test_whole_answers_are_loaded_without_an_error(server: Running, size: int, finder: object) -> None:
    load = put(Job(server.server.port, 0.2, 4, prompt_bytes=size), finder)  # type: ignore[arg-type]
    assert load.errors == {}
    assert load.calls >= 4  # of each connection one; a busy machine has no time for more
    assert 0 < load.p50_ms <= load.p99_ms


def test_a_server_that_refuses_fails_the_load(server: Running) -> None:
    with pytest.raises(LoadFailed, match="no call was answered|closed|usage"):
        put(Job(server.server.port, 0.1, 1, path="/elsewhere"), lambda _: None)


def test_a_job_nobody_listens_to_fails_the_load() -> None:
    with refusing() as port, pytest.raises(LoadFailed):
        put(Job(port, 1, 1))


def test_the_script_sends_the_body_with_a_number_and_all_headers() -> None:
    job = Job(1, 1, 1, headers={"authorization": "Bearer k"})
    text = script(job)
    before, after = wire.around_number(job.body)
    assert f"[==[{before.decode()}]==]" in text
    assert f"[==[{after.decode()}]==]" in text
    assert 'wrk.headers["authorization"] = "Bearer k"' in text


def test_a_load_with_one_error_is_refused_and_says_which() -> None:
    with pytest.raises(LoadFailed, match="1 × a cut answer.*99 calls"):
        checked(Load(99, 1.0, 1.0, 1.0, {"a cut answer": 1}))


def test_a_load_of_no_calls_is_refused() -> None:
    with pytest.raises(LoadFailed, match="no call was answered"):
        checked(Load(0, 1.0, 0.0, 0.0, {}))
