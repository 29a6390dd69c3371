"""A catalog as a list of settings for people: secrets masked, defaults marked."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from config.alert import AlertFacts
from config.caching import CacheFacts, CachePolicy, SemanticPolicy
from config.capabilities import Capabilities
from config.catalog import (
    ALLOWED,
    APART,
    BatchSettings,
    Catalog,
    Deadlines,
    ModelGroup,
    PriceOverride,
    SchemaRule,
    Secret,
    Settings,
    Vendor,
)
from config.retention import RetentionFacts
from config.trace import TracingFacts
from config.units import NANO, written_size, written_time

_SETTINGS = (  # the YAML path and the field of Settings
    ("server.host", "host"),
    ("server.port", "port"),
    ("server.max_body", "max_body_bytes"),
    ("server.max_upload", "max_upload_bytes"),
    ("server.body_timeout", "body_timeout"),
    ("server.keep_alive", "keep_alive"),
    ("server.drain", "drain_seconds"),
    ("server.cors_origins", "cors_origins"),
    ("server.on_disconnect", "on_disconnect"),
    ("stores.database", "database"),
    ("stores.redis", "redis"),
    ("stores.redis_deadline", "redis_deadline"),
    ("ledger.unpriced", "unpriced"),
    ("ledger.assumed_price", "assumed_price"),
    ("ledger.fsync", "spool_fsync"),
    ("reliability.breakers", "breakers"),
    ("reliability.queue", "queue_seconds"),
    ("reliability.empty_fails", "empty_fails"),
    ("reliability.hedge_budget", "hedge_budget"),
    ("reliability.retry_budget", "retry_budget"),
    ("log.format", "log_format"),
    ("log.level", "log_level"),
    ("admin_key", "admin_key"),
    ("alerts", "alerts"),
    ("tracing", "tracing"),
)
_BATCHES = (
    ("batches.concurrency", "concurrency"),
    ("batches.max_lines", "max_lines"),
    ("batches.max_file", "max_file_bytes"),
    ("batches.keep", "keep"),
    ("batches.folder", "folder"),
)
_SIZES = frozenset(["max_file_bytes", "max_body_bytes", "max_upload_bytes", "size", "entry", "disk"])
_TIMES = frozenset(
    ("keep", "body_timeout", "keep_alive", "drain_seconds", "queue_seconds", "redis_deadline", "exact")
    + ("stale_while_revalidate", "stale_if_error"),
)
_WRITTEN = {"max_wrong": "max_wrong_rate"}  # fields whose YAML name differs


@dataclass(frozen=True, slots=True)
class Setting:
    """One effective setting. `default` is True if it was not configured."""

    path: str
    value: str
    default: bool = False

    def to_json(self) -> dict[str, str | bool]:
        """The setting as JSON data."""
        return {"path": self.path, "value": self.value, "default": self.default}


def masked(secret: Secret | None) -> str:
    """A secret in a form that may be shown: its prefix up to a dash, its last four characters, its source."""
    if secret is None:
        return "none"
    value = secret.value
    long = len(value) >= 16  # four characters of a short secret would reveal too much
    start = value.partition("-")[0] + "-" if long and "-" in value[1:5] else ""
    return f"{start}…{value[-4:] if long else ''} ({secret.source})"


def effective(catalog: Catalog) -> list[Setting]:
    """Every effective setting, in the order of the file's sections."""
    settings = [setting for vendor in catalog.vendors.values() for setting in _vendor(vendor)]
    settings += [_group(group) for group in catalog.models.values()]
    for rule in catalog.passthroughs:
        settings.append(
            Setting(f"models.{rule.pattern}", f"passthrough {rule.vendor}{', strip' if rule.strip else ''}")
        )
    for team in catalog.teams.values():
        models = "every model" if team.models is None else ", ".join(team.models) or "no model"
        passed = f"; passthrough {', '.join(team.passthrough)}" if team.passthrough else ""
        passed += "" if team.regions is None else f"; regions {', '.join(sorted(team.regions)) or 'none'}"
        if team.controls != ALLOWED:
            passed += f"; controls {', '.join(sorted(team.controls)) or 'none'}"
        passed += f"; objects {', '.join(team.objects)}" if team.objects else ""
        passed += "; priority batch" if team.priority == "batch" else ""
        shown = f"{models}; organisation {team.organisation}{passed}"
        settings.append(Setting(f"teams.{team.name}", shown))
    settings += list(_cache(catalog.cache))
    settings += list(_retention(catalog.retention))
    settings += [Setting(f"prices.{price.target}", _price(price)) for price in catalog.prices]
    settings += [Setting(f"capabilities.{line.target}", _facts(line.facts)) for line in catalog.capabilities]
    return settings + list(_process(catalog.settings))


