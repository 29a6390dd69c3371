"""The sampler finds where the time went."""

import subprocess
import sys
from pathlib import Path

from bench.sampler import Samples, shown

PROGRAM = """
import os, signal, sys, time
def busy(): 
    while time.process_time() < 0.4: sum(range(1000))
def idle(): time.sleep(0.2)
os.kill(os.getpid(), signal.SIGUSR2); busy(); idle()
open(sys.argv[1], "w").write("done")
raise KeyboardInterrupt
"""


def test_the_busy_function_has_nearly_all_samples(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    out, said = tmp_path / "out.json", tmp_path / "said"
    command = [sys.executable, "-m", "bench.sampler", str(out), "program", str(said)]
    here = str(Path(__file__).parents[2])
    ended = subprocess.run(
        command, env={"PYTHONPATH": f"{tmp_path}:{here}"}, capture_output=True, timeout=20, check=False
    )
    assert ended.returncode != 0  # the interrupt by which servers are stopped
    assert said.read_text() == "done"
    text = shown(out.read_bytes(), top=3)
    share, function = text.splitlines()[3].split()[:2]
    assert function == "busy"
    assert float(share.rstrip("%")) > 60


def test_a_stack_counts_its_innermost_once_and_each_function_once() -> None:
    samples = Samples()

    def again(depth: int) -> None:
        if depth:
            again(depth - 1)
        else:
            samples.note(sys._getframe())

    again(3)
    again(0)
    place = (__file__, again.__qualname__, 0)
    assert (samples.count, samples.own[place], samples.total[place]) == (2, 2, 2)


def test_no_frame_is_no_sample() -> None:
    samples = Samples()
    samples.note(None)
    assert samples.count == 0
    assert "0 samples" in shown(samples.as_json(), 5)
