"""Somebody whose calls are in order, while others send what is not."""

import threading
import time
from dataclasses import dataclass

import httpx

from tests.journeys.program import Gateway
from tests.patience import Watch


@dataclass(frozen=True, slots=True)
class Called:
    """How one call went."""

    status: int
    seconds: float  # without those in which the machine had no processor for it


class Bystander:
    """Calls again and again, in a thread of its own, until told to stop."""

    def __init__(self, gateway: Gateway, pause: float = 0.02) -> None:
        self.calls: list[Called] = []
        self._gateway = gateway
        self._pause = pause
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bystander")

    def __enter__(self) -> "Bystander":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        body = {"model": "echo", "messages": [{"role": "user", "content": "All is well."}]}
        with self._gateway.client() as client:
            while not self._over.is_set():
                watch = Watch(self._gateway.pid)
                try:
                    status = client.post("/v1/chat/completions", json=body).status_code
                except httpx.HTTPError:
                    status = 0
                self.calls.append(Called(status, watch.seconds()))
                self._over.wait(self._pause)

    def since(self, number: int) -> list[Called]:
        """The calls after the first so many; waits for one that ends from now on."""
        before = len(self.calls)
        while len(self.calls) == before and self._thread.is_alive():
            time.sleep(0.005)
        return self.calls[number:]
