"""The router's training data: calls as hashed features, and the feedback on them.

Only calls of groups with `learn: true` are recorded. A call is stored as hashed words without their order,
never as text; still, anyone who knows a word can test whether it occurred. The files stay on this machine.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from dialects.errors import UNREADABLE
from routing.difficulty.features import Features
from routing.difficulty.labelled import Labelled
from routing.difficulty.training import Example

log = logging.getLogger("signalbox.learning")

MOST_BYTES = 64 * 1024 * 1024  # per file; a full one replaces the previous full one
MOST_WEIGHT = 20.0  # per example, however small its propensity: a single label must not dominate


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """One call that was routed by its difficulty."""

    request: str
    team: str
    group: str
    side: str  # strong or cheap
    propensity: float
    words: list[int]
    figures: list[float]


class Label(msgspec.Struct, frozen=True, array_like=True):
    """Feedback on one call's answer: 0 is wrong, 1 is right."""

    request: str
    team: str
    right: float


RecordT = TypeVar("RecordT", Sample, Label)


class Learning:
    """Appends samples and labels to files of this process. A record that cannot be written is dropped."""

    def __init__(self, directory: Path, process: int | None = None) -> None:
        self._directory = directory
        self._process = os.getpid() if process is None else process
        self._failed = False

    def sample(self, sample: Sample) -> None:
        self._append("samples", sample)

    def label(self, label: Label) -> None:
        self._append("labels", label)

    def _append(self, kind: str, record: Sample | Label) -> None:
        file = self._directory / f"{kind}-{self._process}.jsonl"
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if file.exists() and file.stat().st_size > MOST_BYTES:
                file.replace(file.with_suffix(".old.jsonl"))
            with file.open("ab") as opened:
                opened.write(msgspec.json.encode(record) + b"\n")
            self._failed = False
        except OSError as error:
            if not self._failed:  # log once, not at every call while the disk is full
                log.warning("the router's training data cannot be written: %s", error)
            self._failed = True


def read_learnt(directory: Path, group: str) -> list[Labelled]:
    """A group's labelled calls, from every process that used this directory.

    A label counts only if it comes from the team that made the call; the last of several counts. Unreadable
    lines, such as one cut off by a crash, are skipped.
    """
    labels = {(each.request, each.team): each.right for each in _read(directory, "labels", Label)}
    samples = (each for each in _read(directory, "samples", Sample) if each.group == group)
    return list(_joined(samples, labels))


def _joined(samples: Iterable[Sample], labels: dict[tuple[str, str], float]) -> Iterator[Labelled]:
    for each in samples:
        right = labels.get((each.request, each.team))
        if right is None:
            continue
        verdict, strong = right >= 0.5, each.side == "strong"
        yield Labelled(
            Example(
                Features(each.words, each.figures),
                verdict if strong else None,
                None if strong else verdict,
                min(MOST_WEIGHT, 1.0 / max(each.propensity, 1e-6)),
            )
        )


def _read(directory: Path, kind: str, record: type[RecordT]) -> Iterator[RecordT]:
    decode = msgspec.json.Decoder(record).decode
    for file in sorted(directory.glob(f"{kind}-*.jsonl")):
        with file.open("rb") as lines:
            for line in lines:
                try:
                    yield decode(line)
                except UNREADABLE:
                    continue
