"""Stores what semantic thresholds have learned, in local files that outlive the process."""

import fcntl
import logging
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from caching.semantic.acceptance import Evidence
from dialects.errors import UNREADABLE

log = logging.getLogger("signalbox.cache")

_MOST_PROCESSES = 64
_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(list[tuple[str, str, Evidence]]).decode


class EvidenceFile:
    """One process's file: the first that no other process has locked, so that each worker has its own.

    Nothing here raises: what cannot be read is learnt again, what cannot be written is lost.
    """

    def __init__(self, folder: Path) -> None:
        self._file: Path | None = None
        self._lock = -1
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for number in range(_MOST_PROCESSES):
                if self._locked(folder / f"thresholds-{number}.lock"):
                    self._file = folder / f"thresholds-{number}.json"
                    break
        except OSError as error:
            log.warning("what the semantic cache learns will not be kept: %s", error)

    def _locked(self, file: Path) -> bool:
        held = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            return False
        self._lock = held
        return True

    def read(self) -> Mapping[tuple[str, str], Evidence]:
        """The evidence by team and model."""
        if self._file is None or not self._file.exists():
            return {}
        try:
            return {(team, model): found for team, model, found in _DECODE(self._file.read_bytes())}
        except (OSError, *UNREADABLE) as error:
            log.warning("what the semantic cache had learnt cannot be read: %s", error)
            return {}

    def write(self, known: Mapping[tuple[str, str], Evidence]) -> None:
        """Replace the file's contents. May run in another thread."""
        if self._file is None:
            return
        data = _ENCODE([(team, model, found) for (team, model), found in known.items()])
        beside = self._file.with_suffix(".new")
        try:
            with open(os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as opened:
                opened.write(data)
            beside.replace(self._file)
        except OSError as error:
            log.warning("what the semantic cache has learnt cannot be written: %s", error)

    def close(self) -> None:
        """Release the file for another process."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
