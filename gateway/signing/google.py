"""Google Cloud access tokens, obtained with a service account's key.

https://developers.google.com/identity/protocols/oauth2/service-account
"""

import asyncio
import importlib
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from gateway.errors import Header
from gateway.signing.refreshing import CredentialsUnavailable, Fresh, Refreshed

_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_EARLY_SECONDS = 300.0
_TIMEOUT_SECONDS = 20.0


class _Answer(NamedTuple):
    """An HTTP answer in the shape that google-auth expects."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class GoogleTokens:
    """The authorization header of one service account, renewed before its token expires.

    `clock` is in Unix seconds; `token_uri` replaces the one in the account's key.
    """

    __slots__ = ("_account", "_clock", "_credentials", "_refreshed")

    def __init__(
        self, account: Mapping[str, Any], clock: Callable[[], float], *, token_uri: str | None = None
    ) -> None:
        self._account = dict(account) if token_uri is None else {**account, "token_uri": token_uri}
        self._clock = clock
        self._credentials: Any = None
        self._refreshed = Refreshed(self._fetch, clock)

    async def headers(self) -> tuple[Header, ...]:
        """Raises CredentialsUnavailable if Google gives no token."""
        return await self._refreshed.get()

    async def _fetch(self) -> Fresh[tuple[Header, ...]]:
        token, end = await asyncio.to_thread(self._ask)
        now = self._clock()
        left = max(end - now, 0.0)
        renew = now + max(left - _EARLY_SECONDS, left / 2)
        return Fresh(((b"authorization", b"Bearer " + token.encode()),), renew, end)

    def _ask(self) -> tuple[str, float]:
        try:
            # Imported only here: loading takes a quarter of a second, and few installations need it.
            errors: Any = importlib.import_module("google.auth.exceptions")
            accounts: Any = importlib.import_module("google.oauth2.service_account")
        except ImportError:
            raise CredentialsUnavailable("Google's service accounts need the package google-auth") from None
        try:
            if self._credentials is None:
                self._credentials = accounts.Credentials.from_service_account_info(
                    self._account, scopes=_SCOPES
                )
            self._credentials.refresh(_post)
        except (errors.GoogleAuthError, OSError, ValueError) as failure:
            raise CredentialsUnavailable(
                f"Google gave no access token ({type(failure).__name__})"
            ) from failure
        return self._credentials.token, self._credentials.expiry.replace(tzinfo=UTC).timestamp()


def _post(url: str, method: str, body: bytes, headers: Mapping[str, str], **_: Any) -> _Answer:
    """The transport of google-auth: sends one request. Runs in a thread."""
    request = Request(url, body, dict(headers), method=method)
    try:
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as response:
            return _Answer(response.status, dict(response.headers), response.read())
    except HTTPError as refused:
        with refused:
            return _Answer(refused.code, dict(refused.headers), refused.read())
