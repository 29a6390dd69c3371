"""The same as the console script: `python -m gateway.cli`."""

from gateway.cli.main import main

main()
