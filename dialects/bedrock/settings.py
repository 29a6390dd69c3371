"""Reads and writes the settings of a Converse request: sampling, thinking, structured output.

Options of only some models are in `additionalModelRequestFields`, in the terms of the model's maker:
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
"""

from typing import Any, get_args

import msgspec

from dialects.bedrock.members import a_text, an_array, an_object, rest_of, the_only, wrong
from dialects.bedrock.reading import NAME
from dialects.conversation import Conversation, Effort, Extra, Format, Reasoning, Sampling
from dialects.errors import Malformed
from dialects.schemas_claude import for_claude

FIELDS = "additionalModelRequestFields"

# Claude's smallest budget: https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
_SMALLEST_BUDGET = 1024
_EFFORTS = frozenset(get_args(Effort))
_DISPLAY = {"summarized": True, "omitted": False}
_SHOW = {show: name for name, show in _DISPLAY.items()}
_NO_THINKING = {"type": "disabled"}
# Nova and gpt-oss have only three levels; Claude's lowest is "low".
_THREE_STEPS = {"minimal": "low", "xhigh": "high", "max": "high"}
_ENCODE = msgspec.json.Encoder().encode


class Settings(msgspec.Struct, frozen=True):
    """The settings of a request; `extra` holds what was not understood, under its own names."""

    sampling: Sampling
    reasoning: Reasoning | None
    format: Format | None
    extra: Extra


def read_settings(body: dict[str, Any]) -> Settings:
    """The settings of a request body. Raises Malformed with the place."""
    config = an_object(body.get("inferenceConfig") or {}, "inferenceConfig")
    fields = body.get(FIELDS)
    fields = dict(an_object(fields, FIELDS)) if fields is not None else {}
    output = dict(an_object(body.get("outputConfig") or {}, "outputConfig"))
    stop = an_array(config.get("stopSequences") or [], "inferenceConfig.stopSequences")
    sampling = Sampling(
        max_output=_number(config, "maxTokens", whole=True),
        temperature=_number(config, "temperature"),
        top_p=_number(config, "topP"),
        top_k=_taken_top_k(fields),
        stop=tuple(a_text(each, f"inferenceConfig.stopSequences.{n}") for n, each in enumerate(stop)),
    )
    form = _format(output)
    reasoning = _taken_reasoning(fields, output)
    rest = {
        "inferenceConfig": rest_of(config, "maxTokens", "temperature", "topP", "stopSequences"),
        FIELDS: fields,
        "outputConfig": output,
    }
    return Settings(sampling, reasoning, form, {name: value for name, value in rest.items() if value})


def _number(config: dict[str, Any], name: str, *, whole: bool = False) -> Any:
    value = config.get(name)
    kinds = int if whole else int | float
    if value is not None and (isinstance(value, bool) or not isinstance(value, kinds)):
        raise wrong(f"inferenceConfig.{name}", "int" if whole else "float", value)
    return value


def _taken_top_k(fields: dict[str, Any]) -> int | None:
    """Removes top_k from the fields: Claude's and Mistral's `top_k`, or Nova's `topK`."""
    nova = fields.get("inferenceConfig")
    if _is_count(fields.get("top_k")):
        return int(fields.pop("top_k"))
    if isinstance(nova, dict) and _is_count(nova.get("topK")):
        fields["inferenceConfig"] = rest_of(nova, "topK")
        if not fields["inferenceConfig"]:
            del fields["inferenceConfig"]
        return int(nova["topK"])
    return None


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _taken_reasoning(fields: dict[str, Any], output: dict[str, Any]) -> Reasoning | None:
    effort = budget = show = None
    for where, name in ((output, "effort"), (fields, "reasoning_effort")):
        if effort is None and isinstance(where.get(name), str) and where[name] in _EFFORTS:
            effort = where.pop(name)
    thinking = fields.get("thinking")
    if isinstance(thinking, dict):
        budget = _budget(thinking)
        if budget is not None:
            del fields["thinking"]
            show = _DISPLAY.get(str(thinking.get("display")))
    return None if effort is None and budget is None else Reasoning(effort, budget, show)


def _budget(thinking: dict[str, Any]) -> int | None:
    """The budget in tokens (-1: adaptive, 0: off); None if not understood, so that `thinking` is kept."""
    if rest_of(thinking, "type", "budget_tokens", "display"):
        return None
    budget = thinking.get("budget_tokens")
    match thinking.get("type"):
        case "enabled" if _is_count(budget):
            return budget
        case "adaptive":
            return -1
        case "disabled":
            return 0
    return None


