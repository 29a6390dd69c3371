"""The command `signalbox`: one file a command."""

from gateway.cli.main import main

__all__ = ["main"]
