"""What a gateway without a file serves."""

import pytest

from config.catalog import ModelGroup, Passthrough, Secret, Settings, Target, Vendor
from config.defaults import (
    NO_FILE,
    SIMULATOR_PLACEHOLDER,
    default_catalog,
    digest,
    passthroughs_of,
    with_vendor,
)
from config.kinds import VendorKind

Kinds = dict[str, VendorKind]
OLLAMA = VendorKind(
    "ollama", "Ollama", "http://localhost:11434", key_required=False, free=True, probe="/v1/models"
)


def test_an_empty_environment_has_the_simulator_and_a_demo(kinds: Kinds) -> None:
    catalog = default_catalog(kinds, {}).catalog
    assert list(catalog.vendors) == ["sim"]
    assert catalog.vendors["sim"].base_url == SIMULATOR_PLACEHOLDER
    assert catalog.resolve("demo") == ModelGroup("demo", (Target("sim", "small"),))
    assert catalog.resolve("sim/reasoner") == ModelGroup("sim/reasoner", (Target("sim", "reasoner"),))
    assert (catalog.settings, catalog.source) == (Settings(), NO_FILE)


def test_a_key_in_the_environment_is_a_vendor(kinds: Kinds) -> None:
    catalog = default_catalog(
        kinds, {"OPENAI_API_KEY": "sk-one", "AZURE_OPENAI_API_KEY": "no address"}
    ).catalog
    assert list(catalog.vendors) == ["openai", "sim"]
    assert catalog.vendors["openai"].api_key == Secret("sk-one", "env OPENAI_API_KEY")
    assert catalog.resolve("gpt-5") == ModelGroup("gpt-5", (Target("openai", "gpt-5"),))
    assert catalog.resolve("openai/gpt-5") == ModelGroup("openai/gpt-5", (Target("openai", "gpt-5"),))


@pytest.mark.parametrize("value", ["", "   "])
def test_an_empty_variable_is_no_key(kinds: Kinds, value: str) -> None:
    assert "openai" not in default_catalog(kinds, {"OPENAI_API_KEY": value}).catalog.vendors


def test_a_key_that_cannot_be_sent_is_left_out_with_a_warning(kinds: Kinds) -> None:
    loaded = default_catalog(kinds, {"OPENAI_API_KEY": "sk with space"})
    assert "openai" not in loaded.catalog.vendors
    assert [warning.sentence for warning in loaded.warnings] == [
        "environment: found a key for openai in OPENAI_API_KEY that cannot be sent; "
        "allowed: a key of visible ASCII characters. Is there a space or a line break in it?"
    ]


def test_a_vendor_that_answers_later_is_added_whole(kinds: Kinds) -> None:
    before = default_catalog(kinds, {}).catalog
    ollama = Vendor("ollama", OLLAMA, "http://localhost:11434", None)
    after = with_vendor(before, ollama, passthroughs_of(ollama))
    assert after.resolve("ollama/llama3") == ModelGroup("ollama/llama3", (Target("ollama", "llama3"),))
    assert before.resolve("ollama/llama3") is None
    assert after.version != before.version
    again = with_vendor(after, ollama, passthroughs_of(ollama))
    assert (again.passthroughs, list(again.vendors)) == (after.passthroughs, ["sim", "ollama"])


def test_bare_names_keep_their_name_and_prefixed_ones_lose_the_prefix(kinds: Kinds) -> None:
    vendor = Vendor("mine", kinds["openai"], "https://a", None)
    assert passthroughs_of(vendor) == (
        Passthrough("mine/*", "mine", strip=True),
        Passthrough("gpt-*", "mine", strip=False),
        Passthrough("o1", "mine", strip=False),
    )


def test_another_key_is_another_version(kinds: Kinds) -> None:
    versions = {default_catalog(kinds, {"OPENAI_API_KEY": key}).catalog.version for key in ("a", "b", "a")}
    assert len(versions) == 2


def test_a_digest_keeps_parts_apart() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("a") == digest("a")
