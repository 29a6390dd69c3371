"""Cloud accounts: where they are, and what proves that they are ours."""

from collections.abc import Mapping

import pytest

from config.catalog import Loaded, Vendor
from config.compile import compile_document
from config.defaults import vendors_from
from config.errors import ConfigError
from config.kinds import Operation, VendorKind
from config.references import References

PATH = {Operation.CHAT: "/p/{project}/{region}/{model}"}
KINDS = {
    "amazon": VendorKind(
        "amazon",
        "Amazon",
        "https://{region}.amazon.test",
        ("AMAZON_KEY",),
        key_required=False,
        auth="aws",
        region_keys=("CLOUD_REGION", "OTHER_REGION"),
    ),
    "google": VendorKind(
        "google",
        "Google",
        "https://{region}.google.test",
        key_required=False,
        auth="google",
        global_url="https://google.test",
        paths=PATH,
    ),
    "plain": VendorKind("plain", "Plain", "https://plain.test", key_required=False),
}
ACCOUNT = b'{"type": "service_account", "project_id": "acme"}'


def load(entry: str, environ: Mapping[str, str] = {}) -> Loaded:  # noqa: B006  # never changed
    def read(path: str) -> bytes:
        return ACCOUNT

    document = f"vendors: {{v: {entry}}}\nmodels: {{}}".encode()
    return compile_document(document, "signalbox.yaml", KINDS, References(environ, "/etc", read))


def vendor(entry: str, environ: Mapping[str, str] = {}) -> Vendor:  # noqa: B006
    return load(entry, environ).catalog.vendors["v"]


def mistakes(entry: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(entry)
    return [problem.sentence.partition(" ")[2] for problem in caught.value.problems]


def test_the_address_is_in_the_region_that_is_written_or_that_the_environment_names() -> None:
    assert vendor("{kind: amazon, region: eu-1}").base_url == "https://eu-1.amazon.test"
    found = vendor("{kind: amazon}", {"OTHER_REGION": "us-2"})
    assert (found.base_url, found.region) == ("https://us-2.amazon.test", "us-2")
    both = {"CLOUD_REGION": "us-1", "OTHER_REGION": "us-2"}
    assert vendor("{kind: amazon, region: eu-1}", both).region == "eu-1"


def test_an_address_of_ones_own_is_left_as_it_is() -> None:
    own = vendor("{kind: amazon, base_url: 'https://proxy.test/v1', region: eu-1}")
    assert own.base_url == "https://proxy.test/v1"


def test_the_region_global_has_its_own_address() -> None:
    assert vendor("{kind: google, region: global, project: p}").base_url == "https://google.test"


def test_a_service_account_names_the_project() -> None:
    entry = "{kind: google, region: eu, credentials: {service_account: 'file:account.json'}}"
    found = vendor(entry)
    assert found.project == "acme"
    assert found.credentials["service_account"].value == ACCOUNT.decode()
    assert "project_id" not in repr(found)


def test_what_an_address_needs_is_asked_for() -> None:
    assert mistakes("{kind: amazon}") == [
        "vendors.v: found no region; allowed: region, such as us-east-1, or the environment variable "
        "CLOUD_REGION, or the environment variable OTHER_REGION"
    ]
    assert mistakes("{kind: google, region: eu}") == [
        "vendors.v: found no project; allowed: project, or credentials with a service account, "
        "which names one"
    ]


def test_credentials_that_prove_nothing_to_a_vendor_are_a_mistake() -> None:
    google = "{kind: google, region: eu, project: p, credentials: {profile: x}}"
    assert mistakes(google) == [
        "vendors.v.credentials.profile: found profile for Google; allowed: service_account"
    ]
    assert mistakes("{kind: plain, credentials: {profile: x}}") == [
        "vendors.v.credentials.profile: found profile for Plain; allowed: api_key"
    ]


def test_keys_come_in_pairs() -> None:
    half = "{kind: amazon, region: eu, credentials: {access_key_id: AKIA1}}"
    assert mistakes(half) == [
        "vendors.v: found one half of a pair of keys; allowed: access_key_id and secret_access_key, both"
    ]


def test_a_secret_in_the_file_itself_is_worth_a_warning_and_a_name_is_not() -> None:
    entry = "{kind: amazon, region: eu, credentials: {access_key_id: AKIA1, secret_access_key: s3cret}}"
    warnings = load(entry).warnings
    assert ["secret_access_key" in warning.sentence for warning in warnings] == [True]
    by_reference = entry.replace("s3cret", "'${SECRET}'")
    assert load(by_reference, {"SECRET": "s3cret"}).warnings == ()


def test_without_a_file_a_vendor_needs_its_region_too() -> None:
    assert vendors_from(KINDS, {"AMAZON_KEY": "key"}) == {}
    found = vendors_from(KINDS, {"AMAZON_KEY": "key", "CLOUD_REGION": "us-1"})["amazon"]
    assert (found.base_url, found.region) == ("https://us-1.amazon.test", "us-1")
