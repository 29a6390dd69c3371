"""What is learnt from is a label of the right team on a call that was written down."""

from pathlib import Path

import pytest

from gateway.routing.learning import MOST_BYTES, MOST_WEIGHT, Label, Learning, Sample, read_learnt


def sample(request: str, side: str = "cheap", propensity: float = 0.99, group: str = "auto") -> Sample:
    return Sample(request, "t", group, side, propensity, [1, 2], [0.5])


def test_a_sample_with_its_label_is_an_example_of_the_side_that_was_asked(tmp_path: Path) -> None:
    one, other = Learning(tmp_path / "router", 1), Learning(tmp_path / "router", 2)
    one.sample(sample("req_1"))
    one.sample(sample("req_2", "strong", 0.01))
    one.sample(sample("req_3"))
    one.sample(sample("req_4", group="other"))
    for request, right in (("req_1", 1.0), ("req_1", 0.2), ("req_2", 0.9), ("req_4", 1.0)):
        other.label(Label(request, "t", right))
    found = [row.example for row in read_learnt(tmp_path / "router", "auto")]
    assert [(each.strong, each.weak) for each in found] == [(None, False), (True, None)]
    assert [each.weight for each in found] == [pytest.approx(1 / 0.99), MOST_WEIGHT]
    assert (found[0].seen.words, found[0].seen.figures) == ([1, 2], [0.5])


def test_another_teams_label_counts_for_nothing(tmp_path: Path) -> None:
    learning = Learning(tmp_path, 1)
    learning.sample(sample("req_1"))
    learning.label(Label("req_1", "strangers", 1.0))
    assert read_learnt(tmp_path, "auto") == []


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    learning = Learning(tmp_path, 1)
    learning.label(Label("req_1", "t", 1.0))
    (tmp_path / "samples-1.jsonl").write_bytes(b'["req_1","t","au\n')
    learning.sample(sample("req_1"))
    assert len(read_learnt(tmp_path, "auto")) == 1


def test_a_full_file_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    with (tmp_path / "samples-1.jsonl").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    Learning(tmp_path, 1).sample(sample("req_1"))
    assert (tmp_path / "samples-1.old.jsonl").stat().st_size == MOST_BYTES + 1
    assert (tmp_path / "samples-1.jsonl").stat().st_size < 100


def test_a_place_that_cannot_be_written_breaks_no_call(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    learning = Learning(tmp_path / "file", 1)
    for _ in range(3):
        learning.label(Label("req_1", "t", 1.0))
    assert len(caplog.records) == 1
