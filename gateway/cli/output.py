"""Standard streams that a command can rely on."""

import errno
import io
import os
import select
import sys
from contextlib import suppress
from typing import Any


class Output(io.FileIO):
    """Standard output. Where it takes no more, that is said once, the rest is dropped, and the command ends.

    A server goes on: `ends` is false. Where a reader left, as `head` does, nothing is said.
    """

    def __init__(self, descriptor: int, *, ends: bool) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self._ends = ends

    def write(self, data: Any, /) -> int:
        """All of it was taken, or dropped. Raises SystemExit."""
        try:
            while (written := super().write(data)) is None:
                select.select((), (self,), ())  # who shares the terminal has made it one that does not wait
        except OSError as error:
            self._end(error)
            return memoryview(data).nbytes
        return written

    def _end(self, error: OSError) -> None:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), self.fileno())
        if error.errno != errno.EPIPE:
            with suppress(OSError):  # often it is the same file
                sys.stderr.write(f"error: standard output cannot be written: {error.strerror}.\n")
        if self._ends:
            raise SystemExit(1)


def prepare(*, ends: bool) -> None:
    """Before anything is opened or printed: none of the three is closed, and each can show every letter.

    A file that came to the place of a closed one would be written what was meant for that.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with suppress(OSError):  # one that cannot be asked stays as it is
                stream.reconfigure(errors="replace")  # a terminal that cannot show a letter shows the rest
    with suppress(OSError, AttributeError):  # no file is behind it
        sys.stdout = _careful(sys.stdout, Output(sys.stdout.fileno(), ends=ends))


def _careful(stream: Any, output: Output) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(output),
        stream.encoding,
        stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
