"""Documents and what becomes of them: a catalog, or every mistake at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.capabilities import Capabilities, CapabilityOverride
from config.catalog import BatchSettings, Deadlines, Loaded, ModelGroup, PriceOverride, Settings, Target
from config.compile import compile_document
from config.errors import ConfigError
from config.references import References
from config.schema import Document
from config.strategies import found_strategies

Load = Callable[[str | bytes], Loaded]
MISTAKES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "mistakes.yaml").read_text())


def sentences(load: Load, document: str | bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(document)
    return [problem.sentence for problem in caught.value.problems]


@pytest.mark.parametrize("row", MISTAKES, ids=[row["id"] for row in MISTAKES])
def test_a_mistake_is_said_with_its_place_and_what_is_allowed(load: Load, row: dict[str, Any]) -> None:
    says = row["says"].replace("STRATEGIES", ", ".join(found_strategies()))
    assert sentences(load, row["document"]) == says.split("\n")


def test_the_table_of_mistakes_is_not_a_stub() -> None:
    assert len(MISTAKES) >= 90


def test_all_mistakes_come_at_once_in_the_order_of_the_file(load: Load) -> None:
    document = """\
server: { port: 99999 }
models:
  fast:
    targets: [openai/x, opnai/y]
    fallback: [nobody]
vendors:
  openai: { api_key: "${NOT_SET}", max_connections: 0 }
unknown: 1
"""
    said = sentences(load, document)
    assert [line.split(" ")[0] for line in said] == [
        "signalbox.yaml:1:17",
        "signalbox.yaml:4:25",
        "signalbox.yaml:5:16",
        "signalbox.yaml:7:22",
        "signalbox.yaml:7:53",
        "signalbox.yaml:8:1",
    ]


def test_the_line_is_shown_under_the_mistake(load: Load) -> None:
    with pytest.raises(ConfigError) as caught:
        load("server:\n  prot: 80\n")
    assert str(caught.value) == (
        "1 mistake in the configuration:\n"
        'signalbox.yaml:2:3 server.prot: found the unknown key "prot"; '
        "allowed: body_timeout, cors_origins, drain, host, keep_alive, max_body, max_upload, "
        "on_disconnect, port. "
        'Did you mean "port"?\n'
        "     2 |   prot: 80\n"
        "       |   ^"
    )


@pytest.mark.parametrize(
    "document",
    [
        "vendors: {openai: {api_key: sk-very-secret-word, zzz: 1}}",
        "vendors: {openai: {apikey: very-secret-word}}",
        "vendors: {openai: {api_key: 'very-secret-word with space'}}",
        "vendors: {openai: {headers: {x-custom: very-secret-word, 'b c': x}}}",
        "stores: {database: 'mysql://u:very-secret-word@h/d'}",
        "vendors: {openai: {base_url: 'https://u:very-secret-word@h/d'}}",
        "admin_key: very-secret-word\nadmin_key: very-secret-word",
        "vendors: {openai: {password: very-secret-word}}",
        "zzz: sk-very-secret-word",
        "admin_key: very-secret-word: and more",
    ],
)
def test_a_message_never_shows_a_secret(load: Load, document: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(document)
    assert "very-secret-word" not in str(caught.value)
    assert "very-secret-word" not in str(caught.value.to_json())


WHOLE = """\
vendors:
  openai: { deadlines: { idle: 5s, connect: 500ms }, headers: { OpenAI-Project: "42" } }
  azure-eu:
    kind: azure-openai
    base_url: https://acme.openai.azure.com/
    api_key: file:key
    region: eu
    unsupported: drop
    batches: gateway
  local: { kind: openai-like, base_url: "http://${HOST_NAME}:${PORT}/v1" }
models:
  fast: { targets: [openai/gpt-4o-mini, { to: local/llama/3, weight: 9 }], fallback: [smart] }
  smart: { targets: [azure-eu/gpt-5] }
  "openai/*": { passthrough: openai }
  "eu/*": { passthrough: azure-eu, strip: true }
  "gpt-*": { passthrough: openai }
  o1: { passthrough: openai }
teams:
  support: { organisation: acme, models: [fast, "gpt-*", gpt-4o, o1], tags: { cost_centre: 4711 } }
  everyone:
