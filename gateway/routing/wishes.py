"""Controls that callers may set per call, by header or `metadata`, if their team allows it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from config import units
from config.errors import Unfit
from dialects.dialect import Parts, members_of
from gateway.errors import BadRequest, ControlNotAllowed, Header


class Wishes(msgspec.Struct, frozen=True, gc=False):
    """The controls that a caller has set; None: the configuration decides."""

    max_price: int | None = None  # nano-dollars
    regions: frozenset[str] | None = None
    vendors: frozenset[str] | None = None
    strategy: str | None = None
    dial: float | None = None
    go_on: bool = False  # continue a stream that breaks in the middle of its text

    @property
    def plain(self) -> bool:
        """Whether the caller set no control."""
        return self is NO_WISHES

    def at(self, vendors: Collection[str]) -> "Wishes":
        """A copy restricted to these vendors, for a call that only they can answer."""
        both = frozenset(vendors) if self.vendors is None else self.vendors.intersection(vendors)
        return msgspec.structs.replace(self, vendors=both)


NO_WISHES = Wishes()
PREFIX = "x-signalbox-"
_IN_METADATA = "signalbox_"


def _names(text: object) -> frozenset[str]:
    names = frozenset(name.strip().lower() for name in str(text).split(",") if name.strip())
    if not names:
        raise Unfit("names with commas between, such as eu,us")
    return names


def _vendors(text: object) -> frozenset[str]:
    return frozenset(name.strip() for name in str(text).split(",") if name.strip())


def _strategy(text: object) -> str:
    return str(text).strip().replace("_", "-")


def _yes(text: object) -> bool:
    if str(text).strip().lower() not in ("true", "false"):
        raise Unfit("true or false")
    return str(text).strip().lower() == "true"


_READ: Mapping[str, Callable[[object], object]] = MappingProxyType(
    {
        "max-price": units.nano_dollars,
        "regions": _names,
        "vendors": _vendors,
        "strategy": _strategy,
        "dial": units.share,
        "continue": _yes,
    }
)
_FIELDS = {"continue": "go_on"}  # a Python keyword cannot be a field's name
# Controls that also bind calls made on the caller's behalf: where its texts may go, and at what price.
_BINDING = frozenset(["max-price", "regions", "vendors"])
_HEADERS = {f"{PREFIX}{name}".encode(): name for name in _READ}
CONTROLS = tuple(name.decode() for name in _HEADERS)  # headers
_MEMBERS = {f"{_IN_METADATA}{name.replace('-', '_')}": name for name in _READ}
# Unmasking is decided before routing, by the guards.
_UNMASK, _UNMASK_HEADER = f"{PREFIX}unmask", f"{PREFIX}unmask".encode()
_UNMASK_MEMBERS = MappingProxyType({f"{_IN_METADATA}unmask": "unmask"})


def read_wishes(
    headers: Sequence[Header], body: bytes, allowed: frozenset[str], parts: Parts | None = None
) -> Wishes:
    """The caller's controls; a header takes precedence over the body's `metadata`.

    Raises BadRequest for an invalid value, ControlNotAllowed for a control that the team does not allow.
    """
    found: dict[str, str] = {}
    # Searched backwards, because `rfind` skips a word's length at a time.
    if "metadata" in parts.members if parts is not None else body.rfind(b'"signalbox_') >= 0:
        found = dict(_in_metadata(body, parts))
    for header, value in headers:
        if header in _HEADERS:
            found[_HEADERS[header]] = value.decode("latin-1")
    if not found:
        return NO_WISHES
    wishes: dict[str, Any] = {}
    for name, text in found.items():
        if name not in allowed:
            raise ControlNotAllowed(
                f"Your team does not let callers set '{name}'. Leave out '{PREFIX}{name}', or have "
                f"`teams.NAME.controls` allow it; allowed are {', '.join(sorted(allowed)) or 'none'}.",
                param=f"{PREFIX}{name}",
            )
        try:
            wishes[_FIELDS.get(name, name.replace("-", "_"))] = _READ[name](text)
        except Unfit as unfit:
            message = f"'{PREFIX}{name}' is '{text[:100]}'; allowed: {unfit.allowed}."
            raise BadRequest(message, param=f"{PREFIX}{name}") from None
    return Wishes(**wishes)


def binding(headers: Sequence[Header], body: bytes, parts: Parts | None = None) -> tuple[Header, ...]:
    """The headers that apply a call's binding controls to another call made from its texts."""
    said: list[Header] = []
    if body.rfind(b'"signalbox_') >= 0:
        for name, text in _in_metadata(body, parts):
            if name in _BINDING:
                said.append((f"{PREFIX}{name}".encode(), text.encode("latin-1", "replace")))
    return (*said, *[each for each in headers if _HEADERS.get(each[0]) in _BINDING])


def read_unmask(
    headers: Sequence[Header], body: bytes, parts: Parts | None = None, *, allowed: bool
) -> bool | None:
    """Whether the caller wants masked values restored in its answer; None: it does not say.

    Any caller may decline. Raises BadRequest for an invalid value, ControlNotAllowed if the caller wants them
    restored but its team does not allow that.
    """
    said: str | None = None
    if body.rfind(b'"signalbox_unmask"') >= 0:
        said = dict(_in_metadata(body, parts, _UNMASK_MEMBERS)).get("unmask")
    for header, value in headers:
        if header == _UNMASK_HEADER:
            said = value.decode("latin-1")
    if said is None:
        return None
    try:
        wanted = _yes(said)
    except Unfit as unfit:
        raise BadRequest(f"'{_UNMASK}' is '{said[:100]}'; allowed: {unfit.allowed}.", param=_UNMASK) from None
    if wanted and not allowed:
        raise ControlNotAllowed(
            f"Masked values are not restored for your team. Leave out '{_UNMASK}', or have "
            f"`teams.NAME.unmask` be on-request.",
            param=_UNMASK,
        )
    return wanted


def _in_metadata(
    body: bytes, parts: Parts | None, members: Mapping[str, str] = _MEMBERS
) -> Iterable[tuple[str, str]]:
    """The controls in OpenAI's `metadata`, where values are strings."""
    try:
        metadata = msgspec.json.decode(members_of(body, parts).get("metadata", b"{}"))
    except msgspec.DecodeError:
        return
    if isinstance(metadata, dict):
        for member, value in metadata.items():
            if member in members:
                yield members[member], str(value)
