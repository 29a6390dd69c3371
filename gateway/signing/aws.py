"""Finds AWS credentials in the configuration, the environment, a file, or by botocore's own search.

The network is not used before the first request needs credentials.
"""

import asyncio
import importlib
import importlib.util
from collections.abc import Callable, Mapping
from configparser import ConfigParser, Error
from pathlib import Path
from typing import Any, Protocol

from gateway.signing.refreshing import CredentialsUnavailable, Fresh, Refreshed
from gateway.signing.sigv4 import Credentials

# botocore itself renews credentials that expire within ten minutes before it returns them: so it is asked
# often, which is cheap in between.
_LOOK_SECONDS = 60.0
_GOOD_SECONDS = 600.0
_NOTHING = (
    "No AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile."
)


class Source(Protocol):
    """Provides the current credentials."""

    async def credentials(self) -> Credentials:
        """Raises CredentialsUnavailable if there are none."""


class Fixed:
    """Credentials that do not expire."""

    __slots__ = ("_credentials",)

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def credentials(self) -> Credentials:
        return self._credentials


class Chain:
    """Whatever botocore finds: roles, single sign-on, container and instance metadata. Asked in a thread.

    `open_session` returns a botocore session.
    """

    __slots__ = ("_clock", "_found", "_open", "_refreshed")

    def __init__(self, open_session: Callable[[], Any], clock: Callable[[], float]) -> None:
        self._open = open_session
        self._clock = clock
        self._found: Any = None
        self._refreshed = Refreshed(self._fetch, clock)

    async def credentials(self) -> Credentials:
        return await self._refreshed.get()

    async def _fetch(self) -> Fresh[Credentials]:
        credentials = await asyncio.to_thread(self._ask)
        now = self._clock()
        return Fresh(credentials, now + _LOOK_SECONDS, now + _GOOD_SECONDS)

    def _ask(self) -> Credentials:
        try:
            if self._found is None:
                self._found = self._open().get_credentials()
            if self._found is None:
                raise CredentialsUnavailable(_NOTHING)
            frozen = self._found.get_frozen_credentials()
        except CredentialsUnavailable:
            raise
        except Exception as failure:  # botocore does not wrap errors of processes, files and networks
            raise CredentialsUnavailable(
                f"botocore found no AWS credentials ({type(failure).__name__})"
            ) from failure
        return Credentials(frozen.access_key, frozen.secret_key, frozen.token)


def find(
    environ: Mapping[str, str], home: Path, clock: Callable[[], float], profile: str | None = None
) -> Source | None:
    """The source of credentials that the configuration does not hold; None if there is none.

    An explicit profile takes precedence over keys in the environment, as in Amazon's own tools.
    `clock` is monotonic, in seconds.
    """
    found = None if profile else from_environment(environ)
    named = profile or environ.get("AWS_PROFILE") or "default"
    if found is None:
        path = environ.get("AWS_SHARED_CREDENTIALS_FILE")
        found = from_file(Path(path).expanduser() if path else home / ".aws" / "credentials", named)
    if found is not None:
        return Fixed(found)
    if importlib.util.find_spec("botocore") is None:
        return None
    return Chain(lambda: open_session(profile), clock)


def from_environment(environ: Mapping[str, str]) -> Credentials | None:
    """Keys in the variables that Amazon's own tools read; None unless both are set."""
    key_id, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if not key_id or not secret:
        return None
    return Credentials(key_id, secret, environ.get("AWS_SESSION_TOKEN") or None)


def from_file(path: Path, profile: str) -> Credentials | None:
    """Keys of a profile in a shared credentials file; None if there is no such file, profile or key."""
    parser = ConfigParser(
        interpolation=None, default_section="\0"
    )  # a percent sign is literal, "default" a profile
    try:
        parser.read_string(path.read_text())
    except (OSError, ValueError, Error):
        return None
    if not parser.has_section(profile):
        return None
    return from_environment({name.upper(): value for name, value in parser.items(profile)})


def open_session(profile: str | None) -> Any:
    """A botocore session. Imported only here, as loading takes half a second and 30 MB."""
    return importlib.import_module("botocore.session").Session(profile=profile)
