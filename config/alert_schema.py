"""The form of `alerts`: where a reached share of a budget is told."""

from config.forms import Credential, Entry, HttpUrl, Text


class AlertsEntry(Entry):
    """alerts"""

    webhook: HttpUrl
    secret: Credential
    private: tuple[Text, ...] = ()
