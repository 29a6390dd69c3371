"""Answers in the memory of this process, bounded in bytes, evicting the least recently used."""

from collections import OrderedDict
from collections.abc import Callable

from caching.kept import Kept


class Memory:
    """Never takes more than `size` bytes. Nothing here waits."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.bytes = 0
        self._entries: OrderedDict[bytes, Kept] = OrderedDict()
        self.holds: Callable[[bytes], bool] = self._entries.__contains__  # fresh or not

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, fingerprint: bytes, now: float) -> Kept | None:
        """The answer, unless it is gone by this Unix time."""
        kept = self._entries.get(fingerprint)
        if kept is None:
            return None
        if kept.gone_at <= now:
            self.drop(fingerprint)
            return None
        self._entries.move_to_end(fingerprint)
        return kept

    def find(self, key: str) -> tuple[bytes, Kept] | None:
        """The answer whose fingerprint begins so, in hexadecimal digits; it looks at all of them."""
        for fingerprint, kept in self._entries.items():
            if key and fingerprint.hex().startswith(key):
                return fingerprint, kept
        return None

    def put(self, fingerprint: bytes, kept: Kept) -> None:
        """Keep an answer; one that is larger than everything may be is not."""
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
        """The same answer, of which more is known now."""
        if fingerprint in self._entries:
            self._entries[fingerprint] = kept

    def resize(self, size: int) -> None:
        """Hold no more than this from now on."""
        self.size = size
        self._shrink()

    def drop(self, fingerprint: bytes) -> bool:
        """Forget one answer; whether it was there."""
        kept = self._entries.pop(fingerprint, None)
        if kept is not None:
            self.bytes -= kept.size
        return kept is not None

    def purge(self, doomed: Callable[[bytes, Kept], bool]) -> int:
        """Forget all of which this is true; how many they were."""
        found = [fingerprint for fingerprint, kept in self._entries.items() if doomed(fingerprint, kept)]
        for fingerprint in found:
            self.drop(fingerprint)
        return len(found)

    def _shrink(self) -> None:
        while self.bytes > self.size:
            _, kept = self._entries.popitem(last=False)
            self.bytes -= kept.size
