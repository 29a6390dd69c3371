"""Authenticates callers; an unavailable store is never reported as a bad key."""

from collections.abc import Awaitable

from gateway.call import Call
from gateway.errors import Unauthenticated, Unavailable
from ledger.credentials import UnknownKey
from ledger.keyring import KeyRing
from ledger.principal import Principal
from storage.errors import StoreDown


class Keys:
    """The key ring on the request path."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    async def identify(self, call: Call) -> Principal:
        """The caller. Raises Unauthenticated, or Unavailable if the database cannot be reached."""
        return self._ring.known(call.credential, call.digest) or await self.ask(call.credential)

    async def holder(self, credential: bytes) -> Principal:
        """As `identify`, for a credential without a call."""
        return self._ring.known(credential) or await self.ask(credential)

    async def ask(self, credential: bytes) -> Principal:
        """The holder of a credential, from the database if necessary."""
        return await _told(self._ring.identify(credential))

    async def holder_of(self, key_id: str) -> Principal:
        """The holder of a key that was verified before, if it is still valid. Raises as `identify`."""
        return await _told(self._ring.holder_of(key_id))


async def _told(looking: Awaitable[Principal]) -> Principal:
    try:
        return await looking
    except UnknownKey as error:
        raise Unauthenticated(error.message) from None
    except StoreDown as error:
        raise Unavailable("Keys cannot be looked up at the moment; try again later.") from error
