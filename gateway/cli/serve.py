"""`signalbox serve`: runs the gateway, with or without a configuration file."""

import asyncio
import importlib
import logging
import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from config.catalog import Catalog, Loaded
from config.defaults import default_catalog
from config.discover import discover
from config.kinds import VendorKind
from config.strategies import found_strategies
from gateway.cli.banner import Place, called, welcome
from gateway.cli.failure import CLAIMED, fail, fail_because
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where, chosen_file
from gateway.clock import SYSTEM_CLOCK
from gateway.metering.allowances import SEVERAL
from gateway.server.listening import allow_many_sockets, listen, reserve, url
from gateway.server.process import Gateway, Options, Started
from gateway.server.workers import Fleet, Membership, Parent, worker_command
from gateway.state import database_url, state_directory
from gateway.telemetry import logs

MOST_WORKERS = 256
FEW_FILES = 4096  # with fewer, a warning says how many calls that allows

_log = logging.getLogger("signalbox")


@dataclass(frozen=True, slots=True)
class Command:
    """The options given, and what follows from them."""

    where: Where
    kinds: dict[str, VendorKind]
    load: Callable[[], Loaded]
    state: Path

    def database(self, catalog: Catalog) -> str:
        """The database's URL: the option or environment variable, the configuration, the state directory."""
        return database_url(self.where.database or catalog.settings.database, self.state)


def serve(  # noqa: PLR0913 - a command has as many parameters as options
    config: ConfigOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; else the configuration's.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one; else the configuration's.")
    ] = None,
    workers: Annotated[
        int,
        typer.Option(
            min=1, max=MOST_WORKERS, help="Processes that answer calls, for machines with more than one core."
        ),
    ] = 1,
    state: StateOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
    worker: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Run the gateway.

    Needs no configuration: it takes the vendor keys that are in the environment, and has a simulator.
    Ctrl-C (or SIGTERM) lets open requests finish first, SIGHUP reads the configuration again.
    """
    where, asked = Where(config, state, database, as_json), ""
    try:
        command = _command(where)
        catalog = command.load().catalog
        asked = command.database(catalog)
        if workers > 1 and catalog.limited and catalog.settings.redis is None:
            fail(SEVERAL, as_json=as_json)
        settings = catalog.settings
        logs.configure(settings.log_format, settings.log_level)
        if worker is not None:
            _run_worker(command, Membership.inherited(worker))
        elif workers == 1:
            _run_alone(command, listen(host or settings.host, settings.port if port is None else port))
        else:
            reserved = reserve(host or settings.host, settings.port if port is None else port)
            raise typer.Exit(_run_parent(command, reserved, workers))
    except CLAIMED as error:
        fail_because(error, as_json=where.as_json, database=asked)


def _command(where: Where) -> Command:
    kinds = discover("gateway.vendors", "VENDOR", VendorKind)
    file = chosen_file(where.config)
    load = (
        partial(_from_file, file.absolute(), kinds, os.environ)
        if file
        else partial(default_catalog, kinds, os.environ)
    )
    return Command(where, kinds, load, state_directory(where.state, os.environ))


def _from_file(file: Path, kinds: Mapping[str, VendorKind], environ: Mapping[str, str]) -> Loaded:
    # The YAML reader is loaded only if there is a file: it takes memory and start-up time.
    loaded: Loaded = importlib.import_module("config.load").load_file(file, kinds, environ)
    return loaded


def _run_alone(command: Command, listener: socket.socket) -> None:
    def tell(started: Started) -> None:
        first = started.first_key.plaintext if started.first_key else None
        welcome(_place(command, url(listener), 1), started.loaded, first)

    _run(Gateway(_options(command, listener, None), tell))


def _run_worker(command: Command, membership: Membership) -> None:
    def tell(started: Started) -> None:
        membership.ready(started.first_key.plaintext if started.first_key else None)

    gateway = Gateway(_options(command, membership.listener, membership), tell)
    if membership.wait():
        _run(gateway)


def _run_parent(command: Command, reserved: socket.socket, workers: int) -> int:
    loaded = command.load()
    environ = dict(os.environ)
    if command.where.database:  # by the environment, because every user can read a process's arguments
        environ["SIGNALBOX_DATABASE"] = command.where.database
    arguments = ["--state", str(command.state)]
    if loaded.files:
        arguments += ["--config", loaded.catalog.source]
    fleet = Fleet(
        size=workers,
        reserved=reserved,
        command=worker_command(arguments),
        environ=environ,
        drain_seconds=loaded.catalog.settings.drain_seconds,
        metrics=command.state / "metrics",
    )
    place = _place(command, url(reserved), workers)
    return asyncio.run(Parent(fleet, lambda first: welcome(place, loaded, first)).run())


def _run(gateway: Gateway) -> None:
    if 0 <= (files := allow_many_sockets()) < FEW_FILES:
        said = "%d files may be open, enough for some %d calls at once; more are cut off: raise `ulimit -Hn`"
        _log.warning(said, files, files // 2)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(gateway.run())


def _options(command: Command, listener: socket.socket, membership: Membership | None) -> Options:
    return Options(
        state=command.state,
        database_url=command.database,
        load=command.load,
        strategies=found_strategies(),
        clock=SYSTEM_CLOCK,
        listener=listener,
        version=version("signalbox-gateway"),
        kinds=tuple(command.kinds.values()),
        membership=membership,
    )


def _place(command: Command, address: str, workers: int) -> Place:
    name = called(sys.argv[0], os.environ)
    return Place(address, command.state, workers, version("signalbox-gateway"), command.where, name)
