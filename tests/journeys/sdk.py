"""The SDK's two clients, blocking and awaiting, used alike."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from openai import AsyncOpenAI, OpenAI

HELLO: Any = [{"role": "user", "content": "Say hello to the signalman."}]
Call = Callable[[Any], Any]


class Sdk(Protocol):
    """One of the SDK's two clients, used alike."""

    def ask(self, call: Call) -> Any:
        """What the call gives."""

    def collect(self, call: Call) -> list[Any]:
        """Everything that the stream gives which the call opens."""

    def close(self) -> None: ...


class Blocking:
    """OpenAI."""

    def __init__(self, **options: Any) -> None:
        self._client = OpenAI(**options)

    def ask(self, call: Call) -> Any:
        return call(self._client)

    def collect(self, call: Call) -> list[Any]:
        with call(self._client) as stream:
            return list(stream)

    def close(self) -> None:
        self._client.close()


class Awaiting:
    """AsyncOpenAI, on an event loop that lasts as long as it."""

    def __init__(self, **options: Any) -> None:
        self._client = AsyncOpenAI(**options)
        self._runner = asyncio.Runner()

    def ask(self, call: Call) -> Any:
        async def asked() -> Any:
            return await call(self._client)

        return self._runner.run(asked())

    def collect(self, call: Call) -> list[Any]:
        async def collected() -> list[Any]:
            async with await call(self._client) as stream:
                return [piece async for piece in stream]

        return self._runner.run(collected())

    def close(self) -> None:
        self._runner.run(self._client.close())
        self._runner.close()


Make = Callable[..., Sdk]
