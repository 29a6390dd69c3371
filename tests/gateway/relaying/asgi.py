"""A server's side of ASGI, told beforehand what its client does."""

import asyncio
from typing import Any

from gateway.relaying.caller import Caller


class Server:
    """Gives these pieces of a body, then waits until the client `leaves`; keeps what is sent."""

    def __init__(self, *pieces: bytes, stuck: bool = False, **headers: str) -> None:
        self.sent: list[dict[str, Any]] = []
        self.left = asyncio.Event()
        self._pieces = list(pieces) or [b""]
        self._stuck = stuck
        self._headers = [
            (name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()
        ]

    def caller(self, limit: int = 1000, patience: float = 1.0, **named: str) -> Caller:
        scope = {
            "type": "http",
            "method": "POST",
            "headers": self._headers,
            "raw_path": b"/v1/x",
            "query_string": b"",
            "path_params": named,
        }
        caller = Caller(scope, self.receive, self.send)
        caller.limit, caller.patience = limit, patience
        return caller

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(0)
        if self._pieces:
            piece = self._pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self._pieces) or self._stuck}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(dict(message))

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)
