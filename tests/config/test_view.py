"""The effective configuration as a person reads it."""

from collections.abc import Callable

import pytest

from config.catalog import Loaded, Secret
from config.view import effective, masked, without_password

Load = Callable[[str], Loaded]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("sk-proj-abcdefghijkl", "sk-…ijkl (env K)"),
        ("gsk_abcdefghijklmnop", "…mnop (env K)"),
        ("sk-short", "… (env K)"),
        ("x", "… (env K)"),
    ],
)
def test_a_secret_is_known_again_and_not_known(value: str, shown: str) -> None:
    assert masked(Secret(value, "env K")) == shown
    assert masked(None) == "none"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:hush@db/x?password=hush", "postgresql://me:…@db/x?…"),
        ("postgresql://me@db/x", "postgresql://me@db/x"),
        ("postgresql://me:h@sh@db/x", "postgresql://me:…@db/x"),
        ("sqlite:///signalbox.db", "sqlite:///signalbox.db"),
    ],
)
def test_a_database_is_shown_without_its_password(url: str, shown: str) -> None:
    assert without_password(url) == shown


CHOSEN = """\
vendors:
  openai: { api_key: "${OPENAI_API_KEY}", deadlines: { idle: 5s }, headers: { x-hush: hush-hush } }
models:
  a: { targets: [{ to: openai/x, weight: 2 }], fallback: [b], json_schema: {} }
  b: { targets: [openai/y] }
  "g*": { passthrough: openai }
teams: { t: { models: [a] } }
prices: { "openai/*": { input: 0.15, output: 2 }, openai/b: { per: image, amount: 1, batch: 50% } }
batches: { keep: 7d }
cache: { exact: 90s, semantic: { embedder: local } }
capabilities: { "openai/*": { context: 128k, vision: false } }
server: { max_body: 1MB, cors_origins: ["*"] }
stores: { database: "postgresql://u:hush-hush@h/d" }
admin_key: hush-hush-hush-hush
"""


def test_every_setting_is_shown_with_whether_it_was_chosen(load: Load) -> None:
    catalog = load(CHOSEN).catalog
    settings = {setting.path: setting for setting in effective(catalog)}
    shown = {path: (setting.value, setting.default) for path, setting in settings.items()}
    assert shown["vendors.openai.kind"] == ("openai", True)
    assert shown["vendors.openai.api_key"] == ("sk-…ment (env OPENAI_API_KEY)", False)
    assert shown["vendors.openai.deadlines.idle"] == ("5s", False)
    assert shown["vendors.openai.deadlines.total"] == ("10m", True)
    assert shown["models.a"] == (
        "weighted: openai/x × 2; fallback b; schemas checked always, answers repaired",
        False,
    )
    assert shown["models.g*"] == ("passthrough openai", False)
    assert shown["teams.t"] == ("a; organisation default", False)
    assert shown["prices.openai/*"] == ("input 0.15, output 2 USD per million tokens", False)
    assert shown["prices.openai/b"] == ("1 USD per image; 50% in a batch", False)
    assert shown["batches.keep"] == ("7d", False)
    assert shown["batches.max_file"] == ("200MB", True)
    assert shown["batches.folder"] == ("files in the state directory", True)
    assert shown["vendors.openai.batches"] == ("vendor", True)
    assert shown["capabilities.openai/*"] == ("context 128000, vision false", False)
    assert shown["vendors.openai.unsupported"] == ("error", True)
    assert shown["server.max_body"] == ("1MB", False)
    assert shown["server.cors_origins"] == ("*", False)
    assert shown["server.port"] == ("8080", True)
    assert shown["stores.redis_deadline"] == ("50ms", True)
    assert shown["cache.size"] == ("256MB", True)
    assert shown["cache.exact"] == ("1m30s", False)
    assert shown["cache.semantic.max_wrong_rate"] == ("0.02", False)
    assert shown["ledger.fsync"] == ("false", True)
    assert shown["stores.database"] == ("postgresql://u:…@h/d", False)
    assert shown["ledger.assumed_price"] == ("none", True)
    assert "hush-hush" not in str([setting.to_json() for setting in settings.values()])
