"""Where an installation keeps its files."""

import os
from collections.abc import Mapping
from errno import ENOTDIR
from pathlib import Path

PRIVATE = 0o700
EMBEDDER = "embedder"  # the local sentence model's folder in the state directory


def state_directory(flag: Path | None, environ: Mapping[str, str]) -> Path:
    """The state directory, created with mode 0700 if missing: from flag, `SIGNALBOX_STATE` or default.

    The default is `~/.local/share/signalbox`, or `./.signalbox` if the home directory is not writable.
    Raises `OSError` if an explicitly given directory cannot be created.
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
    """What `state_directory` would return, without creating anything."""
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
    """The configured database, else the SQLite file in the state directory."""
    return configured or f"sqlite:///{(state / 'signalbox.db').absolute()}"


def _made(directory: Path) -> Path:
    # Only a directory created here is made private; one that the operator created keeps its mode.
    try:
        directory.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(directory)) from None
    return directory.absolute()
