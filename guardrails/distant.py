"""Remote guards: what they are asked, and which of their answers are valid.

They do no I/O: the owner of the connection sends the question and passes the answer on. An answer with
impossible contents, such as positions outside the text, is rejected as a whole.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from config.catalog import GuardFacts
from guardrails.bodies import Body, Part
from guardrails.guard import Action, Finding, Stage

MOST_REMARKS = 10_000
_REQUESTS: frozenset[Stage] = frozenset(["input", "tool_result"])
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9 _/.-]{0,59}")
_UNFIT = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_KIND = 30  # characters that fit into a placeholder


@dataclass(frozen=True, slots=True)
class Shown:
    """What a remote guard is asked about: texts, and the role of each."""

    stage: Stage
    texts: tuple[str, ...]
    roles: tuple[str, ...]


class Remark(NamedTuple):
    """One thing found; its position is in characters (code points) of a text."""

    kind: str
    text: int  # its index
    start: int
    end: int


class Distant(Protocol):
    """The Protocol of a remote guard: one check made elsewhere, as a team has configured it."""

    @property
    def name(self) -> str:
        """Its name in the file."""

    @property
    def stages(self) -> frozenset[Stage]:
        """The stages at which it runs."""

    @property
    def action(self) -> Action:
        """The action it wants for its findings."""

    def question(self, shown: Shown) -> bytes:
        """The JSON to send."""

    def remarks(self, shown: Shown, answer: bytes) -> Sequence[Remark]:
        """The findings in the answer. Raises ValueError if it is not a valid answer to the question."""


@dataclass(frozen=True, slots=True)
class DistantKind:
    """`GUARD` of each such file: builds the guard. Raises ValueError if its settings are invalid."""

    build: Callable[[GuardFacts], Distant]


def shown(stage: Stage, part: Part, roles: Sequence[str | None]) -> Shown:
    """What to ask about a part of a body; `roles` are those of all pieces of the body."""
    pieces = part.whole.pieces
    texts = tuple(pieces[number].text.decode("utf-8", "replace") for number in part.numbers)
    return Shown(stage, texts, tuple(roles[number] or "user" for number in part.numbers))


def findings(guard: Distant, body: Body, part: Part, remarks: Sequence[Remark]) -> list[Finding]:
    """Converts remarks on a part of a body to findings in the whole. Raises ValueError on a bad position."""
    if len(remarks) > MOST_REMARKS:
        raise ValueError("more was found than there can be")
    by_text: dict[int, list[Remark]] = {}
    for each in remarks:
        if not 0 <= each.text < len(part.numbers):
            raise ValueError("a finding lies in a text that was not asked about")
        by_text.setdefault(each.text, []).append(each)
    found = []
    for number, of_text in by_text.items():
        piece = part.numbers[number]
        text, origin = body.pieces[piece].text, body.starts[piece]
        bytes_at = _offsets(text, {at for each in of_text for at in (each.start, each.end)})
        for each in of_text:
            if each.start >= each.end:
                raise ValueError("a finding is empty")
            start, end = bytes_at[each.start] + origin, bytes_at[each.end] + origin
            found.append(Finding(guard.name, each.kind, guard.action, start, end))
    return found


def _offsets(text: bytes, places: Iterable[int]) -> dict[int, int]:
    """Byte offsets by character offsets. Raises ValueError on one outside the text."""
    said = text.decode("utf-8", "replace")
    found, at, size = {}, 0, 0
    for place in sorted(places):
        if not 0 <= place <= len(said):
            raise ValueError("a finding lies outside of its text")
        size += len(said[at:place].encode())
        found[place], at = size, place
    return found


def kind_of(said: object) -> str:
    """A type's name as metrics and placeholders use it. Raises ValueError if it is not a valid name."""
    if not isinstance(said, str) or not _KIND.fullmatch(said):
        raise ValueError("a finding has no type")
    return _UNFIT.sub("_", said).strip("_").upper()[:_LONGEST_KIND].rstrip("_")


def wanted_of(facts: GuardFacts) -> frozenset[str]:
    """The types that count; empty: all."""
    return frozenset(kind_of(each) for each in facts.types)


def verdict_of(facts: GuardFacts) -> Action:
    """The action of a guard that judges whole texts. Raises ValueError if it would change a text."""
    if facts.action in ("mask", "redact"):
        raise ValueError(f"The guard '{facts.name}' tells no places: its action is block or flag.")
    return facts.action or "block"


def stages_of(facts: GuardFacts, usual: Action) -> frozenset[Stage]:
    """The stages at which it runs. Raises ValueError if it would change answers, which it cannot."""
    stages = frozenset(facts.stages or ("input",))
    if not stages <= _REQUESTS and (facts.action or usual) in ("mask", "redact"):
        raise ValueError(
            f"The guard '{facts.name}' stands before answers: its action is block or flag there."
        )
    return stages
