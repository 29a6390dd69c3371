"""What was learnt is there after a restart, for each process of a machine; what is broken is learnt anew."""

from pathlib import Path

import pytest

from caching.semantic.acceptance import Acceptance, Aims, Label
from caching.semantic.features import SIZE
from gateway.caching.evidence import EvidenceFile

AIMS = Aims()
PLACE = ("support", "fast")


def learnt() -> Acceptance:
    acceptance = Acceptance(AIMS)
    for number in range(300):
        acceptance.learn(Label((0.9 + number % 90 / 1000, *[0.0] * (SIZE - 1)), alike=True, right=True))
    for _ in range(40):
        acceptance.give(0.0)
    return acceptance


def test_a_threshold_goes_on_where_it_ended(tmp_path: Path) -> None:
    before = learnt()
    assert before.threshold < AIMS.start
    file = EvidenceFile(tmp_path / "semantic")
    file.write({PLACE: before.evidence})
    file.close()
    again = EvidenceFile(tmp_path / "semantic")
    after = Acceptance.restored(AIMS, again.read()[PLACE])
    assert (after.threshold, after.state) == (before.threshold, before.state)
    mine, theirs = after.report, before.report
    assert (mine.given, mine.labels) == (theirs.given, theirs.labels) == (40, 300)
    # Checks that were under way have failed: the bound is no better than it was.
    assert mine.bound >= theirs.bound
    assert after.evidence == before.evidence
    again.close()


def test_other_aims_begin_anew(tmp_path: Path) -> None:
    stricter = Aims(max_wrong=0.001)
    assert Acceptance.restored(stricter, learnt().evidence).report.labels == 0
    short = Acceptance(AIMS)
    short.learn(Label((0.9,), alike=True, right=True))  # by another version
    assert Acceptance.restored(AIMS, short.evidence).report.labels == 0


def test_each_process_has_a_file_of_its_own(tmp_path: Path) -> None:
    one, other = EvidenceFile(tmp_path), EvidenceFile(tmp_path)
    one.write({PLACE: learnt().evidence})
    assert other.read() == {}
    other.write({PLACE: Acceptance(AIMS).evidence})
    one.close()
    next_one = EvidenceFile(tmp_path)
    assert len(next_one.read()[PLACE].labels) == 300
    next_one.close()
    other.close()


@pytest.mark.parametrize("data", [b"", b"{", b'[["a"]]', b"\xff"])
def test_a_broken_file_is_as_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "thresholds-0.json").write_bytes(data)
    file = EvidenceFile(tmp_path)
    assert file.read() == {}
    file.close()


def test_a_folder_that_cannot_be_used_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "semantic").write_text("no folder")
    file = EvidenceFile(tmp_path / "semantic")
    file.write({PLACE: learnt().evidence})
    assert file.read() == {}
    file.close()
