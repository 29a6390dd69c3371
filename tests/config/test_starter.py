"""The file that a beginner starts from."""

import re

import pytest

from config.compile import compile_document
from config.discover import discover
from config.kinds import VendorKind
from config.references import References
from config.schema import Document
from config.starter import starter

KINDS = discover("gateway.vendors", "VENDOR", VendorKind)
WITH_SIMULATOR = {**KINDS, "sim": VendorKind("sim", "Built-in simulator", key_required=False)}
EVERY_KEY = {kind.env_keys[0]: "a-key-of-this-vendor" for kind in KINDS.values() if kind.env_keys}

EVERY_KEY["RETENTION_KEY"] = "aGFsZiBhIGR1emVuIG93bHMgaW4gYSBiZWxsIHRvd2U="


def uncommented(text: str) -> str:
    return re.sub(r"^# ", "", text, flags=re.MULTILINE)


def compiled(text: str, environ: dict[str, str]) -> list[str]:
    loaded = compile_document(text.encode(), "f", WITH_SIMULATOR, References(environ, "/", lambda path: b""))
    return list(loaded.catalog.vendors)


@pytest.mark.parametrize(
    ("environ", "vendors"),
    [
        ({}, ["sim"]),
        ({"OPENAI_API_KEY": "sk"}, ["openai", "sim"]),
        ({"TOGETHERAI_API_KEY": "k", "MISTRAL_API_KEY": " "}, ["together", "sim"]),
    ],
    ids=["no key", "one key", "a key in the second variable"],
)
def test_it_is_sound_as_it_stands(environ: dict[str, str], vendors: list[str]) -> None:
    assert sorted(compiled(starter(WITH_SIMULATOR, environ), environ)) == sorted(vendors)


@pytest.mark.parametrize("kinds", [KINDS, {}], ids=["no simulator", "nothing at all"])
def test_it_is_sound_even_with_no_vendor(kinds: dict[str, VendorKind]) -> None:
    kinds = {name: kind for name, kind in kinds.items() if name != "sim"}
    assert compiled(starter(kinds, {}), {}) == []


@pytest.mark.parametrize("environ", [{}, {"OPENAI_API_KEY": "sk"}], ids=["no key", "one key"])
def test_its_commented_examples_are_sound_too(environ: dict[str, str]) -> None:
    text = uncommented(starter(WITH_SIMULATOR, environ))
    assert "local" in compiled(text, EVERY_KEY)
    assert all(re.search(rf"^{section}:", text, re.MULTILINE) for section in Document.model_fields)


def test_it_holds_no_key() -> None:
    assert "sk-hush" not in starter(WITH_SIMULATOR, {"OPENAI_API_KEY": "sk-hush"})


def test_what_the_simulator_answers_has_prices() -> None:
    assert "a key, at made-up prices" in starter(WITH_SIMULATOR, {})
