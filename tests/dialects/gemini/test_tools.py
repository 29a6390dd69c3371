"""Functions, the vendor's own tools, and which of them must be used."""

from typing import Any

import pytest

from dialects.conversation import NativeTool, Tool, ToolChoice
from dialects.gemini.tools import read_choice, read_tools, write_choice, write_tools

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


def test_functions_and_the_vendors_own_tools_are_read_and_written_again() -> None:
    wire = [
        {
            "functionDeclarations": [
                {"name": "f", "description": "d", "parametersJsonSchema": SCHEMA},
                {"name": "g"},
            ]
        },
        {"googleSearch": {}},
        {"codeExecution": {}},
    ]
    tools = (
        Tool("f", "d", SCHEMA),
        Tool("g"),
        NativeTool("gemini", {"googleSearch": {}}),
        NativeTool("gemini", {"codeExecution": {}}),
    )
    assert read_tools(wire) == tools
    assert write_tools(tools) == wire


def test_parameters_in_openapis_words_are_read_as_json_schema() -> None:
    parameters = {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}}
    declared = {"function_declarations": {"name": "f", "parameters": parameters, "behavior": "BLOCKING"}}
    assert read_tools(declared) == (Tool("f", parameters=SCHEMA, extra={"behavior": "BLOCKING"}),)


def test_another_formats_tools_are_not_written() -> None:
    assert write_tools((NativeTool("openai_responses", {"type": "web_search"}),)) == []


@pytest.mark.parametrize(
    ("calling", "choice"),
    [
        ({"mode": "AUTO"}, ToolChoice("auto")),
        ({"mode": "NONE"}, ToolChoice("none")),
        ({"mode": "ANY"}, ToolChoice("required")),
        ({"mode": "ANY", "allowedFunctionNames": ["f", "g"]}, ToolChoice("required", ("f", "g"))),
        ({"mode": "VALIDATED", "allowedFunctionNames": ["f"]}, ToolChoice("auto", ("f",))),
    ],
    ids=str,
)
def test_a_choice_is_read_and_written_again(calling: dict[str, Any], choice: ToolChoice) -> None:
    config = {"functionCallingConfig": calling}
    assert read_choice(config) == (choice, None)
    assert write_choice(choice) == config


@pytest.mark.parametrize(
    ("config", "choice", "rest"),
    [
        ({}, None, None),
        ({"functionCallingConfig": {"mode": "MODE_UNSPECIFIED"}}, None, None),
        (
            {"functionCallingConfig": {"mode": "VALIDATED"}},
            ToolChoice("auto"),
            {"functionCallingConfig": {"mode": "VALIDATED"}},
        ),
        ({"retrievalConfig": {"a": 1}}, None, {"retrievalConfig": {"a": 1}}),
    ],
    ids=str,
)
def test_what_only_this_format_knows_is_kept(config: Any, choice: Any, rest: Any) -> None:
    assert read_choice(config) == (choice, rest)
    assert write_choice(None) == {}


def test_a_function_without_parameters_says_nothing_of_them() -> None:
    assert write_tools((Tool("f", parameters={}),)) == [{"functionDeclarations": [{"name": "f"}]}]
