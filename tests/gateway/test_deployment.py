"""What is made ready for calls: routes with their fallbacks, heads with their keys, quotes by the rule."""

from dataclasses import replace
from typing import Any, cast

import pytest

from config.catalog import (
    Catalog,
    ModelGroup,
    Passthrough,
    PriceOverride,
    SchemaRule,
    Secret,
    Settings,
    Target,
    Vendor,
)
from config.kinds import Operation, VendorKind
from gateway.deployment import Deployment, UpstreamPool, _relays
from gateway.vendors import groq, openai
from ledger.prices import compile_prices
from tests.gateway.road import AT

KIND = VendorKind("fake", "Fake", drops=frozenset({"logit_bias"}), renames={"max_tokens": "limit"})
ALWAYS = VendorKind("always", "Always", stream_usage="always", free=True)
PATHED = VendorKind(
    "pathed",
    "Pathed",
    auth_header="api-key",
    auth_prefix="",
    paths={Operation.CHAT: "/deployments/{model}/chat?v={api_version}"},
)
VENDORS = {
    "a": Vendor("a", KIND, "https://a.test:8443/base/v1", Secret("sk-a", "test"), headers=(("x-team", "7"),)),
    "b": Vendor("b", ALWAYS, "http://b.test", None),
    "c": Vendor("c", PATHED, "http://c.test/x", Secret("sk-c", "test"), api_version="2026-1"),
}
PRICES = (PriceOverride("a/m", 10**9, 10**9),)


def build(*groups: ModelGroup, passthroughs: tuple[Passthrough, ...] = (), **settings: Any) -> Deployment:
    catalog = Catalog(
        VENDORS,
        {group.name: group for group in groups},
        passthroughs,
        {},
        PRICES,
        Settings(**settings),
        "v1",
        "no file",
    )
    return Deployment(catalog, compile_prices(PRICES, {}, AT), UpstreamPool())


def test_a_line_carries_what_its_target_can_do() -> None:
    vendor = Vendor("o", VendorKind("openai", "OpenAI"), "http://o.test", None)
    catalog = replace(build().catalog, vendors={"o": vendor}, passthroughs=(Passthrough("o/*", "o", True),))
    route = Deployment(catalog, compile_prices((), {}, AT), UpstreamPool()).route("o/gpt-4o")
    assert route is not None
    assert route.lines["o/gpt-4o"].capabilities.output == 16_384


@pytest.mark.parametrize(
    ("kind", "strict"), [(openai.VENDOR, True), (groq.VENDOR, False)], ids=["OpenAI", "Groq"]
)
def test_strict_mode_is_for_those_who_have_openais(kind: VendorKind, strict: bool) -> None:
    vendor = Vendor("o", kind, "http://o.test", None)
    catalog = replace(build().catalog, vendors={"o": vendor}, passthroughs=(Passthrough("o/*", "o", True),))
    route = Deployment(catalog, compile_prices((), {}, AT), UpstreamPool()).route("o/m")
    assert route is not None
    assert route.lines["o/m"].ways[Operation.MESSAGES].to.strict_schemas is strict


def test_what_checks_answers_is_loaded_where_a_group_asks_for_it() -> None:
    group = ModelGroup("g", (Target("a", "m"),), json_schema=SchemaRule())
    asking, silent = build(group), build(replace(group, json_schema=None))
    assert (asking.validating is None, silent.validating is None) == (False, True)
    route = asking.route("g")
    assert route is not None and route.json_schema == SchemaRule()


def test_fallbacks_follow_in_their_order_and_no_circle_is_run_twice() -> None:
    deployment = build(
        ModelGroup("one", (Target("a", "m"),), fallback=("two", "three")),
        ModelGroup("two", (Target("b", "m"),), fallback=("one", "three")),
        ModelGroup("three", (Target("a", "m"), Target("c", "m")), fallback=("gone",)),
    )
    route = deployment.route("one")
    assert route is not None and route.settled is None
    assert [tier.group for tier in route.tiers] == ["one", "two", "three"]
    assert set(route.lines) == {"a/m", "b/m", "c/m"}


def test_where_there_is_nothing_to_decide_the_plan_is_made_once() -> None:
    deployment = build(
        ModelGroup("one", (Target("a", "m"),), fallback=("two",)), ModelGroup("two", (Target("b", "m"),))
    )
    route = deployment.route("one")
    assert route is not None and route.settled is not None
    assert [choice.target for choice in route.settled] == ["a/m", "b/m"]
    assert deployment.route("one") is route


def test_a_name_nobody_declared_has_no_route() -> None:
    assert build().route("nothing") is None


def test_names_under_a_pattern_share_one_label_and_are_remembered_within_a_bound() -> None:
    deployment = build(passthroughs=(Passthrough("a/*", "a", strip=True),))
    first = deployment.route("a/m-0")
    assert first is not None
    assert (first.name, first.label, list(first.lines)) == ("a/m-0", "a/*", ["a/m-0"])
    assert first.lines["a/m-0"].tally_key == ("a", "a/*")
    assert deployment.route("a/m-0") is first
    for number in range(5000):
        deployment.route(f"a/m-{number}")
    assert len(deployment._pattern_routes) == 4096


