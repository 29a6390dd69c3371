"""What is to be done for one answer: restoring masked values, and running guards."""

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

_FEW = 64  # placeholders that may be restored in the event loop


class Shield(msgspec.Struct):
    """The guards and placeholders for one call's answer, and what was found in it."""

    dialect: Dialect
    issued: Issued
    posts: tuple[Post, ...] = ()  # of the stage `output`
    openings: Openings | None = None  # set if there are posts
    known: frozenset[bytes] = frozenset()  # values that the caller sent itself, so they are no leak
    refusal: Literal["error", "finish"] = "error"
    counts: dict[tuple[str, str, Action], Counter[str]] = {}
    failed: list[tuple[str, str]] = []
    stopped: Finding | None = None
    calls: tuple[Post, ...] = ()  # of the stage `tool_call`
    call_openings: Openings | None = None  # of posts and calls; set if there are calls
    distant: tuple[DistantPost, ...] = ()  # remote guards, which inspect the whole answer
    skim: Skim | None = None  # of the posts, if there are no calls
    editor: "Callable[..., Guarded] | None" = None  # for streams, if a guard judges by more than patterns
    cites: bool = False  # something was masked, and the answer may cite positions in its text
    span: Span | None = None  # limits an inspection in the event loop, which a thread may take over

    @property
    def guarded(self) -> bool:
        """Whether any local guard inspects the answer."""
        return bool(self.posts or self.calls)

    @property
    def repeats(self) -> bool:
        """Whether the answer may repeat its texts as log probabilities, which remote guards are not shown."""
        return not any(post.decides for post in self.distant)

    @property
    def glances(self) -> bool:
        """Whether a quick check can clear most answers."""
        skimmed = self.skim is not None or not self.guarded
        return skimmed and not self.distant and self.stopped is None

    def finds_nothing(self, answer: bytes) -> bool:
        """Whether a skim clears a whole answer, and it has few placeholders to restore."""
        if self.skim is None or answer.count(b"<") > _FEW:
            return False
        return self.skim.seen(answer) == ()

    def inspect(self, text: bytes) -> list[Finding]:
        """The findings to act on in a text of the answer. Raises GuardBroken."""
        if self.skim is not None and self.skim.absent(text):
            return []
        return self._inspect(text, self.posts, "output")

    def inspect_call(self, text: bytes) -> list[Finding]:
        """The same for arguments of a tool call; a guard of tool calls does not read them again as output."""
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
        """Counts a finding."""
        self.counts.setdefault((finding.guard, mode, finding.action), Counter())[finding.kind] += 1
