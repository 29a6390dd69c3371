"""Only the guards make a call Cleared; without guards it passes as it is, and so does its answer."""

import ast
from pathlib import Path

from tests.gateway.road import WHO, Answer, Caller, Road

GATEWAY = Path(__file__).parents[2] / "gateway"


async def test_without_guards_a_call_and_its_answer_pass_as_they_are() -> None:
    road = Road({"one": [Answer()]})
    call, caller = road.call(), Caller(road.log)
    guarding = road.services.guardrails
    cleared = await guarding.clear(WHO, call)
    assert (cleared.call, cleared.principal, cleared.body) == (call, WHO, call.body)
    assert guarding.watch(cleared, caller) is caller


def test_nobody_else_makes_a_call_cleared() -> None:
    makers = {
        path.name
        for path in GATEWAY.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Cleared"
    }
    assert makers == {"guarding.py", "offline.py"}  # the latter for plans that nobody carries out
