"""Runs a Python program and samples where its CPU time goes, at a cost of about 1 %.

The main thread's stack is recorded each time the process has used another millisecond of CPU, or another
kernel tick if that is longer. Time in C code is attributed to the calling line of Python, time of other
threads to whatever the main thread was doing. Sampling starts on SIGUSR2, so that start-up is not counted.
"""

import runpy
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import orjson

BEGIN = signal.SIGUSR2
_INTERVAL = 0.001  # seconds of CPU

Place = tuple[str, str, int]  # file, function, line (0: the whole function)


class Samples:
    """How often each place was running (`own`), and each function was anywhere on the stack (`total`)."""

    def __init__(self) -> None:
        self.count = 0
        self.own: Counter[Place] = Counter()
        self.lines: Counter[Place] = Counter()
        self.total: Counter[Place] = Counter()

    def note(self, frame: FrameType | None) -> None:
        """Counts one stack, given its innermost frame."""
        if frame is None:
            return
        self.count += 1
        code = frame.f_code
        self.own[(code.co_filename, code.co_qualname, 0)] += 1
        self.lines[(code.co_filename, code.co_qualname, frame.f_lineno)] += 1
        self.total.update({(f.f_code.co_filename, f.f_code.co_qualname, 0) for f in _stack(frame)})

    def as_json(self) -> bytes:
        tables = {"own": self.own, "lines": self.lines, "total": self.total}
        return orjson.dumps(
            {"count": self.count} | {name: counts.most_common(60) for name, counts in tables.items()}
        )


def _stack(frame: FrameType) -> Iterator[FrameType]:
    inner: FrameType | None = frame
    while inner is not None:
        yield inner
        inner = inner.f_back


def shown(report: bytes, top: int) -> str:
    """The tables of a written report, as text: the `top` places of each with their shares."""
    found = orjson.loads(report)
    parts = [f"{found['count']:,} samples of CPU time"]
    titles = {
        "own": "in the function itself",
        "lines": "in one line",
        "total": "in the function and what it calls",
    }
    for name, title in titles.items():
        parts.append(f"\n{title}")
        for (file, function, line), count in found[name][:top]:
            where = f"{'/'.join(Path(file).parts[-3:])}{f':{line}' if line else ''}"
            parts.append(f"{count / max(1, found['count']):7.1%}  {function}  ({where})")
    return "\n".join(parts)


def main() -> None:
    """`python -m bench.sampler OUT MODULE ARGS…`: runs the module, writes the samples to OUT at its end."""
    out, module, *arguments = sys.argv[1:]
    samples = Samples()
    signal.signal(signal.SIGPROF, lambda _, frame: samples.note(frame))
    sys.argv = [module, *arguments]
    signal.signal(BEGIN, lambda *_: signal.setitimer(signal.ITIMER_PROF, _INTERVAL, _INTERVAL))
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        Path(out).write_bytes(samples.as_json())


if __name__ == "__main__":
    main()
