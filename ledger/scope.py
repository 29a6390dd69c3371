"""Which model names a team or key may use: exact names, or prefixes written `prefix*`."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelScope:
    """A set of model names, compiled so that `allows` costs one hash look-up and one `startswith`."""

    exact: frozenset[str]
    prefixes: tuple[str, ...]

    def allows(self, model: str) -> bool:
        return model in self.exact or model.startswith(self.prefixes)

    @property
    def patterns(self) -> tuple[str, ...]:
        """The scope as patterns, in a stable order."""
        return (*sorted(self.exact), *(f"{prefix}*" for prefix in self.prefixes))


def compile_scope(patterns: Iterable[str]) -> ModelScope:
    """The scope that allows what any of the patterns allows; without patterns, nothing."""
    wanted = set(patterns)
    prefixes = {pattern[:-1] for pattern in wanted if pattern.endswith("*")}
    # A prefix covered by a shorter one would only slow down the check.
    kept = tuple(sorted(p for p in prefixes if not any(p != q and p.startswith(q) for q in prefixes)))
    exact = frozenset(name for name in wanted if not name.endswith("*") and not name.startswith(kept))
    return ModelScope(exact, kept)


def intersect(team: ModelScope | None, key: ModelScope | None) -> ModelScope | None:
    """The scope that allows what both allow; None means every model."""
    if team is None or key is None:
        return key if team is None else team
    exact = {name for name in team.exact if key.allows(name)} | {n for n in key.exact if team.allows(n)}
    prefixes = {p for p in team.prefixes if p.startswith(key.prefixes)}
    prefixes |= {p for p in key.prefixes if p.startswith(team.prefixes)}
    return compile_scope([*exact, *(f"{prefix}*" for prefix in prefixes)])