def _vendor(vendor: Vendor) -> Iterator[Setting]:
    path, kind = f"vendors.{vendor.name}", vendor.kind
    yield Setting(f"{path}.kind", kind.name, kind.name == vendor.name)
    yield Setting(f"{path}.base_url", vendor.base_url, vendor.base_url == kind.base_url)
    yield Setting(f"{path}.api_key", masked(vendor.api_key), vendor.api_key is None)
    for number, key in enumerate(vendor.more_keys, 1):
        yield Setting(f"{path}.api_keys[{number}]", masked(key))
    for name in ("region", "ca_file", "client_cert", "client_key", "proxy"):
        if (value := getattr(vendor, name)) is not None:
            yield Setting(f"{path}.{name}", value)
    if vendor.api_version is not None:
        yield Setting(f"{path}.api_version", vendor.api_version, vendor.api_version == kind.api_version)
    for header, _ in vendor.headers:  # a header's value may be a credential
        yield Setting(f"{path}.headers.{header}", "…")
    usual = Deadlines()
    for deadline in fields(Deadlines):
        seconds = getattr(vendor.deadlines, deadline.name)
        yield Setting(
            f"{path}.deadlines.{deadline.name}",
            written_time(seconds),
            seconds == getattr(usual, deadline.name),
        )
    yield Setting(f"{path}.unsupported", vendor.unsupported, vendor.unsupported == "error")
    if vendor.concurrency is not None:
        shown = "auto" if vendor.concurrency_adaptive else str(vendor.concurrency)
        yield Setting(f"{path}.concurrency", shown)
    yield Setting(f"{path}.batches", vendor.batches, vendor.batches == "vendor")
    yield Setting(f"{path}.max_connections", str(vendor.max_connections), vendor.max_connections == 1000)


def _group(group: ModelGroup) -> Setting:
    targets = ", ".join(f"{target.name} × {target.weight}" for target in group.targets)
    fallback = f"; fallback {', '.join(group.fallback)}" if group.fallback else ""
    others = {"context": group.on_context, "content": group.on_content}
    for reason, names in others.items():
        fallback += f"; on {reason} {', '.join(names)}" if names else ""
    fallback += f"; retries {group.retries}" if group.retries else ""
    fallback += "; hedged" if group.hedge else ""
    fallback += "; prompts kept" if group.prompt_cache else ""
    chosen = group.strategy
    options = "".join(f", {name} {_option(value)}" for name, value in chosen.options.items())
    cap = f"; max_price {_dollars(group.max_price)} USD" if group.max_price is not None else ""
    shown = f"{chosen.name}{options}: {targets}" if targets else f"{chosen.name}{options}"
    return Setting(f"models.{group.name}", f"{shown}{fallback}{cap}{_checked(group.json_schema)}")


