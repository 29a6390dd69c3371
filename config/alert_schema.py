"""Where a reached share of a budget is told: the form in the file, and what it becomes."""

from dataclasses import dataclass

from config.forms import Credential, Entry, HttpUrl, Text
from config.secret import Secret


class AlertsEntry(Entry):
    """alerts"""

    webhook: HttpUrl
    secret: Credential
    private: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """A webhook: its URL, the secret that signs, and networks of private addresses that it may lie in."""

    url: str
    host: str  # `name:port`
    secret: Secret
    private: tuple[str, ...] = ()
