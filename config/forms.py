"""The base of every schema of signalbox.yaml, and the types that several share."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from config import addresses, units

_T = TypeVar("_T")


def _filled(value: object) -> object:
    """Entries with nothing after their name have every default: `openai:` alone is a vendor."""
    if isinstance(value, dict):
        return {name: {} if entry is None else entry for name, entry in value.items()}
    return value


def listed(value: object) -> object:
    """One where there may be several need not be in a list."""
    return [value] if isinstance(value, dict | str | int) else value


Text = Annotated[str, BeforeValidator(addresses.text_line)]
Credential = Annotated[str, BeforeValidator(addresses.credential)]
HeaderValue = Annotated[str, BeforeValidator(addresses.header_value)]
HttpUrl = Annotated[str, BeforeValidator(addresses.http_url)]
ModelName = Annotated[str, BeforeValidator(addresses.model_name)]
Age = Annotated[float, BeforeValidator(units.age)]
Size = Annotated[int, BeforeValidator(units.octets)]
Seconds = Annotated[float, BeforeValidator(units.seconds)]
Share = Annotated[float, BeforeValidator(units.share)]
Flag = Annotated[bool, BeforeValidator(units.flag)]
Unmask = Annotated[bool | Literal["on-request"], BeforeValidator(units.unmask)]
Deadline = Annotated[float, BeforeValidator(units.positive_seconds)]
Count = Annotated[int, BeforeValidator(units.count)]
Tokens = Annotated[int, BeforeValidator(units.tokens)]
Dollars = Annotated[int, BeforeValidator(units.nano_dollars)]
Entries = Annotated[dict[str, _T], BeforeValidator(_filled)]


class Entry(BaseModel):
    """A block of settings: frozen, unknown keys refused, empty values as if they were not written."""

    # What checks a block is made with what checks the whole file, of which it is a part: not twice.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: inner for name, inner in value.items() if inner is not None}
        return value
