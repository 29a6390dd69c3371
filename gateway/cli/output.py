"""Standard streams that a command can rely on."""

import errno
import io
import os
import select
import sys
from contextlib import suppress
from typing import Any


class Output(io.FileIO):
    """Standard output. A failure to write is reported once, the rest is dropped and the command ends.

    A server goes on: `ends` is false. If the reader has left, as `head` does, nothing is reported.
    """

    def __init__(self, descriptor: int, *, ends: bool) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self._ends = ends

    def write(self, data: Any, /) -> int:
        """Writes all of the data, or drops it. Raises SystemExit if the command is to end."""
        try:
            while (written := super().write(data)) is None:
                select.select((), (self,), ())  # another process on the same terminal made it non-blocking
        except OSError as error:
            self._end(error)
            return memoryview(data).nbytes
        return written

    def _end(self, error: OSError) -> None:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), self.fileno())
        if error.errno != errno.EPIPE:
            with suppress(OSError):  # it may be the same file
                sys.stderr.write(f"error: standard output cannot be written: {error.strerror}.\n")
        if self._ends:
            raise SystemExit(1)


def prepare(*, ends: bool) -> None:
    """Makes the standard streams usable before anything is opened or printed: open, able to print any text.

    Otherwise a file opened in a closed stream's place would receive that stream's output.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with suppress(OSError):  # streams that cannot be reconfigured stay as they are
                stream.reconfigure(errors="replace")  # characters that the terminal cannot show become ?
    with suppress(OSError, AttributeError):  # not backed by a file
        sys.stdout = _careful(sys.stdout, Output(sys.stdout.fileno(), ends=ends))


def _careful(stream: Any, output: Output) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(output),
        stream.encoding,
        stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
