"""Writes that wait for the turn's end: their order, their bounds, and the end of a connection."""

import asyncio

import pytest

from gateway.outbox import Outbox, Outgoing


class Kernel(asyncio.Transport):
    """Notes what is done to it, among what is done to others."""

    def __init__(self, name: str, done: list[tuple[str, object]]) -> None:
        super().__init__()
        self.name, self.done, self.gone, self.broken = name, done, False, False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.gone:
            raise RuntimeError("unable to perform operation; the handler is closed")
        if self.broken:
            raise OSError("the record could not be made")
        self.done.append((self.name, bytes(data)))

    def close(self) -> None:
        self.done.append((self.name, "close"))
        self.gone = True

    def abort(self) -> None:
        if not self.gone:
            self.done.append((self.name, "abort"))
        self.gone = True

    def is_closing(self) -> bool:
        return self.gone


@pytest.fixture
def done() -> list[tuple[str, object]]:
    return []


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


def test_what_a_turn_writes_goes_out_at_its_end_in_order_and_joined(outbox: Outbox, done) -> None:
    async def turn() -> None:
        a, b = (Outgoing(Kernel(name, done), outbox) for name in "ab")
        a.write(b"1")
        b.writelines((b"2", b"3"))
        a.write(bytearray(b"4"))
        assert done == []
        await asyncio.sleep(0)
        assert done == [("a", b"14"), ("b", b"23")]
        changing = bytearray(b"5")
        a.write(memoryview(changing))
        changing[0] = ord("x")
        a.write(b"6")
        await asyncio.sleep(0)
        assert done[2:] == [("a", b"56")]

    asyncio.run(turn())


@pytest.mark.parametrize("end", ["close", "abort"])
def test_the_end_of_a_connection_comes_after_what_was_written(outbox: Outbox, done, end: str) -> None:
    async def turn() -> None:
        outgoing = Outgoing(Kernel("a", done), outbox)
        outgoing.write(b"last words")
        getattr(outgoing, end)()
        assert done == [("a", b"last words"), ("a", end)]
        await asyncio.sleep(0)
        assert len(done) == 2

    asyncio.run(turn())


@pytest.mark.parametrize(("fault", "said"), [("gone", []), ("broken", [("b", "abort")])])
def test_one_that_cannot_be_written_takes_nothing_from_the_others(
    outbox: Outbox, done, fault: str, said: list[tuple[str, object]]
) -> None:
    async def turn() -> None:
        kernels = [Kernel(name, done) for name in "abc"]
        for kernel in kernels:
            Outgoing(kernel, outbox).write(b"x")
        setattr(kernels[1], fault, True)
        await asyncio.sleep(0)
        assert done == [("a", b"x"), *said, ("c", b"x")]

    asyncio.run(turn())


def test_many_and_large_pieces_do_not_wait(outbox: Outbox, done) -> None:
    """Their writer hears that it has to pause as soon as it would have without an outbox."""

    async def turn() -> None:
        outgoing = Outgoing(Kernel("a", done), outbox)
        outgoing.write(b"small")
        outgoing.write(b"x" * 10_000)
        assert done == [("a", b"small" + b"x" * 10_000)]
        done.clear()
        for _ in range(100):
            outgoing.write(b"y" * 1000)
        assert sum(len(data) for _, data in done) > 90_000
        await asyncio.sleep(0)
        assert sum(len(data) for _, data in done) == 100_000

    asyncio.run(turn())


def test_a_crowded_turn_does_not_let_its_first_wait_for_all(outbox: Outbox, done) -> None:
    async def turn() -> None:
        for name in range(100):
            Outgoing(Kernel(str(name), done), outbox).write(b"x")
        assert 64 <= len(done) < 100
        await asyncio.sleep(0)
        assert [name for name, _ in done] == [str(name) for name in range(100)]

    asyncio.run(turn())


def test_an_outbox_serves_a_loop_after_another(outbox: Outbox, done) -> None:
    async def turn() -> None:
        Outgoing(Kernel("a", done), outbox).write(b"x")
        await asyncio.sleep(0)

    asyncio.run(turn())
    asyncio.run(turn())
    assert done == [("a", b"x")] * 2
