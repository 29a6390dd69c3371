"""The command `signalbox`: one file per command."""