prices:
  openai/gpt-4o-mini: { input: 0.15, output: 0.60, cached_read: 0.075, batch: 50% }
  "local/*": { input: 0, output: 0.000000001 }
capabilities:
  "local/*": { context: 32k, tools: "${TOOLS:-true}", vision: false }
server: { host: 0.0.0.0, port: "${PORT}", max_body: 1MB, drain: 0s, cors_origins: ["*"],
  on_disconnect: drain }
batches: { concurrency: 4, max_lines: 100, max_file: 1MB, keep: 2d, folder: /srv/files }
stores: { database: file:/run/secrets/url }
ledger: { unpriced: assume, assumed_price: { input: 1, output: 2.5 }, fsync: true }
log: { format: json, level: debug }
admin_key: "${ADMIN:-a-key-that-is-long-enough}"
"""


def test_a_whole_file_becomes_vendors(load: Load) -> None:
    catalog = load(WHOLE).catalog
    openai, azure, local = (catalog.vendors[name] for name in ("openai", "azure-eu", "local"))
    assert openai.deadlines == Deadlines(connect=0.5, idle=5.0)
    assert openai.headers == (("openai-project", "42"),)
    assert openai.api_key is not None and openai.api_key.source == "env OPENAI_API_KEY"
    assert azure.base_url == "https://acme.openai.azure.com"
    assert azure.api_key is not None
    assert (azure.api_key.value, azure.api_key.source) == ("sk-from-a-file", "file /etc/signalbox/key")
    assert (azure.region, azure.api_version) == ("eu", "2024-10-21")
    assert (azure.unsupported, openai.unsupported) == ("drop", "error")
    assert (azure.batches, openai.batches) == ("gateway", "vendor")
    assert (local.base_url, local.api_key) == ("http://models.local:9000/v1", None)


def test_a_whole_file_becomes_models_teams_prices_and_capabilities(load: Load) -> None:
    catalog = load(WHOLE).catalog
    assert catalog.models["fast"] == ModelGroup(
        "fast", (Target("openai", "gpt-4o-mini"), Target("local", "llama/3", 9)), fallback=("smart",)
    )
    assert catalog.resolve("openai/gpt-5") == ModelGroup("openai/gpt-5", (Target("openai", "gpt-5"),))
    assert catalog.resolve("eu/gpt-5") == ModelGroup("eu/gpt-5", (Target("azure-eu", "gpt-5"),))
    assert catalog.resolve("gpt-4o") == ModelGroup("gpt-4o", (Target("openai", "gpt-4o"),))
    assert catalog.resolve("o1") == ModelGroup("o1", (Target("openai", "o1"),))
    assert catalog.resolve("claude") is None
    assert catalog.teams["support"].tags == {"cost_centre": "4711"}
    assert catalog.teams["everyone"].models is None
    assert catalog.prices == (
        PriceOverride("openai/gpt-4o-mini", 150_000_000, 600_000_000, 75_000_000, batch=50),
        PriceOverride("local/*", 0, 1),
    )
    facts = Capabilities(context=32_000, tools=True, vision=False)
    assert catalog.capabilities == (CapabilityOverride("local/*", facts),)


def test_a_whole_file_becomes_settings(load: Load) -> None:
    loaded = load(WHOLE)
    catalog = loaded.catalog
    assert catalog.settings == Settings(
        host="0.0.0.0",
        port=9000,
        max_body_bytes=1_000_000,
        drain_seconds=0.0,
        cors_origins=("*",),
        unpriced="assume",
        assumed_price=PriceOverride("*", 1_000_000_000, 2_500_000_000),
        on_disconnect="drain",
        spool_fsync=True,
        database="postgresql://signalbox:secret@db/signalbox",
        log_format="json",
        log_level="debug",
        admin_key=catalog.settings.admin_key,
        batches=BatchSettings(4, 100, 1_000_000, 172_800.0, "/srv/files"),
    )
    assert loaded.files == ("signalbox.yaml", "/etc/signalbox/key", "/run/secrets/url")
    assert [warning.path for warning in loaded.warnings] == ["admin_key"]


@pytest.mark.parametrize(
    "document", ["", "# nothing\n", "{}", "server: {}", "vendors:\nmodels:\n", "server:"]
)
def test_what_is_left_out_is_filled_as_without_a_file(load: Load, document: str) -> None:
    catalog = load(document).catalog
    assert list(catalog.vendors) == ["openai", "sim"]
    assert catalog.resolve("gpt-4o") == ModelGroup("gpt-4o", (Target("openai", "gpt-4o"),))
    assert catalog.resolve("sim/large") == ModelGroup("sim/large", (Target("sim", "large"),))
    assert catalog.settings == Settings()


def test_vendors_alone_are_callable_by_their_names(load: Load) -> None:
    catalog = load("vendors: {mine: {kind: openai-like, base_url: 'http://localhost:1'}}").catalog
    assert catalog.resolve("mine/any") == ModelGroup("mine/any", (Target("mine", "any"),))
    assert catalog.resolve("demo") is None


def test_a_declared_empty_section_stays_empty(load: Load) -> None:
    catalog = load("vendors: {}\nmodels: {}").catalog
    assert (len(catalog.vendors), len(catalog.models), catalog.passthroughs) == (0, 0, ())


def test_a_key_from_the_environment_goes_to_its_vendor_only(load: Load) -> None:
    catalog = load("vendors: {openai: {base_url: 'https://api.openai.com/v1/'}}").catalog
    assert catalog.vendors["openai"].api_key is not None
    with pytest.raises(ConfigError, match="found no api_key"):
        load("vendors: {openai: {base_url: 'https://elsewhere.example/v1'}}")


def test_a_secret_in_the_file_works_and_is_warned_of(load: Load) -> None:
    loaded = load("vendors:\n  openai: { api_key: sk-literal-key-in-file }")
    (warning,) = loaded.warnings
    assert warning.place == "signalbox.yaml:2:22"
    assert "sk-literal" not in str(warning)
    key = loaded.catalog.vendors["openai"].api_key
    assert key is not None and (key.value, key.source) == ("sk-literal-key-in-file", "literal")
    assert "sk-literal" not in repr(loaded.catalog)


def test_a_short_admin_key_is_warned_of(load: Load) -> None:
    (warning,) = load("admin_key: '${PORT}'").warnings
    assert "an admin key of 4 characters" in warning.sentence


def test_the_version_tells_contents_apart(load: Load, kinds: dict[str, Any]) -> None:
    document = b"vendors: {openai: {api_key: file:/k, ca_file: /c}}"

    def version(key: bytes, certificate: bytes, text: bytes = document) -> str:
        files = {"/k": key, "/c": certificate}
        return compile_document(text, "f", kinds, References({}, "/", files.__getitem__)).catalog.version

    first = version(b"one", b"x")
    assert first == version(b"one", b"x")
    assert first == version(b"one", b"x", document + b"\n# a comment")
    assert len({first, version(b"two", b"x"), version(b"one", b"y")}) == 3


def test_anchors_and_merge_keys_work(load: Load) -> None:
    catalog = load("""\
