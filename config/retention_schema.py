"""The schema of `retention` in signalbox.yaml, the gateway's and a team's."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from config import units
from config.forms import Count, Credential, Entry, Text

_TTL = 30 * 86_400.0

Ttl = Annotated[float, BeforeValidator(units.span)]


def _unquoted(value: object) -> object:
    return "off" if value is False else value  # YAML reads off as false


class TeamRetentionEntry(Entry):
    """teams.NAME.retention"""

    store: Annotated[Literal["off", "metadata", "masked", "full"], BeforeValidator(_unquoted)] = "metadata"
    ttl: Ttl = _TTL
    runs: Ttl | None = None


class RetentionEntry(Entry):
    """retention"""

    keys: dict[Text, Credential] = {}
    ledger_months: Count | None = None
    runs: Ttl | None = None
    responses: Ttl = _TTL
    unknown_objects: Literal["deny", "allow"] = "deny"
