"""The command `python -m bench`: what a call costs, compared with a bare relay and other gateways."""

from bench.cli import app

app()
