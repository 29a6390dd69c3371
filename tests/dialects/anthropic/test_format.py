"""Schemas are closed for a vendor that takes no open ones, and otherwise as they were."""

from typing import Any

import pytest

from dialects.anthropic.blocks import NAME
from dialects.anthropic.format import read_format, write_format
from dialects.conversation import Conversation, Format
from dialects.errors import Malformed
from dialects.schemas_claude import for_claude

OPEN = {"type": "object", "properties": {"a": {"type": "object", "properties": {}}}}


def asked(form: Format | None, dialect: str) -> Conversation:
    return Conversation(dialect=dialect, model="m", messages=(), format=form)


def test_a_schema_of_another_format_is_closed_and_one_of_this_format_as_written() -> None:
    theirs, ours = (write_format(asked(Format("schema", OPEN), name)) for name in ("openai_chat", NAME))
    assert theirs == {"type": "json_schema", "schema": for_claude(OPEN)}
    assert ours == {"type": "json_schema", "schema": OPEN}
    assert read_format(ours) == Format("schema", OPEN)


def test_any_json_object_cannot_be_asked_for() -> None:
    assert write_format(asked(Format("json"), "openai_chat")) is None
    assert write_format(asked(None, NAME)) is None


@pytest.mark.parametrize("found", [7, {}, {"schema": "x"}])
def test_a_format_without_a_schema_is_refused(found: Any) -> None:
    with pytest.raises(Malformed, match="output_config.format"):
        read_format(found)
