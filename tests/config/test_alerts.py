"""The webhook for alerts, compiled; its mistakes are in mistakes.yaml."""

from collections.abc import Callable

import pytest

from config.catalog import Loaded

FILE = """
vendors: {{sim: {{kind: sim}}}}
alerts: {{webhook: "{url}", secret: "${{OPENAI_API_KEY}}", private: ["10.0.0.0/8"]}}
"""


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Hooks.example.com/x", "hooks.example.com:443"),
        ("https://hooks.example.com:8443/x", "hooks.example.com:8443"),
        ("http://10.1.2.3/x", "10.1.2.3:80"),
    ],
)
def test_a_webhook_knows_its_host_and_its_secrets_place(
    load: Callable[[str], Loaded], url: str, host: str
) -> None:
    alerts = load(FILE.format(url=url)).catalog.settings.alerts
    assert alerts is not None
    assert (alerts.url, alerts.host, alerts.private) == (url, host, ("10.0.0.0/8",))
    assert alerts.secret.source == "env OPENAI_API_KEY"


def test_nobody_is_told_where_nothing_is_said(load: Callable[[str], Loaded]) -> None:
    assert load("vendors: {sim: {kind: sim}}").catalog.settings.alerts is None
