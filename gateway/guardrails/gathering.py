"""Streams inspected by guards that need more than patterns: by length, or by language."""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from gateway.guardrails.cordons import Post
from gateway.guardrails.shield import Shield
from gateway.guardrails.shielding import Guarded
from guardrails.guards.size import SizeGuard
from guardrails.window import Stopped, Window

ENOUGH = 192  # bytes of a text's beginning, enough to recognise its language


class Measure:
    """Measures the total size of an answer's texts, for SizeGuards."""

    __slots__ = ("_left", "_shield", "_size", "others")

    def __init__(self, shield: Shield) -> None:
        self._shield = shield
        self._size = 0
        others = tuple(post for post in shield.posts if not isinstance(post.guard, SizeGuard))
        self.others = msgspec.structs.replace(shield, posts=others)  # the guards that inspect each piece
        self._left: Sequence[tuple[SizeGuard, Post]] = [
            (post.guard, post) for post in shield.posts if isinstance(post.guard, SizeGuard)
        ]

    def add(self, piece: str) -> None:
        """Adds a piece. Raises Stopped once the answer is too long."""
        self._size += len(piece.encode("utf-8", "surrogatepass"))
        over = [each for each in self._left if self._size > each[0].most]
        if not over:
            return
        self._left = [each for each in self._left if each not in over]
        for guard, post in over:
            finding = guard.too_long(self._size)
            self._shield.note(finding, post.facts.mode)
            if finding.stops and post.facts.mode == "enforce":
                raise Stopped(finding)


class Gathering(Guarded):
    """A Guarded text that counts its size and, for language guards, holds its beginning back at first."""

    __slots__ = ("_first", "_measure", "_waits")

    def __init__(self, shield: Shield, *, measure: Measure, in_json: bool, called: bool = False) -> None:
        super().__init__(shield, in_json=in_json, called=called)
        openings = shield.call_openings if called else shield.openings
        assert openings is not None
        inspect = measure.others.inspect_call if called else measure.others.inspect
        self._window = Window(inspect, openings, shield.note, in_json=in_json)
        self._measure = measure
        self._first = ""
        self._waits = not called and any(post.facts.kind == "language" for post in shield.posts)

    @property
    def held(self) -> str:
        return super().held + self._first

    def feed(self, piece: str) -> str:
        return self._safely(self._gathered, piece)

    def glance(self, piece: bytes, most: int) -> None:
        """Always None: the fast path would not measure the piece."""

    def flush(self) -> str:
        first, self._first, self._waits = self._first, "", False
        return (self.feed(first) if first else "") + super().flush()

    def _gathered(self, piece: str) -> str:
        if not self._waits:
            self._measure.add(piece)
            return self._window.feed(piece)
        self._first += piece
        if len(self._first.encode("utf-8", "surrogatepass")) < ENOUGH:
            return ""
        piece, self._first, self._waits = self._first, "", False
        return self._gathered(piece)


def gathering(shield: Shield) -> Callable[..., Guarded]:
    """The factory of one answer's editors."""
    return partial(Gathering, measure=Measure(shield))
