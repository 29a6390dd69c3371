"""What came of the clients is read whole, told whole, and judged as strictly as it should be."""

import io
import json

import pytest
from rich.console import Console

from tests.clients.findings import Finding, as_json, not_had, rows, status, table, told
from tests.clients.table import Client

CLIENT = Client("any", "pip", ("any==1.2",), "any.py")
FINE = Finding("any", "1.2", "openai", "chat")
BAD = Finding("any", "1.2", "gemini", "chat", "[APIError] 400")
GONE = not_had(CLIENT, "the registry said no")


@pytest.mark.parametrize(
    ("name", "registry", "package"), [("a", "npm", "@scope/a@1.2.3"), ("b", "pip", "b[extra]==1.2.3")]
)
def test_a_clients_version_is_that_of_its_first_package(name: str, registry: str, package: str) -> None:
    assert Client(name, registry, (package, "c@9==9"), "x").version == "1.2.3"


def test_only_the_lines_of_checks_are_read() -> None:
    output = 'warning: {}\n{"asked":"chat","why":""}\n{"asked": "tools", "why": "no"}\n'
    assert told(CLIENT, "openai", output, "") == [FINE, Finding("any", "1.2", "openai", "tools", "no")]


@pytest.mark.parametrize(
    ("output", "ended"),
    [("", ""), ("", "exit 1: boom"), ('{"asked":"chat","why":""}', "it took longer than 9 s")],
)
def test_a_script_that_came_to_no_good_end_is_a_failure(output: str, ended: str) -> None:
    found = told(CLIENT, "openai", output, ended)
    assert found[-1].asked == "to its end"
    assert status(found) == 1


@pytest.mark.parametrize(
    ("findings", "code"),
    [([FINE], 0), ([FINE, GONE], 0), ([FINE, BAD], 1), ([GONE], 1), ([], 1)],
    ids=["all fine", "one not to be had", "one bad", "none to be had", "nothing"],
)
def test_the_exit_code_says_whether_all_that_was_tried_went_well(findings: list[Finding], code: int) -> None:
    assert status(findings) == code
    assert json.loads(as_json(findings))["ok"] == (code == 0)


def test_what_went_well_alike_is_one_row_and_each_failure_another() -> None:
    tools = [Finding("any", "1.2", spoken, "tools") for spoken in ("openai", "gemini")]
    assert rows([FINE, BAD, *tools]) == [
        ("any", "1.2", "chat", "openai", "ok"),
        ("any", "1.2", "tools", "openai, gemini", "ok"),
        ("any", "1.2", "chat", "gemini", "[APIError] 400"),
    ]


def test_what_several_things_share_is_said_once() -> None:
    asked = ["a, chat: text", "a, chat: tools, streamed", "b: text", "alone"]
    [(_, _, shown, _, _)] = rows([Finding("any", "1.2", "openai", each) for each in asked])
    assert shown == "a, chat: text; tools, streamed / b: text / alone"


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_table_fits_the_terminal_and_says_why(width: int) -> None:
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(table([FINE, BAD]))
    shown = console.export_text()
    assert max(map(len, shown.splitlines())) <= width
    assert "[APIError]" in shown
