"""The base class of every schema of signalbox.yaml, and the types that several schemas share."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from config import addresses, units

_T = TypeVar("_T")


def _filled(value: object) -> object:
    """Entries with nothing after their name get every default: `openai:` alone is a vendor."""
    if isinstance(value, dict):
        return {name: {} if entry is None else entry for name, entry in value.items()}
    return value


def listed(value: object) -> object:
    """A single value may be written without a list."""
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
    """A block of settings: frozen, unknown keys are refused, empty values count as absent."""

    # Validators are built once, for the whole document, and not again for each block.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: inner for name, inner in value.items() if inner is not None}
        return value
