"""The command `python -m bench`: what a call costs beside a bare relay and other gateways."""

from bench.cli import app

app()
