"""The schema of `alerts`: where budget alerts are sent."""

from config.forms import Credential, Entry, HttpUrl, Text


class AlertsEntry(Entry):
    """alerts"""

    webhook: HttpUrl
    secret: Credential
    private: tuple[Text, ...] = ()
