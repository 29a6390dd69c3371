"""The schema of `limits` and `budget` in signalbox.yaml, and of the accounts that have them."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, create_model

from config import limiting
from config.forms import Entry, ModelName, listed
from config.limit import Per

Money = Annotated[int, BeforeValidator(limiting.dollars)]
Period = Annotated[Per, BeforeValidator(limiting.period)]
Part = Annotated[int, BeforeValidator(limiting.percent)]
Zone = Annotated[str, BeforeValidator(limiting.zone)]
StoreRule = Literal["allow", "deny", "local-share"]


class CountedEntry(Entry):
    """Settings that limits and budgets share."""

    models: tuple[ModelName, ...] | None = None
    zone: Zone = "UTC"
    on_store_failure: StoreRule | None = None


class _LimitsEntry(CountedEntry):
    """teams.NAME.limits[n], with a field for each kind"""

    kept_for_interactive: Part | None = None


def _rates(kind: str) -> Any:
    one = Annotated[tuple[int, str], BeforeValidator(lambda value: limiting.rate(kind, value))]
    return Annotated[tuple[one, ...], BeforeValidator(listed)]


_RATES: Any = {kind: (_rates(kind), ()) for kind in limiting.NAMES}
LimitsEntry: type[_LimitsEntry] = create_model("LimitsEntry", __base__=_LimitsEntry, **_RATES)


class BudgetEntry(CountedEntry):
    """teams.NAME.budget[n]"""

    amount: Money
    per: Period = "month"
    mode: Literal["hard", "soft"] = "hard"
    alert_at: tuple[Part, ...] = ()


class AccountEntry(Entry):
    """Limits and budgets of an organisation, team, user or tag."""

    limits: Annotated[tuple[LimitsEntry, ...], BeforeValidator(listed)] = ()  # type: ignore[valid-type]
    budget: Annotated[tuple[BudgetEntry, ...], BeforeValidator(listed)] = ()