vendors:
  a: &base { kind: openai-like, base_url: "http://localhost:1", deadlines: &slow { idle: 9m } }
  b: { <<: *base, base_url: "http://localhost:2" }
  c: { kind: openai-like, base_url: "http://localhost:3", deadlines: *slow }
""").catalog
    assert [vendor.base_url[-1] for vendor in catalog.vendors.values()] == ["1", "2", "3"]
    assert {vendor.deadlines.idle for vendor in catalog.vendors.values()} == {540.0}


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=12),
    st.sampled_from(["${A", "openai/x", "5s", "file:x"]),
)
_KEYS = st.sampled_from(
    [*Document.model_fields, "openai", "api_key", "to", "targets", "deadlines", "<<", "x y"]
)
_TREES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=15,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=st.dictionaries(st.sampled_from(list(Document.model_fields)), _TREES, max_size=4))
def test_no_document_raises_anything_but_a_config_error(load: Load, tree: dict[str, object]) -> None:
    try:
        load(yaml.safe_dump(tree))
    except ConfigError as error:
        assert error.problems and str(error)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=60) | st.text("a:-{}[]&*!|>'\"#%@\n\t ,?$<~", max_size=40).map(str.encode))
def test_no_bytes_raise_anything_but_a_config_error(load: Load, data: bytes) -> None:
    try:
        load(data)
    except ConfigError as error:
        assert error.problems and str(error)
