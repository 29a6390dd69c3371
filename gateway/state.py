"""Where an installation keeps its files."""

import os
from collections.abc import Mapping
from errno import ENOTDIR
from pathlib import Path

PRIVATE = 0o700
EMBEDDER = "embedder"  # where in the state directory the local sentence model is


def state_directory(flag: Path | None, environ: Mapping[str, str]) -> Path:
    """The directory, made with mode 0700 when it is missing: the flag's, `SIGNALBOX_STATE`'s, or the default.

    The default is `~/.local/share/signalbox`, or `./.signalbox` where no home can be written.
    Raises `OSError` when the one that was asked for cannot be made.
    """
    asked = flag or environ.get("SIGNALBOX_STATE")
    if asked:
        return _made(Path(asked).expanduser())
    home = environ.get("HOME")
    if home:
        try:
            usual = _made(Path(home) / ".local" / "share" / "signalbox")
        except OSError:
            pass  # a read-only home, as in many containers
        else:
            if os.access(usual, os.W_OK):
                return usual
    return _made(Path(".signalbox"))


def expected_directory(flag: Path | None, environ: Mapping[str, str]) -> Path:
    """Where `state_directory` would be; nothing is made, whether it is there or not."""
    asked = flag or environ.get("SIGNALBOX_STATE")
    if asked:
        return Path(asked).expanduser().absolute()
    home = environ.get("HOME")
    usual = Path(home or ".") / ".local" / "share" / "signalbox"
    there = next((each for each in (usual, *usual.parents) if each.exists()), None)
    if home and there is not None and there.is_dir() and os.access(there, os.W_OK):
        return usual.absolute()
    return Path(".signalbox").absolute()


def database_url(configured: str | None, state: Path) -> str:
    """The database of the settings, else the SQLite file in the state directory."""
    return configured or f"sqlite:///{(state / 'signalbox.db').absolute()}"


def _made(directory: Path) -> Path:
    # Only a directory that we make is closed to others; one that the operator made keeps its mode.
    try:
        directory.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(directory)) from None
    return directory.absolute()
