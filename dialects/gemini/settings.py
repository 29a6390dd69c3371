"""Gemini's generation settings: https://ai.google.dev/api/generate-content#generationconfig."""

from collections.abc import Mapping
from typing import Any, cast

from dialects.conversation import Effort, Extra, Format, Reasoning, Sampling
from dialects.gemini.members import count_in, flag_in, number_in, object_in, rest_of, text_in, texts_in, wrong
from dialects.schemas_gemini import as_written, from_gemini

PLACE = "generationConfig"
_JSON = "application/json"
_KNOWN = frozenset(
    "maxOutputTokens temperature topP topK stopSequences seed candidateCount frequencyPenalty "
    "presencePenalty responseLogprobs logprobs responseMimeType responseSchema responseJsonSchema "
    "thinkingConfig".split()
)
_OF_THINKING = frozenset(["thinkingBudget", "thinkingLevel", "includeThoughts"])
_LEVELS: Mapping[str, Effort] = {
    "minimal": "minimal",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "xhigh",
}
# https://ai.google.dev/gemini-api/docs/thinking: Gemini 3 takes levels, 2.5 only budgets.
_LEVEL_OF: Mapping[Effort, str] = {
    "none": "minimal",
    "minimal": "minimal",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "high",
    "max": "high",
}
# https://ai.google.dev/gemini-api/docs/openai#thinking
_BUDGET_OF: Mapping[Effort, int] = {
    "none": 0,
    "minimal": 1024,
    "low": 1024,
    "medium": 8192,
    "high": 24576,
    "xhigh": 24576,
    "max": 24576,
}


def read_sampling(config: dict[str, Any]) -> Sampling:
    """The sampling settings. Raises Malformed, with the place, on wrong types."""
    asked = flag_in(config, "responseLogprobs", PLACE)
    alternatives = count_in(config, "logprobs", PLACE)
    return Sampling(
        max_output=count_in(config, "maxOutputTokens", PLACE),
        temperature=number_in(config, "temperature", PLACE),
        top_p=number_in(config, "topP", PLACE),
        top_k=count_in(config, "topK", PLACE),
        stop=texts_in(config, "stopSequences", PLACE),
        seed=count_in(config, "seed", PLACE),
        choices=count_in(config, "candidateCount", PLACE) or 1,
        frequency_penalty=number_in(config, "frequencyPenalty", PLACE),
        presence_penalty=number_in(config, "presencePenalty", PLACE),
        logprobs=(alternatives or 0) if asked else None,
    )


def read_format(config: dict[str, Any]) -> Format | None:
    if text_in(config, "responseMimeType", PLACE) != _JSON:
        return None
    schema = config.get("responseJsonSchema")
    if schema is None:
        schema = from_gemini(config.get("responseSchema"))
    if schema is None:
        return Format("json")
    if not isinstance(schema, dict):
        raise wrong(f"{PLACE}.responseSchema", "an object", schema)
    return Format("schema", schema)


def read_reasoning(config: dict[str, Any]) -> Reasoning | None:
    place = f"{PLACE}.thinkingConfig"
    thinking = object_in(config.get("thinkingConfig"), place)
    reasoning = Reasoning(
        effort=_LEVELS.get((text_in(thinking, "thinkingLevel", place) or "").lower()),
        budget=count_in(thinking, "thinkingBudget", place),
        show=flag_in(thinking, "includeThoughts", place),
    )
    return None if reasoning == Reasoning() else reasoning


def rest_of_config(config: dict[str, Any]) -> Extra | None:
    """The members of a generationConfig that are specific to this format; None if there are none."""
    rest = rest_of(config, _KNOWN) or {}
    if config.get("logprobs") is not None and not config.get("responseLogprobs"):
        rest["logprobs"] = config["logprobs"]
    kind = config.get("responseMimeType")
    if kind is not None and kind != _JSON:
        rest.update({name: config[name] for name in config if name.startswith("response")})
        rest.pop("responseLogprobs", None)
    thinking = rest_of(object_in(config.get("thinkingConfig"), f"{PLACE}.thinkingConfig"), _OF_THINKING)
    if thinking is not None:
        rest["thinkingConfig"] = thinking
    return rest or None


def write_sampling(sampling: Sampling) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "maxOutputTokens": sampling.max_output,
        "temperature": sampling.temperature,
        "topP": sampling.top_p,
        "topK": sampling.top_k,
        "stopSequences": list(sampling.stop) or None,
        "seed": sampling.seed,
        "candidateCount": sampling.choices if sampling.choices != 1 else None,
        "frequencyPenalty": sampling.frequency_penalty,
        "presencePenalty": sampling.presence_penalty,
        "responseLogprobs": True if sampling.logprobs is not None else None,
        "logprobs": sampling.logprobs or None,
    }
    return {name: value for name, value in wire.items() if value is not None}


def write_format(form: Format | None) -> dict[str, Any]:
    if form is None:
        return {}
    wire: dict[str, Any] = {"responseMimeType": _JSON}
    if form.kind == "schema" and form.schema is not None:
        wire |= as_written(form.schema, "responseSchema", "responseJsonSchema")
    return wire


def write_reasoning(reasoning: Reasoning | None, model: str, *, own: bool = True) -> dict[str, Any]:
    """The thinkingConfig: a level or a budget, never both, as the vendor rejects both together.

    Other formats return thinking by default; this one must be asked for it.
    https://ai.google.dev/gemini-api/docs/thinking#summaries
    """
    if reasoning is None:
        return {}
    wire: dict[str, Any] = {}
    effort, budget = reasoning.effort, reasoning.budget
    if "gemini-2" in model:
        budget = _BUDGET_OF[effort] if budget is None and effort is not None else budget
        effort = None
    if effort is not None:
        wire["thinkingLevel"] = _LEVEL_OF[effort]
    elif budget is not None:
        wire["thinkingBudget"] = budget
    thinks = effort != "none" and budget != 0
    if reasoning.show is not None:
        wire["includeThoughts"] = reasoning.show
    elif thinks and not own:
        wire["includeThoughts"] = True
    return {"thinkingConfig": wire} if wire else {}


def joined(wire: dict[str, Any], rest: Any) -> dict[str, Any]:
    """The members merged, recursively, with those that are specific to this format."""
    if not isinstance(rest, dict):
        return wire
    whole = dict(wire)
    for name, value in rest.items():
        mine = whole.get(name)
        both = isinstance(mine, dict) and isinstance(value, dict)
        whole[name] = joined(cast(dict[str, Any], mine), value) if both else value
    return whole
