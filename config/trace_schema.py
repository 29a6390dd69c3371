"""The form of `tracing`: a collector for OpenTelemetry traces."""

from config.forms import Credential, Entry, HttpUrl, Share, Text


class TracingEntry(Entry):
    """tracing"""

    endpoint: HttpUrl
    headers: dict[str, Credential] = {}
    share: Share = 0.1
    service: Text = "signalbox"
