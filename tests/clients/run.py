"""Tries the tools that people use against the gateway: `python -m tests.clients.run`, or `make clients`."""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from tests.clients.findings import Finding, as_json, not_had, status, table, told
from tests.clients.install import HOME, NotToBeHad, installed, node_home
from tests.clients.table import CLIENTS, QUIET, VENDORS, Client
from tests.journeys.program import Gateway, Simulator, running

SCRIPTS = Path(__file__).with_name("scripts")


def configuration(simulator: Simulator) -> str:
    """Vendors of several formats, all of which the simulator plays."""
    root = simulator.base_url.removesuffix("/v1")
    lines = [
        f'  {kind}: {{ kind: {kind}, base_url: "{root}{path}", api_key: any }}'
        for kind, path in VENDORS.items()
    ]
    return "\n".join(["vendors:", *lines, ""])


@contextlib.contextmanager
def servers() -> Iterator[Mapping[str, str]]:
    """A simulator and a gateway before it; what a script must know of them, as its environment."""
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / name for name in ("simulator", "gateway")]
        for place in places:
            place.mkdir()
        simulator = Simulator(places[0])
        with running(simulator):
            gateway = Gateway(places[1], configuration(simulator))
            with running(gateway):
                yield {
                    "SIGNALBOX_ADDRESS": gateway.address,
                    "SIGNALBOX_KEY": gateway.key,
                    "SIGNALBOX_SIMULATOR": simulator.base_url.removesuffix("/v1"),
                }


def tried(client: Client, folder: Path, known: Mapping[str, str], spoken: str) -> list[Finding]:
    """Run a client's script against one vendor's format, in a home of its own, bounded in time."""
    command, programs = _command(client, folder)
    with tempfile.TemporaryDirectory(prefix="home-", dir=HOME, ignore_cleanup_errors=True) as home:
        environment = {
            "PATH": os.pathsep.join([*map(str, programs), os.environ["PATH"]]),
            "HOME": home,
            "LANG": "C.UTF-8",
            "SIGNALBOX_FORMAT": spoken,
            **known,
            **QUIET,
        }
        output, ended = _bounded(command, environment, client.seconds)
    return told(client, spoken, output, ended)


def _command(client: Client, folder: Path) -> tuple[list[str], list[Path]]:
    """What runs a client's script, and the folders of the programs that it needs."""
    if client.registry == "pip":
        return [str(folder / "bin" / "python"), str(SCRIPTS / client.script)], [folder / "bin"]
    for script in SCRIPTS.glob("*.mjs"):  # Node looks for a module beside the script that wants it
        shutil.copy(script, folder)
    node = node_home() / "bin"
    return [str(node / "node"), str(folder / client.script)], [folder / "node_modules" / ".bin", node]


def _bounded(command: list[str], environment: Mapping[str, str], seconds: int) -> tuple[str, str]:
    """What it printed, and how it came to a bad end. Whatever it started ends with it."""
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=environment["HOME"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            return process.communicate()[0], f"it took longer than {seconds} s"
        finally:
            _end(process)
        errors.seek(0)
        complaint = (errors.read().strip().splitlines() or ["no reason given"])[-1]
    return output, f"exit {process.returncode}: {complaint}" if process.returncode else ""


def _end(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def every(clients: Sequence[Client], say: Console) -> list[Finding]:
    """Install and try the clients, one after the other."""
    found: list[Finding] = []
    with servers() as known:
        for client in clients:
            try:
                say.print(f"[dim]{client.name} {client.version}: installing", highlight=False)
                folder = installed(client)
            except NotToBeHad as no:
                found.append(not_had(client, str(no)))
                continue
            for spoken in client.formats:
                say.print(f"[dim]{client.name} {client.version}: {spoken}", highlight=False)
                found += tried(client, folder, known, spoken)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(prog="make clients", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one document for programs")
    parser.add_argument("--only", metavar="TEXT", default="", help="clients whose name contains it")
    given = parser.parse_args(arguments)
    wanted = [client for client in CLIENTS if given.only in client.name]
    if not wanted:
        parser.error(f"no client's name contains {given.only!r}: {', '.join(each.name for each in CLIENTS)}")
    found = every(wanted, Console(stderr=True))
    if given.json:
        sys.stdout.write(as_json(found) + "\n")
    else:
        Console().print(table(found))
    return status(found)


if __name__ == "__main__":
    sys.exit(main())
