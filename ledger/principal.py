"""The authenticated caller, as every later stage sees it."""

from dataclasses import dataclass
from typing import Literal

from config.limit import Limit
from ledger.scope import ModelScope

Role = Literal["caller", "admin"]


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified key and its owners; built once per load of the key, not per call."""

    key_id: str
    key_name: str
    role: Role
    user: str  # "": the key belongs to the whole team
    team: str
    organisation: str
    scope: ModelScope | None = None  # models that both the team and the key allow; None: every model
    tags: tuple[tuple[str, str], ...] = ()  # the team's, overridden by the key's; sorted
    tags_json: str = ""  # the same as a JSON object, or empty
    limits: tuple[Limit, ...] = ()  # the key's own

    def allows(self, model: str) -> bool:
        """Whether both the team and the key may use this model name."""
        return self.scope is None or self.scope.allows(model)

    @property
    def models(self) -> tuple[str, ...] | None:
        """The patterns of the scope; None means every model."""
        return None if self.scope is None else self.scope.patterns