def _format(output: dict[str, Any]) -> Format | None:
    """Removes the schema from outputConfig; formats of unknown kinds stay there. Raises Malformed."""
    wished = output.get("textFormat")
    if wished is None or an_object(wished, "outputConfig.textFormat").get("type") != "json_schema":
        return None
    place = "outputConfig.textFormat.structure"
    name, said = the_only(wished.get("structure"), place)
    if name != "jsonSchema":
        return None
    del output["textFormat"]
    where = f"{place}.jsonSchema.schema"
    try:
        schema = msgspec.json.decode(a_text(an_object(said, place).get("schema"), where))
    except (msgspec.DecodeError, RecursionError):
        raise Malformed(f"Invalid request body at '{where}': it is not JSON.", param=where) from None
    title, text = said.get("name"), said.get("description")
    return Format(
        "schema",
        an_object(schema, where),
        None if title is None else a_text(title, f"{place}.jsonSchema.name"),
        None if text is None else a_text(text, f"{place}.jsonSchema.description"),
    )


def write_settings(conversation: Conversation, model: str, extra: Extra) -> dict[str, Any]:
    """The members of a request that hold the settings, without empty ones."""
    config = _config(conversation.sampling) | (extra.get("inferenceConfig") or {})
    output = dict(extra.get("outputConfig") or {})
    fields = dict(extra.get(FIELDS) or {})
    family = _family(model)
    if conversation.sampling.top_k is not None:
        _put_top_k(fields, conversation.sampling.top_k, family)
    if conversation.reasoning is not None:
        _put_reasoning(fields, output, conversation.reasoning, family)
    if conversation.format is not None and conversation.format.schema is not None:
        output["textFormat"] = _text_format(conversation.format, own=conversation.dialect == NAME)
    written = {"inferenceConfig": config, FIELDS: fields, "outputConfig": output}
    return {name: value for name, value in written.items() if value}


def _config(sampling: Sampling) -> dict[str, Any]:
    config: dict[str, Any] = {
        "maxTokens": sampling.max_output,
        "temperature": sampling.temperature,
        "topP": sampling.top_p,
        "stopSequences": list(sampling.stop) or None,
    }
    return {name: value for name, value in config.items() if value is not None}


def _family(model: str) -> str:
    """The family of option names that a model understands; "" if unknown: Claude's names are then used."""
    low = model.lower()
    for mark, family in (
        ("claude", "claude"),
        ("anthropic", "claude"),
        ("nova", "nova"),
        ("gpt-oss", "openai"),
    ):
        if mark in low:
            return family
    return ""


def _put_top_k(fields: dict[str, Any], top_k: int, family: str) -> None:
    if family == "nova":
        # https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
        fields["inferenceConfig"] = {**(fields.get("inferenceConfig") or {}), "topK": top_k}
    else:
        fields["top_k"] = top_k


def _put_reasoning(fields: dict[str, Any], output: dict[str, Any], wish: Reasoning, family: str) -> None:
    effort, budget = wish.effort, wish.budget
    if effort == "none":
        effort, budget = None, 0 if budget is None else budget
    if family in ("nova", "openai"):
        _put_effort(fields, effort and _THREE_STEPS.get(effort, effort), family)
        return
    if effort is not None:
        output["effort"] = "low" if effort == "minimal" else effort
    if budget == 0:
        # Models that cannot think reject the member.
        if family == "claude":
            fields["thinking"] = _NO_THINKING
    elif budget is not None:
        thinking: dict[str, Any] = (
            {"type": "adaptive"}
            if budget < 0
            else {"type": "enabled", "budget_tokens": max(budget, _SMALLEST_BUDGET)}
        )
        fields["thinking"] = thinking if wish.show is None else thinking | {"display": _SHOW[wish.show]}


def _put_effort(fields: dict[str, Any], effort: str | None, family: str) -> None:
    if effort is None:
        return
    if family == "openai":
        fields["reasoning_effort"] = effort
    else:
        # https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
        fields["reasoningConfig"] = {"type": "enabled", "maxReasoningEffort": effort}


def _text_format(form: Format, *, own: bool) -> Extra:
    schema = form.schema if own else for_claude(form.schema)  # Bedrock accepts the same subset for all models
    definition: Extra = {"schema": _ENCODE(schema).decode()}
    if form.name is not None:
        definition["name"] = form.name
    if form.description is not None:
        definition["description"] = form.description
    return {"type": "json_schema", "structure": {"jsonSchema": definition}}