def _option(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _checked(rule: SchemaRule | None) -> str:
    if rule is None:
        return ""
    checked = f"; schemas checked {'always' if rule.check == 'always' else 'where unenforced'}"
    return checked + (", answers repaired" if rule.repair else "")


def _cache(facts: CacheFacts) -> Iterator[Setting]:
    usual = CacheFacts()
    for name in ("store", "size", "entry", "disk"):
        value = getattr(facts, name)
        yield Setting(f"cache.{name}", _shown(name, value), value == getattr(usual, name))
    for number, key in enumerate(facts.encrypt):
        yield Setting(f"cache.encrypt[{number}]", masked(key))
    yield from _policy("cache", facts.everybody, CachePolicy())
    for team, policy in facts.teams.items():
        if policy != facts.everybody:
            yield from _policy(f"teams.{team}.cache", policy, facts.everybody)


def _retention(facts: RetentionFacts) -> Iterator[Setting]:
    months = facts.ledger_months
    yield Setting(
        "retention.ledger_months", "for ever" if months is None else f"{months} months", months is None
    )
    runs = facts.runs
    yield Setting("retention.runs", "for ever" if runs is None else written_time(runs), runs is None)
    usual = RetentionFacts()
    known, unknown = facts.responses, facts.unknown_objects
    yield Setting("retention.responses", written_time(known), known == usual.responses)
    yield Setting("retention.unknown_objects", unknown, unknown == usual.unknown_objects)
    for key in facts.keys:
        yield Setting(f"retention.keys.{key.id}", f"… ({key.secret.source})")
    for team, policy in facts.teams.items():
        kept = f"{policy.store}, {written_time(policy.ttl)}"
        kept += "" if policy.runs is None else f", runs {written_time(policy.runs)}"
        yield Setting(f"teams.{team}.retention", kept)


def _policy(path: str, policy: CachePolicy, usual: CachePolicy) -> Iterator[Setting]:
    for each in fields(CachePolicy):
        value = getattr(policy, each.name)
        if isinstance(value, SemanticPolicy):
            for inner in fields(SemanticPolicy):
                name = _WRITTEN.get(inner.name, inner.name)
                yield Setting(f"{path}.semantic.{name}", _shown("", getattr(value, inner.name)))
            continue
        yield Setting(f"{path}.{each.name}", _shown(each.name, value), value == getattr(usual, each.name))


def _price(price: PriceOverride) -> str:
    classes = ("input", "output", *APART)
    unit = f"{_dollars(price.amount)} USD per {price.per}" if price.per else ""
    share = f"; {price.batch}% in a batch" if price.batch != 100 else ""
    if price.per and not (price.input or price.output):
        return unit + share
    given = [(name, getattr(price, name)) for name in classes if getattr(price, name) is not None]
    tokens = ", ".join(f"{name} {_dollars(nano)}" for name, nano in given) + " USD per million tokens"
    return (f"{tokens}; {unit}" if unit else tokens) + share


def _facts(facts: Capabilities) -> str:
    known = {fact.name: value for fact in fields(facts) if (value := getattr(facts, fact.name)) is not None}
    return ", ".join(f"{name} {str(value).lower()}" for name, value in known.items()) or "none"


def _dollars(nano: int) -> str:
    whole, rest = divmod(nano, NANO)
    return f"{whole}.{rest:09d}".rstrip("0").rstrip(".")


def _process(settings: Settings) -> Iterator[Setting]:
    usual = Settings()
    for path, name in _SETTINGS:
        value = getattr(settings, name)
        yield Setting(path, _shown(name, value), value == getattr(usual, name))
    chosen, plain = settings.batches, BatchSettings()
    for path, name in _BATCHES:
        value = getattr(chosen, name)
        yield Setting(path, _shown(name, value), value == getattr(plain, name))


def _shown(name: str, value: object) -> str:
    if isinstance(value, Secret):
        return masked(value)
    if isinstance(value, AlertFacts | TracingFacts):
        return _elsewhere(value)
    if isinstance(value, PriceOverride):
        return _price(value)
    if name == "folder":
        return str(value) if value else "files in the state directory"
    if name in ("database", "redis"):
        nothing = "SQLite in the state directory" if name == "database" else "none"
        return without_password(str(value)) if value else nothing
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    if isinstance(value, float):
        return written_time(value) if name in _TIMES else f"{value:g}"
    if isinstance(value, int):
        return written_size(value) if name in _SIZES else str(value)
    return "none" if value is None else str(value)


def _elsewhere(value: AlertFacts | TracingFacts) -> str:
    place = value.url.partition("?")[0]
    if isinstance(value, AlertFacts):
        return f"{place} signed with {masked(value.secret)}"
    return f"{value.share:g} of calls to {place} as {value.service}"


def without_password(url: str) -> str:
    """A URL without its password and query."""
    scheme, mark, rest = url.partition("://")
    address, _, query = rest.partition("?")
    credentials, at, host = address.rpartition("@")
    user = credentials.partition(":")[0]
    hidden = f"{user}:…@" if at and ":" in credentials else credentials + at
    return f"{scheme}{mark}{hidden}{host}{'?…' if query else ''}"
