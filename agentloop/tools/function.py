"""Tools that are the operator's Python functions, named as `package.module:function`.

A function takes the arguments by name, and `idempotency_key` if it has a parameter of that name. A coroutine
function runs in the event loop, any other in a thread. Its result is the answer, as JSON unless it is text.
It refuses with ValueError, without an effect; after any other exception the outcome is unknown.
"""

import asyncio
import importlib
import inspect
from collections.abc import Callable
from typing import Any

import msgspec

from agentloop.agents import ToolVersion
from agentloop.events import Event, ToolCompleted, ToolFailed, ToolUnknown
from agentloop.means import Means
from agentloop.reach import Reach
from agentloop.steps import Step

MAX_OUTPUT = 64 * 1024  # characters
_KEY = "idempotency_key"


class FunctionTool:
    """Runs these tools; a function is imported at its first call."""

    def __init__(self) -> None:
        self._found: dict[str, Callable[..., Any]] = {}

    async def call(self, tool: ToolVersion, reach: Reach, step: Step) -> Event:
        """ToolCompleted, ToolFailed if it surely had no effect, else ToolUnknown."""
        call_id = step.call.call_id
        try:
            function = self._function(str(tool.settings["entry"]))
        except (ImportError, AttributeError, TypeError) as error:
            return ToolFailed(call_id, "unavailable", f"The tool's function cannot be loaded: {error}.")
        arguments: dict[str, Any] = msgspec.json.decode(step.call.arguments or "{}")
        if _KEY in inspect.signature(function).parameters:
            arguments[_KEY] = step.key
        try:
            async with asyncio.timeout(tool.timeout):
                if inspect.iscoroutinefunction(function):
                    answer = await function(**arguments)
                else:
                    answer = await asyncio.to_thread(function, **arguments)
            return ToolCompleted(call_id, _text(answer))
        except TimeoutError:
            return ToolUnknown(call_id, f"no answer in {tool.timeout:g} s")
        except ValueError as error:
            return ToolFailed(call_id, "tool_error", f"The tool refused: {error}"[:2000])
        except Exception as error:  # noqa: BLE001 - the operator's code may raise anything; the run continues
            return ToolUnknown(call_id, f"the function raised {type(error).__name__}")

    def _function(self, entry: str) -> Callable[..., Any]:
        found = self._found.get(entry)
        if found is None:
            module, _, name = entry.partition(":")
            found = getattr(importlib.import_module(module), name)
            if not callable(found):
                raise TypeError(f"{entry} is no function")
            self._found[entry] = found
        return found


def _text(answer: object) -> str:
    text = answer if isinstance(answer, str) else msgspec.json.encode(answer).decode()
    return text if len(text) <= MAX_OUTPUT else f"{text[:MAX_OUTPUT]}\n[cut after {MAX_OUTPUT} characters]"


def open_tool(_means: Means) -> FunctionTool:
    """Creates the runner of this kind."""
    return FunctionTool()
