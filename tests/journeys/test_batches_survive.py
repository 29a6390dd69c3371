"""Batches through killed processes, and through several processes at once: each line is answered once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openai import OpenAI

from tests.journeys.program import Gateway, Simulator, running, until
from tests.journeys.reconcile import reconcile
from tests.journeys.test_batches import begun, client_of, configured, ended, line, read

LINES = 200
CONCURRENCY = 4  # as `configured` says
MODEL = "sim/small@first_ms=40,length=5"


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Simulator]:
    """A vendor whose bill is of these batches alone."""
    (tmp_path / "vendor").mkdir()
    simulator = Simulator(tmp_path / "vendor")
    with running(simulator):
        yield simulator


@pytest.mark.parametrize(
    "kills",
    [1, pytest.param(6, marks=[pytest.mark.soak, pytest.mark.timeout(600)])],
    ids=["quick", "soak"],
)
def test_a_killed_batch_goes_on_and_no_answer_is_lost_or_bought_twice(
    tmp_path: Path, vendor: Simulator, kills: int
) -> None:
    gateway = Gateway(tmp_path, configured(vendor))
    with running(gateway):
        with client_of(gateway) as client:
            batch = begun(client, *(line(f"n{number}", model=MODEL) for number in range(LINES)))
            for number in range(1, kills + 1):
                passed(client, batch.id, LINES * number // (kills + 1))
                gateway.kill()
                gateway.start()
            done = ended(client, batch.id, 90)
            assert (done.status, done.request_counts.completed) == ("completed", LINES)
            output = read(client, done.output_file_id)
        bill = vendor.settled()
    assert [each["custom_id"] for each in output] == [f"n{number}" for number in range(LINES)]
    assert LINES <= len(bill) <= LINES + kills * CONCURRENCY, "finished lines were asked again"
    rows = gateway.query("SELECT * FROM usage")
    found = reconcile(bill, rows)
    assert found.complaints == [], "\n".join(found.complaints)
    assert found.exact == found.billed > 0
    answers = {each["response"]["request_id"] for each in output}
    assert answers <= {row["attempt_id"].partition(".")[0] for row in rows if row["status"] == "ok"}


def passed(client: OpenAI, batch_id: str, least: int) -> None:
    """Wait until so many lines were answered."""

    def there() -> bool:
        return client.batches.retrieve(batch_id).request_counts.completed >= least

    until(there, f"{least} lines were not answered", 60)


def test_processes_that_share_a_database_share_the_work_and_never_a_line(
    tmp_path: Path, vendor: Simulator
) -> None:
    shared = f"stores: {{ database: 'sqlite:///{tmp_path}/shared.db' }}\n"
    folder = f"batches: {{ folder: '{tmp_path}/files', concurrency: 4"
    text = configured(vendor).replace("batches: { concurrency: 4", folder) + shared
    gateways = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        gateways.append(Gateway(tmp_path / name, text))
    first, second = gateways
    with running(first), running(second), client_of(first) as client:
        second.key = first.key
        with client_of(second) as other:
            made = [
                begun(each, *(line(f"n{number}", model=MODEL) for number in range(25)))
                for each in (client, other, client, other)
            ]
            outputs = [read(other, ended(client, batch.id).output_file_id) for batch in made]
        worked = [gateway.metric("signalbox_batch_lines_total") for gateway in gateways]
        bill = vendor.settled()
    for output in outputs:
        assert [each["custom_id"] for each in output] == [f"n{number}" for number in range(25)]
    assert len(bill) == sum(worked) == 100
