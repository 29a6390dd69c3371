"""Asks the operator's own service, which gets the texts in a signed request and returns findings."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from config.catalog import GuardFacts
from config.guard_kinds import Takes
from guardrails.distant import Distant, DistantKind, Remark, Shown, kind_of, stages_of, wanted_of
from guardrails.guard import Action, Stage

_ENCODE = msgspec.json.Encoder().encode


class _Found(msgspec.Struct):
    """A finding in the answer. Without `end` it extends to the text's end; `text` defaults to the first."""

    type: str
    text: int = 0
    start: int = 0
    end: int | None = None


class _Answer(msgspec.Struct):
    findings: list[_Found]  # required: an answer without it does not mean that nothing was found


_READ = msgspec.json.Decoder(_Answer).decode


@dataclass(frozen=True, slots=True)
class WebhookGuard:
    """`types` selects the findings that count."""

    name: str
    action: Action
    stages: frozenset[Stage]
    wanted: frozenset[str]

    def question(self, shown: Shown) -> bytes:
        return _ENCODE({"guard": self.name, "stage": shown.stage, "texts": shown.texts, "roles": shown.roles})

    def remarks(self, shown: Shown, answer: bytes) -> Sequence[Remark]:
        try:
            said = _READ(answer)
        except msgspec.DecodeError as error:
            raise ValueError("the answer has no findings that can be read") from error
        found = [self._remark(shown, each) for each in said.findings]
        return [each for each in found if not self.wanted or each.kind in self.wanted]

    def _remark(self, shown: Shown, said: _Found) -> Remark:
        if not 0 <= said.text < len(shown.texts):
            raise ValueError("a finding lies in a text that was not asked about")
        end = len(shown.texts[said.text]) if said.end is None else said.end
        return Remark(kind_of(said.type), said.text, said.start, end)


def build(facts: GuardFacts) -> Distant:
    """Settings: `url`, `secret`, `private`, `headers` and `types`."""
    if facts.service is None:
        raise ValueError(f"The guard '{facts.name}' asks a service, and needs its `url`.")
    stages = stages_of(facts, "block")
    return WebhookGuard(facts.name, facts.action or "block", stages, wanted_of(facts))


TAKES = Takes(("url", "secret", "private", "headers", "types"))
GUARD = DistantKind(build)
