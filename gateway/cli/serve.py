"""`signalbox serve`: runs the gateway, with a configuration file or without any."""

import asyncio
import os
import socket
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from config.catalog import Catalog, Loaded, Settings
from config.defaults import default_catalog
from config.discover import discover
from config.errors import ConfigError
from config.kinds import VendorKind
from config.load import load_file
from gateway.cli.banner import Place, welcome
from gateway.cli.store import StateOption, fail
from gateway.clock import SYSTEM_CLOCK
from gateway.process import Gateway, Options
from gateway.state import database_url, state_directory
from gateway.telemetry import logs
from routing.strategies import weighted
from storage.engine import UnknownDatabase
from storage.errors import StoreError

USUAL = Path("signalbox.yaml")

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", "-c", envvar="SIGNALBOX_CONFIG", help="Configuration; else ./signalbox.yaml, else none."
    ),
]


def serve(
    config: ConfigOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; else the configuration's.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
    state: StateOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Say in one JSON line where it listens.")] = False,
) -> None:
    """Run the gateway. Ctrl-C lets open requests finish first."""
    try:
        load = _loader(config)
        settings = load().catalog.settings
        logs.configure(settings.log_format, settings.log_level)
        directory = state_directory(state, os.environ)
        listener = _listen(settings, host, port)
        place = Place(_address(listener), directory, as_json)
        options = Options(
            state=directory,
            database_url=partial(_database, directory),
            load=load,
            strategies={"weighted": weighted.STRATEGY},
            clock=SYSTEM_CLOCK,
            listener=listener,
            version=version("signalbox-gateway"),
        )
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(Gateway(options, partial(welcome, place)).run())
    except KeyboardInterrupt:
        pass  # uvicorn raises the signal again when everything is put away
    except (ConfigError, StoreError, UnknownDatabase, OSError) as error:
        fail(str(error))


def _loader(config: Path | None) -> Callable[[], Loaded]:
    kinds = discover("gateway.vendors", "VENDOR", VendorKind)
    path = config or (USUAL if USUAL.exists() else None)
    if path is None:
        return partial(default_catalog, kinds, os.environ)
    return partial(load_file, path.absolute(), kinds, os.environ)


def _database(state: Path, catalog: Catalog) -> str:
    return database_url(catalog.settings.database, state)


def _listen(settings: Settings, host: str | None, port: int | None) -> socket.socket:
    wanted = (host or settings.host, settings.port if port is None else port)
    family = socket.AF_INET6 if ":" in wanted[0] else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(wanted)
    except OSError as error:
        listener.close()
        raise OSError(
            f"cannot listen on {wanted[0]} port {wanted[1]}: {error.strerror}. "
            f"Choose another with --port (0 takes a free one)."
        ) from error
    listener.setblocking(False)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
