"""How each client operation is served by one target: what is sent, and how the answer comes back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import quote as quote_path

from config.capabilities import Capabilities
from config.catalog import Vendor
from config.kinds import Operation
from dialects.dialect import Asked, Destination
from dialects.translating import Passage
from gateway.formats import SPOKEN, passage, served_by
from gateway.routing.capabilities import lacking
from gateway.upstream import Origin, build_head, header_line

_NOTHING: Mapping[Operation, Operation] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Way:
    """How one operation of callers is served at one target."""

    operation: Operation  # the vendor's
    passage: Passage
    whole_head: bytes
    stream_head: bytes
    defaults: bytes  # header lines for calls that bring none
    to: Destination
    to_with_usage: Destination  # also asks for a stream's usage, if the vendor has to be asked

    def head(self, stream: bool, forwarded: bytes) -> bytes:
        """Request line and headers; without translation, forwarded headers replace the defaults."""
        head = self.stream_head if stream else self.whole_head
        return head + (self.defaults if self.passage.translates else forwarded or self.defaults)

    def destination(self, asked: Asked) -> Destination:
        """How to write the request: a translated stream must always ask for its usage."""
        told = asked.include_usage and not self.passage.translates
        return self.to_with_usage if asked.stream and not told else self.to


def _none(operation: Operation, theirs: Operation) -> Way:
    raise KeyError(operation)


class Ways(dict[Operation, Way]):
    """Ways by the caller's operation, each made when first needed, since both its formats are loaded with it.

    KeyError if the target does not serve the operation.
    """

    __slots__ = ("_make", "served")

    def __init__(
        self,
        served: Mapping[Operation, Operation] = _NOTHING,
        make: Callable[[Operation, Operation], Way] = _none,
    ) -> None:
        """`served`: the vendor's operation by the caller's; `make` gets the caller's and the vendor's."""
        super().__init__()
        self.served = served
        self._make = make

    def __missing__(self, operation: Operation) -> Way:
        way = self[operation] = self._make(operation, self.served[operation])
        return way

    def changed(self, change: Callable[[Way], Way]) -> "Ways":
        """A copy with `change` applied to each way."""
        return Ways(self.served, lambda operation, theirs: change(self[operation]))


def ways_of(vendor: Vendor, model: str, capabilities: Capabilities) -> Ways:
    """The ways to a model at a vendor, with the vendor's key in their heads."""
    kind = vendor.kind
    # A vendor that always reports usage may not know the option, and may reject it.
    drops = kind.drops if kind.stream_usage == "option" else kind.drops | {"stream_options"}
    to = Destination(
        model,
        drops=drops,
        renames=kind.renames,
        sets=kind.sets,
        unsupported=vendor.unsupported,
        cannot=kind.cannot | lacking(capabilities),
        strict_schemas=kind.strict_schemas,
        output_limit=capabilities.output,
        prefill=(kind.prefill.message, kind.prefill.body) if kind.prefill and capabilities.prefill else None,
    )
    with_usage = replace(to, ask_usage=kind.stream_usage == "option")
    heads = {each: _head(vendor, model, path) for each, path in kind.paths.items() if each in SPOKEN}
    streams = {operation: _head(vendor, model, path) for operation, path in kind.stream_paths.items()}
    defaults = b"".join(header_line(name, value) for name, value in kind.headers.items())

    def made(operation: Operation, theirs: Operation) -> Way:
        head, way = heads[theirs], passage(operation, theirs)
        return Way(theirs, way, head, streams.get(theirs, head), defaults, to, with_usage)

    served = ((each, served_by(each, kind.paths)) for each in SPOKEN)
    return Ways({each: theirs for each, theirs in served if theirs is not None}, made)


def _head(vendor: Vendor, model: str, path: str) -> bytes:
    head = request_head(vendor, "POST", filled_path(vendor, model, path))
    return head + header_line("content-type", "application/json")


def filled_path(vendor: Vendor, model: str, path: str) -> str:
    """A vendor's path with its model, API version and region."""
    filled = path.replace("{model}", quote_path(model, safe=""))
    return filled.replace("{api_version}", vendor.api_version or "").replace("{region}", vendor.region or "")


def request_head(vendor: Vendor, method: str, path: str) -> bytes:
    """Request line and headers, credentials included, for a path below the vendor's base URL.

    ValueError if the path could inject a header or a request.
    """
    origin = Origin.of(vendor.base_url)
    base = vendor.base_url.split("://", 1)[1].partition("/")[2]
    prefix = f"/{base}" if base else ""
    headers = [
        ("host", origin.authority),
        # Omitting it would allow any coding (RFC 9110, 12.5.3), and some proxies then compress streams.
        ("accept-encoding", "identity"),
        ("user-agent", "signalbox"),
    ]
    if vendor.api_key is not None:
        headers.append((vendor.kind.auth_header, vendor.kind.auth_prefix + vendor.api_key.value))
    headers.extend(vendor.headers)
    return build_head(method, prefix + path, headers)
