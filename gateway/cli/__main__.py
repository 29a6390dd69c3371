"""The same as the console script: `python -m gateway.cli`."""

from gateway.cli.entry import main

main()
