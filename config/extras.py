"""How to install an optional part of the package."""


def install(extra: str) -> str:
    """How to install one extra of pyproject.toml, as the end of a sentence."""
    return f"pip install 'signalbox-gateway[{extra}]', or `make extras` in a checkout"
