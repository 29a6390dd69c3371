"""Organisations, teams, users and keys, as they are stored."""

from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from msgspec import UNSET, UnsetType

from config.limit import Limit
from ledger.keys import MintedKey
from ledger.principal import Role

Models = tuple[str, ...] | None  # None: every model (for a key: all that its team may use)
Tags = tuple[tuple[str, str], ...]
KeyState = Literal["active", "expired", "revoked", "team archived"]


class AccountError(Exception):
    """A request about accounts that is refused; the text is our own and safe to show."""

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


class NotFound(AccountError):
    """Nothing has that name or id."""


class AlreadyExists(AccountError):
    """The name is taken."""


class DeclaredInFile(AccountError):
    """It is declared in the configuration file, which alone may change it."""


class InvalidChange(AccountError):
    """The change breaks a rule or contradicts the current state."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """The root of an account tree."""

    id: str
    name: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class Team:
    """A group that shares keys, models and limits."""

    id: str
    name: str
    organisation: str
    models: Models
    tags: Tags
    declared: bool  # owned by the configuration file
    created_ms: int
    archived_ms: int | None


@dataclass(frozen=True, slots=True)
class User:
    """A person or service within a team."""

    id: str
    name: str
    team: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret, which is not stored."""

    id: str
    name: str
    role: Role
    team: str
    user: str | None
    models: Models
    tags: Tags
    created_ms: int
    expires_ms: int | None
    revoked_ms: int | None
    replaced_by: str | None
    limits: tuple[Limit, ...] = ()
    team_archived: bool = False  # and its keys refused

    def state(self, now_ms: int) -> KeyState:
        if self.revoked_ms is not None:
            return "revoked"
        if self.expires_ms is not None and self.expires_ms <= now_ms:
            return "expired"
        return "team archived" if self.team_archived else "active"


@dataclass(frozen=True, slots=True)
class NewKey:
    """The fields of a key to be created."""

    team: str  # name or id
    user: str | None = None  # name or id; created in the team if unknown
    name: str = ""
    role: Role = "caller"
    models: Models = None
    tags: Tags = ()
    expires_ms: int | None = None
    limits: tuple[str, ...] = ()  # such as `requests=10/min`


@dataclass(frozen=True, slots=True)
class KeyPatch:
    """Changes to a key; fields that are UNSET stay as they are."""

    name: str | UnsetType = UNSET
    models: Models | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    expires_ms: int | None | UnsetType = UNSET
    limits: tuple[str, ...] | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class NewTeam:
    """The fields of a team to be created; an unknown organisation is created too."""

    name: str
    organisation: str = "default"
    models: Models = None
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class TeamPatch:
    """Changes to a team; fields that are UNSET stay as they are."""

    models: Models | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key, with its plaintext, which is known only now."""

    key: Key
    minted: MintedKey = field(repr=False)


ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Listing(Generic[ItemT]):
    """One page, newest first."""

    items: tuple[ItemT, ...]
    more: bool
