"""The operator's own functions as tools."""

import asyncio
import time

import msgspec
import pytest

from agentloop import events as e
from agentloop.egress import Egress
from agentloop.reach import Reach
from agentloop.steps import Step
from agentloop.tools.function import MAX_OUTPUT, FunctionTool
from tests.agentloop.stories import LOOK

REACH = Reach(Egress(frozenset()), {})


def add(first: int, second: int) -> dict[str, int]:
    return {"sum": first + second}


async def greet(name: str, idempotency_key: str) -> str:
    await asyncio.sleep(0)
    return f"Hello {name} {idempotency_key}"


def refuse() -> None:
    raise ValueError("not on Sundays")


def break_down() -> None:
    raise RuntimeError("secret of the machine")


def sleep() -> None:
    time.sleep(0.3)


def talk() -> str:
    return "x" * (MAX_OUTPUT + 1)


NO_FUNCTION = 3


def called(name: str, arguments: str = "{}", timeout: float = 5.0) -> e.Event:
    entry = {"entry": f"{__name__}:{name}"} if ":" not in name else {"entry": name}
    tool = msgspec.structs.replace(LOOK, kind="function", settings=entry, timeout=timeout)
    step = Step(e.ToolCall("c", "own__it", arguments), 1, key="KEY")
    return asyncio.run(FunctionTool().call(tool, REACH, step))


@pytest.mark.parametrize(
    ("name", "arguments", "output"),
    [("add", '{"first":1,"second":2}', '{"sum":3}'), ("greet", '{"name":"Ada"}', "Hello Ada KEY")],
)
def test_a_function_answers(name, arguments, output):
    assert called(name, arguments) == e.ToolCompleted("c", output)


def test_its_way_to_refuse_is_a_value_error():
    refused = called("refuse")
    assert isinstance(refused, e.ToolFailed)
    assert "not on Sundays" in refused.message


@pytest.mark.parametrize(("name", "timeout"), [("break_down", 5.0), ("sleep", 0.05)])
def test_after_anything_else_nobody_knows_and_nothing_of_the_machine_is_told(name, timeout):
    unknown = called(name, timeout=timeout)
    assert isinstance(unknown, e.ToolUnknown)
    assert "secret" not in unknown.message


@pytest.mark.parametrize("entry", ["no.such.module:f", f"{__name__}:no_such", f"{__name__}:NO_FUNCTION"])
def test_a_function_that_is_not_there_had_no_effect(entry):
    failed = called(entry)
    assert isinstance(failed, e.ToolFailed)
    assert failed.code == "unavailable"


def test_an_answer_is_bounded():
    assert len(called("talk").output) < MAX_OUTPUT + 100
