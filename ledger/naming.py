"""Validates names, model patterns, tags and limits, and converts them to and from their columns."""

from collections.abc import Iterable, Mapping

import msgspec

from config.errors import Unfit
from config.limit import Limit
from config.limiting import parse_either
from ledger.entities import InvalidChange, Models, Tags

MAX_NAME = 200
MAX_PATTERNS = 500
MAX_TAGS = 50
MAX_LIMITS = 20


def check_name(name: str, param: str = "name") -> str:
    """The name, if valid; otherwise raises `InvalidChange`."""
    if not name or len(name) > MAX_NAME or name != name.strip() or not name.isprintable():
        raise InvalidChange(
            f"{param} is {name[:40]!r}; allowed are 1 to {MAX_NAME} printable characters, "
            "the first and the last not a space.",
            param,
        )
    return name


def check_models(models: Models) -> Models:
    """The patterns, if each is an exact name or `prefix*`; otherwise raises `InvalidChange`."""
    if models is None:
        return None
    if len(models) > MAX_PATTERNS:
        raise InvalidChange(
            f"models has {len(models)} patterns; at most {MAX_PATTERNS} are allowed.", "models"
        )
    for pattern in models:
        check_name(pattern, "models")
        if "*" in pattern[:-1]:
            raise InvalidChange(
                f"models has {pattern!r}; a `*` is allowed only at the end, as in 'gpt-*'.", "models"
            )
    return tuple(dict.fromkeys(models))


def check_tags(tags: Iterable[tuple[str, str]]) -> Tags:
    """The tags, sorted by name; of equal names the last is kept. Raises `InvalidChange`."""
    merged = dict(tags)
    if len(merged) > MAX_TAGS:
        raise InvalidChange(f"tags has {len(merged)} entries; at most {MAX_TAGS} are allowed.", "tags")
    for name, value in merged.items():
        check_name(name, "tags")
        if len(value) > MAX_NAME or not value.isprintable():
            raise InvalidChange(
                f"tag {name!r} has the value {value[:40]!r}; allowed are {MAX_NAME} printable characters.",
                "tags",
            )
    return tuple(sorted(merged.items()))


def dump_models(models: Models) -> str | None:
    """As stored: a JSON list, or NULL for every model."""
    return None if models is None else msgspec.json.encode(models).decode()


def load_models(column: str | None) -> Models:
    return None if column is None else msgspec.json.decode(column, type=tuple[str, ...])


def dump_tags(tags: Tags | Mapping[str, str]) -> str | None:
    """As stored: a JSON object with sorted names, or NULL for none."""
    return msgspec.json.encode(dict(sorted(dict(tags).items()))).decode() if tags else None


def load_tags(column: str | None) -> Tags:
    return () if column is None else tuple(msgspec.json.decode(column, type=dict[str, str]).items())


def check_limits(texts: Iterable[str]) -> tuple[Limit, ...]:
    """Parses limits such as `requests=10/min` and `5USD/month`; raises `InvalidChange`."""
    found: dict[tuple[str, str], Limit] = {}
    for text in texts:
        try:
            limit = parse_either(text)
        except Unfit as unfit:
            raise InvalidChange(f"limits has {text[:40]!r}; allowed: {unfit.allowed}.", "limits") from None
        if (limit.kind, limit.per) in found:
            raise InvalidChange(f"limits has two of {limit.kind} for a {limit.per}; keep one.", "limits")
        found[limit.kind, limit.per] = limit
    if len(found) > MAX_LIMITS:
        raise InvalidChange(f"limits has {len(found)} entries; at most {MAX_LIMITS} are allowed.", "limits")
    return tuple(found.values())


def dump_limits(limits: Iterable[Limit]) -> str | None:
    """As stored: a JSON list, or NULL for none."""
    texts = [limit.text for limit in limits]
    return msgspec.json.encode(texts).decode() if texts else None


def load_limits(column: str | None) -> tuple[Limit, ...]:
    return () if column is None else tuple(map(parse_either, msgspec.json.decode(column, type=list[str])))
