"""What a target can do: who is asked first, and what the public list adds."""

from dataclasses import fields

import pytest

from config.capabilities import UNKNOWN, Capabilities, CapabilityOverride
from config.catalog import Vendor
from config.kinds import VendorKind
from dialects.features import NAMES
from gateway.routing.capabilities import capabilities_of, lacking
from ledger.prices import compile_prices
from tests.gateway.road import AT

OPENAI = Vendor("main", VendorKind("openai", "OpenAI", prices="openai"), "http://openai.test", None)
AZURE = Vendor("eu", VendorKind("azure-openai", "Azure", prices="azure"), "http://azure.test", None)


def known(vendor: Vendor, model: str, *lines: CapabilityOverride) -> Capabilities:
    return capabilities_of(lines, compile_prices([], {}, AT), vendor, model)


def test_the_operators_word_comes_first_and_leaves_the_rest_to_the_documentation() -> None:
    found = known(OPENAI, "gpt-4o", CapabilityOverride("main/*", Capabilities(context=5, vision=False)))
    assert (found.context, found.vision, found.output, found.tools) == (5, False, 16_384, True)


def test_a_window_that_no_documentation_gives_comes_from_the_public_list() -> None:
    assert known(OPENAI, "gpt-4-turbo") == Capabilities(context=128_000)


def test_the_documentation_is_more_exact_than_the_list() -> None:
    assert known(OPENAI, "gpt-4.1").context == 1_047_576


@pytest.mark.parametrize(
    ("vendor", "model"),
    [
        pytest.param(OPENAI, "a-name-that-nobody-knows", id="unknown to all"),
        pytest.param(AZURE, "gpt-4", id="a name of the operator's own choice"),
    ],
)
def test_what_nobody_knows_is_unknown(vendor: Vendor, model: str) -> None:
    assert known(vendor, model) == UNKNOWN


def test_what_a_model_is_known_to_lack_is_not_asked_of_it() -> None:
    assert lacking(Capabilities(tools=True, vision=False, temperature=False)) == {"image", "temperature"}
    assert lacking(UNKNOWN) == frozenset()
    every = {fact.name: False for fact in fields(Capabilities) if fact.type != int | None}
    assert len(lacking(Capabilities(**every))) == len(every)
    # How thinking is bounded is a matter of writing, and takes nothing out.
    assert lacking(Capabilities(**every)) <= NAMES | {"reasoning.budget", "reasoning.effort"}
