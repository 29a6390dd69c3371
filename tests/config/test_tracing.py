"""Where traces go, compiled and shown."""

from collections.abc import Callable

import pytest

from config.catalog import Loaded
from config.view import effective

FILE = """
vendors: {{sim: {{kind: sim}}}}
tracing: {{endpoint: "{url}", headers: {{X-Key: "${{OPENAI_API_KEY}}"}}, share: 5%}}
"""


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
        ("https://otlp.example.com/otlp/", "https://otlp.example.com/otlp/v1/traces"),
        ("https://otlp.example.com/v1/traces", "https://otlp.example.com/v1/traces"),
    ],
)
def test_a_collector_is_asked_where_the_protocol_says(
    load: Callable[[str], Loaded], url: str, found: str
) -> None:
    catalog = load(FILE.format(url=url)).catalog
    facts = catalog.settings.tracing
    assert facts is not None
    assert (facts.url, facts.share, facts.service) == (found, 0.05, "signalbox")
    ((name, secret),) = facts.headers
    assert (name, secret.source) == ("x-key", "env OPENAI_API_KEY")
    shown = {setting.path: setting.value for setting in effective(catalog)}["tracing"]
    assert shown == f"0.05 of calls to {found} as signalbox"


def test_nothing_is_traced_where_nothing_is_said(load: Callable[[str], Loaded]) -> None:
    assert load("vendors: {sim: {kind: sim}}").catalog.settings.tracing is None
