"""The command `signalbox`: one file a command."""
