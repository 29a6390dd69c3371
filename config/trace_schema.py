"""The form of `tracing`: the collector that receives traces."""

from config.forms import Credential, Entry, HttpUrl, Share, Text


class TracingEntry(Entry):
    """tracing"""

    endpoint: HttpUrl
    headers: dict[str, Credential] = {}
    share: Share = 0.1
    service: Text = "signalbox"
