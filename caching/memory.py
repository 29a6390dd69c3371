"""Answers in the memory of this process, bounded in bytes, evicting the least recently used."""

from collections import OrderedDict
from collections.abc import Callable

from caching.kept import Kept


class Memory:
    """Stored answers by fingerprint, at most `size` bytes of them. No method waits."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.bytes = 0
        self._entries: OrderedDict[bytes, Kept] = OrderedDict()
        self.holds: Callable[[bytes], bool] = self._entries.__contains__  # expired ones included

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, fingerprint: bytes, now: float) -> Kept | None:
        """The answer, unless it has expired at this Unix time; it counts as used."""
        kept = self._entries.get(fingerprint)
        if kept is None:
            return None
        if kept.gone_at <= now:
            self.drop(fingerprint)
            return None
        self._entries.move_to_end(fingerprint)
        return kept

    def find(self, key: str) -> tuple[bytes, Kept] | None:
        """The first answer with this fingerprint prefix, in hexadecimal digits. Linear in the entries."""
        for fingerprint, kept in self._entries.items():
            if key and fingerprint.hex().startswith(key):
                return fingerprint, kept
        return None

    def put(self, fingerprint: bytes, kept: Kept) -> None:
        """Store an answer; one larger than the whole memory is not stored."""
        entries = self._entries
        if fingerprint in entries:
            self.drop(fingerprint)
        size = kept.size
        if size > self.size:
            return
        entries[fingerprint] = kept
        self.bytes = taken = self.bytes + size
        if taken > self.size:
            self._shrink()

    def swap(self, fingerprint: bytes, kept: Kept) -> None:
        """Replace an answer by an updated copy of the same size, if it is still stored."""
        if fingerprint in self._entries:
            self._entries[fingerprint] = kept

    def resize(self, size: int) -> None:
        """Change the bound, evicting if necessary."""
        self.size = size
        self._shrink()

    def drop(self, fingerprint: bytes) -> bool:
        """Delete one answer; returns whether it was there."""
        kept = self._entries.pop(fingerprint, None)
        if kept is not None:
            self.bytes -= kept.size
        return kept is not None

    def purge(self, doomed: Callable[[bytes, Kept], bool]) -> int:
        """Delete all answers that match; returns how many."""
        found = [fingerprint for fingerprint, kept in self._entries.items() if doomed(fingerprint, kept)]
        for fingerprint in found:
            self.drop(fingerprint)
        return len(found)

    def _shrink(self) -> None:
        while self.bytes > self.size:
            _, kept = self._entries.popitem(last=False)
            self.bytes -= kept.size
