"""Structured output in Anthropic's Messages: JSON Schemas for answers.

https://platform.claude.com/docs/en/build-with-claude/structured-outputs
"""

from typing import Any

from dialects.anthropic.blocks import NAME, object_at
from dialects.conversation import Conversation, Extra, Format
from dialects.schemas_claude import for_claude


def read_format(found: Any) -> Format | None:
    """The schema that the answer must satisfy. Raises Malformed."""
    if found is None:
        return None
    schema = object_at(found, "output_config.format").get("schema")
    return Format("schema", object_at(schema, "output_config.format.schema"))


def write_format(conversation: Conversation) -> Extra | None:
    """The request for a schema; the format cannot ask for just any JSON object."""
    form = conversation.format
    if form is None or form.schema is None:
        return None
    schema = form.schema if conversation.dialect == NAME else for_claude(form.schema)
    return {"type": "json_schema", "schema": schema}
