"""Converts the ledger's values to and from JSON: times as Unix seconds, tags as an object."""

from typing import Annotated

from pydantic import Field

from ledger.entities import Models

Name = Annotated[str, Field(min_length=1, max_length=200)]
ModelPatterns = Annotated[
    list[str] | None, Field(description="Exact names, or prefixes such as `gpt-*`; null: every model.")
]
TagMap = Annotated[dict[str, str], Field(description="Written into each ledger row, for reports.")]
LimitTexts = Annotated[
    list[str], Field(description="What the key itself may use: `requests=10/min`, `5USD/month`, and so on.")
]
UnixSeconds = Annotated[int, Field(ge=0, description="Unix time in seconds.")]


def seconds(ms: int) -> int:
    """Unix milliseconds as Unix seconds."""
    return ms // 1000


def seconds_or_none(ms: int | None) -> int | None:
    return None if ms is None else ms // 1000


def milliseconds_or_none(at: int | None) -> int | None:
    return None if at is None else at * 1000


def to_models(patterns: list[str] | None) -> Models:
    return None if patterns is None else tuple(patterns)


def from_models(models: Models) -> list[str] | None:
    return None if models is None else list(models)
