"""Structured output, as Anthropic's Messages ask for it.

https://platform.claude.com/docs/en/build-with-claude/structured-outputs
"""

from typing import Any

from dialects.anthropic_blocks import NAME, object_at
from dialects.conversation import Conversation, Extra, Format
from dialects.schemas import DEEPEST, DEFINITIONS, over, types_of


def read_format(found: Any) -> Format | None:
    """The schema that an answer is to fit."""
    if found is None:
        return None
    schema = object_at(found, "output_config.format").get("schema")
    return Format("schema", object_at(schema, "output_config.format.schema"))


def write_format(conversation: Conversation) -> Extra | None:
    """The wish for a schema; there is none for any JSON object."""
    form = conversation.format
    if form is None or form.schema is None:
        return None
    schema = form.schema if conversation.dialect == NAME else closed(form.schema)
    return {"type": "json_schema", "schema": schema}


def closed(schema: Any, depth: int = 0) -> Any:
    """The schema with no members beyond those it names.

    "For 'object' type, 'additionalProperties' must be explicitly set to false": other formats demand that of
    nobody, or of strict schemas alone.
    """
    if not isinstance(schema, dict) or depth > DEEPEST:
        return schema
    new = over(schema, lambda each: closed(each, depth + 1))
    for name in DEFINITIONS & new.keys():
        if isinstance(new[name], dict):
            new[name] = {member: closed(each, depth + 1) for member, each in new[name].items()}
    if "object" in types_of(new.get("type")):
        new["additionalProperties"] = False
    return new
