"""What masking a request left to do for its answer, and what guards find there."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import msgspec

from dialects.dialect import Dialect
from gateway.guardrails.asking import ask
from gateway.guardrails.cordons import DistantPost, Post
from guardrails.guard import Action, Finding, Openings, Segment, Skim, Span, Stage
from guardrails.restoring import Issued

if TYPE_CHECKING:
    from gateway.guardrails.shielding import Guarded

_FEW = 64  # placeholders that are put back while others wait


class Shield(msgspec.Struct):
    """Of one call; its windows and its whole texts ask the guards through it."""

    dialect: Dialect
    issued: Issued
    posts: tuple[Post, ...] = ()  # of the stage `output`
    openings: Openings | None = None  # there where posts are
    known: frozenset[bytes] = frozenset()  # what the caller said itself: no news to it
    refusal: Literal["error", "finish"] = "error"
    counts: dict[tuple[str, str, Action], Counter[str]] = {}
    failed: list[tuple[str, str]] = []
    stopped: Finding | None = None
    calls: tuple[Post, ...] = ()  # of the stage `tool_call`
    call_openings: Openings | None = None  # of both; there where calls are
    distant: tuple[DistantPost, ...] = ()  # guards elsewhere that look at the whole of it
    skim: Skim | None = None  # of the posts, where there are no calls
    editor: "Callable[..., Guarded] | None" = None  # of its streams, where a guard judges by more than forms
    cites: bool = False  # something was masked, and the answer may count places in its text
    span: Span | None = None  # as a segment's: where others wait for a look that a thread may take over

    @property
    def guarded(self) -> bool:
        """Whether any guard stands before the answer."""
        return bool(self.posts or self.calls)

    @property
    def repeats(self) -> bool:
        """Whether the answer may say its texts again in pieces, which those elsewhere are not shown."""
        return not any(post.decides for post in self.distant)

    @property
    def glances(self) -> bool:
        """Whether one look tells of most answers that they may pass as they come."""
        skimmed = self.skim is not None or not self.guarded
        return skimmed and not self.distant and self.stopped is None

    def finds_nothing(self, answer: bytes) -> bool:
        """Whether one look tells that of a whole answer, and what is to come back in it is soon put there."""
        if self.skim is None or answer.count(b"<") > _FEW:
            return False
        return self.skim.seen(answer) == ()

    def inspect(self, text: bytes) -> list[Finding]:
        """What the guards want done to a text of the answer. Raises GuardBroken."""
        if self.skim is not None and self.skim.absent(text):
            return []
        return self._inspect(text, self.posts, "output")

    def inspect_call(self, text: bytes) -> list[Finding]:
        """The same of the arguments of a tool call: a guard that reads them as such reads them only so."""
        if not self.calls:
            return self.inspect(text)
        others = tuple(post for post in self.posts if "tool_call" not in post.guard.stages)
        return self._inspect(text, others, "output") + self._inspect(text, self.calls, "tool_call")

    def _inspect(self, text: bytes, posts: tuple[Post, ...], stage: Stage) -> list[Finding]:
        segment = Segment(stage, text, span=self.span)
        found: list[Finding] = []
        for post in posts:
            for each in ask(post, segment, self.failed):
                spares = post.facts.kind in ("pii", "secrets")
                if spares and text[each.start : each.end].lower() in self.known:
                    continue
                if post.facts.mode == "enforce":
                    found.append(each)
                else:
                    self.note(each, "shadow")
        return found

    def note(self, finding: Finding, mode: str = "enforce") -> None:
        """Count what was found, once for each place."""
        self.counts.setdefault((finding.guard, mode, finding.action), Counter())[finding.kind] += 1