def test_a_request_head_has_the_vendors_path_key_and_headers() -> None:
    deployment = build(ModelGroup("g", (Target("a", "m"), Target("c", "gpt 5/x"))))
    route = deployment.route("g")
    assert route is not None
    assert route.lines["a/m"].ways[Operation.CHAT].whole_head == (
        b"POST /base/v1/chat/completions HTTP/1.1\r\nhost: a.test:8443\r\naccept-encoding: identity\r\n"
        b"user-agent: signalbox\r\nauthorization: Bearer sk-a\r\nx-team: 7\r\n"
        b"content-type: application/json\r\n"
    )
    head = route.lines["c/gpt 5/x"].ways[Operation.CHAT].whole_head
    assert head.startswith(b"POST /x/deployments/gpt%205%2Fx/chat?v=2026-1 HTTP/1.1\r\nhost: c.test\r\n")
    assert b"\r\napi-key: sk-c\r\n" in head
    assert route.lines["c/gpt 5/x"].answer_block == b"x-signalbox-target: c/gpt%205/x\r\n"


def test_a_vendor_without_a_key_is_sent_none() -> None:
    route = build(ModelGroup("g", (Target("b", "m"),))).route("g")
    assert route is not None
    assert b"authorization" not in route.lines["b/m"].ways[Operation.CHAT].whole_head


def test_usage_is_asked_for_only_where_it_is_an_option() -> None:
    route = build(ModelGroup("g", (Target("a", "m"), Target("b", "m")))).route("g")
    assert route is not None
    asks = {name: line.ways[Operation.CHAT].to_with_usage.ask_usage for name, line in route.lines.items()}
    assert asks == {"a/m": True, "b/m": False}
    for edits in (
        route.lines["a/m"].ways[Operation.CHAT].to,
        route.lines["a/m"].ways[Operation.CHAT].to_with_usage,
    ):
        assert (edits.model, edits.drops, edits.renames) == ("m", KIND.drops, KIND.renames)


ASSUMED = PriceOverride("*", 7 * 10**9, 0)
RULES = {
    "declared": ("a", "m", {"unpriced": "deny"}, (1000, True)),
    "free": ("b", "m", {"unpriced": "deny"}, (0, True)),
    "denied": ("a", "other", {"unpriced": "deny"}, None),
    "allowed": ("a", "other", {"unpriced": "allow"}, (0, False)),
    "assumed": ("a", "other", {"unpriced": "assume", "assumed_price": ASSUMED}, (7000, False)),
    "assumed without a price": ("a", "other", {"unpriced": "assume"}, None),
}


@pytest.mark.parametrize(("vendor", "model", "settings", "expected"), RULES.values(), ids=RULES.keys())
def test_what_a_model_is_billed_at(
    vendor: str, model: str, settings: dict[str, Any], expected: tuple[int, bool] | None
) -> None:
    found = build(**settings).quote(VENDORS[vendor], model)
    assert (found and (found.price.ceiling(1, 0), found.priced)) == expected


async def test_an_upstream_is_kept_over_configurations_and_shared_by_origin() -> None:
    pool = UpstreamPool()
    same = Vendor("z", KIND, "https://a.test:8443/elsewhere", None)
    first = pool.get(VENDORS["a"])
    assert pool.get(VENDORS["a"]) is first and pool.get(same) is first
    fewer = Vendor("a", KIND, VENDORS["a"].base_url, None, max_connections=3)
    assert pool.get(fewer) is not first
    assert cast(Any, pool.get(fewer)).origin.max_connections == 3
    await pool.aclose()


def test_a_relay_has_no_content_type_of_its_own() -> None:
    kind = VendorKind("k", "K", paths={Operation.SPEECH: "/audio/speech", Operation.RERANK: "/rerank"})
    vendor = Vendor("v", kind, "https://v.test/v1", None)
    relays = _relays(vendor, "m")
    assert relays[Operation.SPEECH].head.startswith(b"POST /v1/audio/speech HTTP/1.1\r\nhost: v.test\r\n")
    assert b"content-type" not in relays[Operation.SPEECH].head
    assert relays[Operation.RERANK].drops == frozenset()
    assert "return_documents" not in relays[Operation.COHERE_RERANK].drops
    assert "max_tokens_per_doc" in relays[Operation.COHERE_RERANK].drops
    assert Operation.IMAGES not in relays


def test_relays_are_made_once_for_a_vendor_whose_paths_name_no_model() -> None:
    paths = {Operation.SPEECH: "/audio/speech"}
    plain = Vendor("v", VendorKind("k", "K", paths=paths), "https://v.test/v1", None)
    named = {Operation.SPEECH: "/{model}/audio/speech"}
    pathed = Vendor("w", VendorKind("k", "K", paths=named), "https://w.test", None)
    deployment = build(ModelGroup("g", (Target("a", "m"),)))
    assert deployment._relays_of(plain, "m") is deployment._relays_of(plain, "n")
    first, second = deployment._relays_of(pathed, "m"), deployment._relays_of(pathed, "n")
    assert (b"/m/audio" in first[Operation.SPEECH].head, b"/n/audio" in second[Operation.SPEECH].head) == (
        True,
        True,
    )
