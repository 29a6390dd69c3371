"""Shows where a server spends its CPU time under one scenario's load."""

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import sampler
from bench.load import put
from bench.runs import site
from bench.scenarios import Scenario
from bench.servers import Server, running
from bench.subjects import Maker


def sampled(server: Server, out: Path) -> Server:
    """The same server, started under the sampler; it must be started as `python -m MODULE …`."""
    python, flag, module, *arguments = server.command
    if flag != "-m":
        raise ValueError(f"{server.name} is not started as a Python module: {' '.join(server.command)}")
    return replace(server, command=(python, "-m", "bench.sampler", str(out), module, *arguments))


def profiled(maker: Maker, scenario: Scenario, seconds: float, top: int = 25) -> str:
    """Tables of where the time went, as text. Raises NotReady, KeyNotMade, LoadFailed."""
    with TemporaryDirectory(prefix="bench-") as folder, site((scenario.model,)) as here:
        out = Path(folder) / "samples.json"
        with running(sampled(here.server(maker), out), here.cores.server) as server:
            os.kill(server.pid, sampler.BEGIN)
            load = put(scenario.job(server, seconds))
        figures = f"{scenario.title}: {load.per_second:,.0f} calls per second while sampled"
        return f"{figures}\n{sampler.shown(out.read_bytes(), top)}"
