"""Addresses that the gateway asks for itself, as a guard has one; mistakes are in mistakes.yaml."""

from collections.abc import Callable

import pytest

from config.catalog import Loaded

FILE = """
vendors: {{sim: {{kind: sim}}}}
guards: {{far: {{kind: webhook, url: "{url}", secret: "${{OPENAI_API_KEY}}", private: ["10.0.0.0/8"]}}}}
"""


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Guard.example.com/x", "guard.example.com:443"),
        ("https://guard.example.com:8443", "guard.example.com:8443"),
        ("http://10.1.2.3/x", "10.1.2.3:80"),
    ],
)
def test_a_service_has_a_host_and_a_port(load: Callable[[str], Loaded], url: str, host: str) -> None:
    service = load(FILE.format(url=url)).catalog.guards["far"].service
    assert service is not None and service.secret is not None
    assert (service.url, service.host, service.private) == (url, host, ("10.0.0.0/8",))
    assert service.secret.source == "env OPENAI_API_KEY"
