"""Vendor entries and what they take from their kind and from the environment."""

from collections.abc import Callable

import pytest

from config.catalog import Loaded, Vendor
from config.errors import ConfigError

Load = Callable[[str], Loaded]


def vendor(load: Load, entry: str, name: str = "v") -> Vendor:
    return load(f"vendors: {{{name}: {entry}}}").catalog.vendors[name]


def test_a_name_is_a_kind_unless_a_kind_is_given(load: Load) -> None:
    assert vendor(load, "", "openai").kind.name == "openai"
    assert vendor(load, "{kind: openai}", "groq").kind.name == "openai"


def test_an_entry_without_settings_has_the_kinds(load: Load) -> None:
    plain = vendor(load, "{kind: openai}")
    assert (plain.base_url, plain.api_version, plain.region, plain.headers) == (
        "https://api.openai.com/v1",
        None,
        None,
        (),
    )
    assert (plain.max_connections, plain.proxy, plain.ca_file) == (1000, None, None)


def test_an_api_version_replaces_the_kinds(load: Load) -> None:
    azure = "kind: azure-openai, base_url: 'https://a.example', api_key: '${PORT}'"
    assert vendor(load, f"{{{azure}, api_version: 2025-01-01-preview}}").api_version == "2025-01-01-preview"


def test_certificates_are_found_beside_the_file(load: Load) -> None:
    own = vendor(load, "{kind: openai, ca_file: ca.pem, client_cert: ca.pem, client_key: /etc/signalbox/key}")
    assert (own.ca_file, own.client_cert) == ("/etc/signalbox/ca.pem", "/etc/signalbox/ca.pem")
    assert own.client_key == "/etc/signalbox/key"


def test_a_certificate_may_hold_its_key(load: Load) -> None:
    assert vendor(load, "{kind: openai, client_cert: ca.pem}").client_key is None


def test_an_unset_proxy_by_default_is_no_proxy(load: Load) -> None:
    assert vendor(load, "{kind: openai, proxy: '${NO_PROXY_HERE:-}'}").proxy is None
    assert vendor(load, "{kind: openai, proxy: 'http://proxy:3128'}").proxy == "http://proxy:3128"


def test_a_simulator_has_an_address_before_it_runs(load: Load) -> None:
    assert vendor(load, "{kind: sim}").base_url == "http://127.0.0.1:0"
    assert vendor(load, "{kind: sim, base_url: 'http://127.0.0.1:9'}").base_url == "http://127.0.0.1:9"


def test_a_server_without_a_key_needs_none_and_may_have_one(load: Load) -> None:
    address = "kind: openai-like, base_url: 'http://localhost:1'"
    assert vendor(load, f"{{{address}}}").api_key is None
    key = vendor(load, f"{{{address}, api_key: file:key}}").api_key
    assert key is not None and key.value == "sk-from-a-file"


def test_a_header_given_twice_in_other_letters_is_refused(load: Load) -> None:
    with pytest.raises(ConfigError, match='the header "x-a" a second time'):
        vendor(load, "{kind: openai, headers: {X-A: b, x-a: c}}")


def test_the_header_of_the_key_depends_on_the_kind(load: Load) -> None:
    azure = "kind: azure-openai, base_url: 'https://a.example', api_key: '${PORT}'"
    assert vendor(load, f"{{{azure}, headers: {{authorization: x}}}}").headers == (("authorization", "x"),)
    with pytest.raises(ConfigError, match='the header "Api-Key"'):
        vendor(load, f"{{{azure}, headers: {{Api-Key: x}}}}")
