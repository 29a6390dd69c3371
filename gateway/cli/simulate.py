"""`signalbox simulate`: a simulated vendor on this machine, for demos, load and fault tests."""

import logging
import sys
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from gateway.cli.failure import fail
from gateway.vendors.sim.prices import PRICES
from gateway.vendors.sim.server import Address, run

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same answers and the same faults.")]
BillFile = Annotated[str | None, typer.Option("--bill", help="Append the bill to this file, as JSON lines.")]
Json = Annotated[bool, typer.Option("--json", help="Print one line of JSON when ready.")]


def simulate(
    host: Host = "127.0.0.1", port: Port = 8090, seed: Seed = 0, bill: BillFile = None, json: Json = False
) -> None:
    """Run the simulator: an OpenAI-compatible vendor with faults on demand that keeps its own bill."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    try:
        run(Address(host, port, seed, bill), _print_json if json else _print_table)
    except OSError as problem:
        fail(
            f"The simulator cannot start: {problem.strerror or problem} "
            f"(address {host}:{port}, bill {bill or 'in memory only'}). "
            "Choose another --port (0 takes a free one), a --host of this machine, "
            "or a --bill file that can be written.",
            as_json=json,
            code="system_error",
        )


def _print_json(base_url: str) -> None:
    host, _, port = base_url.removeprefix("http://").removesuffix("/v1").rpartition(":")
    typer.echo(orjson.dumps({"base_url": base_url, "host": host.strip("[]"), "port": int(port)}).decode())
    sys.stdout.flush()


def _print_table(base_url: str) -> None:
    console = Console()
    table = Table(title=f"Simulator at {base_url}", title_justify="left")
    table.add_column("model")
    for column in ("input", "cached input", "output"):
        table.add_column(column, justify="right")
    table.add_column("else")
    for row in price_rows():
        table.add_row(*row)
    console.print(table)
    console.print("US dollars per million tokens, or as is said. No key is needed. Try:\n")
    body = '{"model":"small","messages":[{"role":"user","content":"Hello"}]}'
    console.print(
        f"  curl {base_url}/chat/completions -H 'content-type: application/json' -d '{body}'\n",
        soft_wrap=True,
        highlight=False,
    )
    root = base_url.removesuffix("/v1")
    console.print(f"Bill: {root}/sim/bill   Faults: PUT {root}/sim/behaviour   Stop: Ctrl-C", soft_wrap=True)


def price_rows() -> list[tuple[str, ...]]:
    """The prices of each model: per token, or per other unit."""
    rows = []
    for name, price in PRICES.items():
        tokens = (price.input, price.cached_input, price.output)
        told = [_dollars(each) for each in tokens] if any(tokens) else ["-"] * len(tokens)
        other = f"{_dollars(price.unit)} per {price.per}" if price.unit else "" if any(tokens) else "free"
        if "@" not in name:
            rows.append((name, *told, other))
    return rows


def _dollars(nano: int) -> str:
    return f"{nano // 10**9}.{nano % 10**9:09d}".rstrip("0").ljust(4, "0")
