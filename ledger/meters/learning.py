"""The typical usage of calls with one key and model, learned from earlier calls."""

_BUCKETS = 33  # powers of two
_MOST = 256  # calls after which all counts are halved, so that older calls weigh less
FIRST_OUTPUT = 1024  # tokens, before the first call
FIRST_RATIO = 0.5  # tokens per byte: twice that of English


class Learned:
    """A histogram of output tokens, and a decaying maximum of the ratio of input tokens to bytes."""

    __slots__ = ("_counts", "_total", "output", "ratio")

    def __init__(self) -> None:
        self._counts = [0] * _BUCKETS
        self._total = 0
        self.output = FIRST_OUTPUT  # 95th percentile, in tokens
        self.ratio = FIRST_RATIO

    def see(self, size: int, tokens_in: int, tokens_out: int) -> None:
        """Learn from one call: its body's size in bytes, and the tokens that the vendor counted."""
        bucket = tokens_out.bit_length()
        self._counts[bucket if bucket < _BUCKETS else -1] += 1
        total = self._total = self._total + 1
        if total < 8 or not total & 7:
            self._renew()
        if size:
            # Up at once, down slowly: reserving too little lets limits be exceeded.
            seen = tokens_in / size
            self.ratio = seen if seen > self.ratio else self.ratio * 0.95 + seen * 0.05

    def _renew(self) -> None:
        wanted = -(-self._total * 95 // 100)
        for bucket, count in enumerate(self._counts):
            wanted -= count
            if wanted <= 0:
                self.output = (1 << bucket) - 1
                break
        if self._total >= _MOST:
            self._counts = [count // 2 for count in self._counts]
            self._total = sum(self._counts)
