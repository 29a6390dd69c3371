"""Simulated traffic: pairs whose answers agree as often as a law says that changes on the way."""

import random
from dataclasses import dataclass, field

from caching.semantic.acceptance import Acceptance, Aims, Label
from caching.semantic.features import SIZE


@dataclass
class Phase:
    """What was given in a stretch of the stream."""

    given: int = 0
    wrong: int = 0

    @property
    def share(self) -> float:
        return self.wrong / self.given if self.given else 0.0


@dataclass
class Stream:
    """One scope's traffic. After `shift` candidates, answers that agreed do so no longer, but near .98."""

    seed: int
    aims: Aims = Aims()
    length: int = 6000
    shift: int = 2500
    settled: int = 4000  # from here on the threshold shall have recovered
    before: Phase = field(default_factory=Phase)
    between: Phase = field(default_factory=Phase)
    after: Phase = field(default_factory=Phase)
    held: bool = True  # whether the published bound was true at every moment

    def run(self) -> Acceptance:
        chance = random.Random(self.seed)
        acceptance = Acceptance(self.aims)
        life, now = acceptance.lives, Phase()
        for place in range(self.length):
            label = self._pair(place, chance)
            if acceptance.accepts(label.figures, label.alike):
                ticket = acceptance.give(chance.random())
                for phase in (now, self._phase(place)):
                    phase.given += 1
                    phase.wrong += not label.right
                if ticket:
                    acceptance.checked(ticket, label)
            else:
                acceptance.learn(label)
            if acceptance.lives != life:
                life, now = acceptance.lives, Phase()
            if place % 20 == 0:
                report = acceptance.report
                assert report.given == now.given
                self.held &= now.share <= report.bound
        return acceptance

    def _phase(self, place: int) -> Phase:
        return self.before if place < self.shift else self.between if place < self.settled else self.after

    def _pair(self, place: int, chance: random.Random) -> Label:
        cosine = 0.85 + 0.15 * chance.random() ** 1.5
        alike = chance.random() < 0.5
        if place < self.shift:
            wrong = 0.004 if alike else 0.02 + (1 - cosine)
        else:
            wrong = (0.3 if cosine < 0.98 else 0.004) if alike else 0.4
        right = chance.random() >= wrong
        seen = [min(1.0, max(0.0, (0.7 if right else 0.4) + chance.gauss(0, 0.2))) for _ in range(3)]
        return Label((cosine, *seen, *[0.5] * (SIZE - 4)), alike, right)
