"""Where tools may connect to: checked for the URL, then for every address it resolves to."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_PORTS = {"https": 443, "http": 80}
# Cloud metadata services hand out the machine's credentials, which no model may read.
_METADATA_HOSTS = frozenset(["metadata.google.internal", "metadata", "metadata.goog", "instance-data"])
# 168.63.129.16 is a public address everywhere but in Azure:
# https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16
_METADATA = frozenset(
    map(
        ip_address,
        "169.254.169.254 169.254.170.2 169.254.170.23 100.100.100.200 192.0.0.192 168.63.129.16 "
        "fd00:ec2::254 fd00:ec2::23 fd20:ce::254".split(),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # https://www.rfc-editor.org/rfc/rfc6052
# All that was ever allocated: https://www.iana.org/assignments/ipv6-address-space. Outside are IPv4 addresses
# in other notations, such as ::ffff:0:127.0.0.1, and addresses that networks made up.
_UNICAST = IPv6Network("2000::/3")
# Missing from Python's own table, see https://www.iana.org/assignments/iana-ipv6-special-registry
# and its counterpart for IPv4: documentation, the former 6bone, protocol assignments, 6to4 relays.
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ["3fff::/20", "3ffe::/16"]))
_NOT_PUBLIC_4 = tuple(map(IPv4Network, ["192.0.0.0/24", "192.88.99.0/24"]))
_ISATAP = (
    0x0000_5EFE,
    0x0200_5EFE,
)  # precedes an IPv4 address: https://www.rfc-editor.org/rfc/rfc5214#section-6.1


class Forbidden(Exception):
    """The connection was refused. The message is for the operator and contains no secret."""


@dataclass(frozen=True, slots=True)
class Egress:
    """Allowed `hosts` as `name:port`, and `private` networks that are allowed despite not being public."""

    hosts: frozenset[str]
    private: tuple[Network, ...] = ()

    def place(self, url: str) -> tuple[str, int, bool]:
        """Host, port and whether TLS is used, for a URL with an allowed host and port. Raises Forbidden."""
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            raise Forbidden("the URL cannot be read") from None
        host = (parts.hostname or "").rstrip(".").lower()
        if parts.scheme not in _PORTS or not host:
            raise Forbidden("only https:// is allowed, and http:// to private networks that are listed")
        if parts.username is not None or parts.password is not None:
            raise Forbidden("credentials in the URL are not allowed; use a header with a reference")
        if f"{host}:{port}" not in self.hosts:
            raise Forbidden(f"{host}:{port} is not among the hosts of this tool server")
        if host in _METADATA_HOSTS:
            raise Forbidden(f"{host} is a metadata service")
        return host, port, parts.scheme == "https"

    def pinned(self, addresses: Iterable[str], *, tls: bool) -> str:
        """The address to connect to. Raises Forbidden unless all of them are allowed.

        All are checked, because the name server decides which one a second look-up would return.
        """
        checked = [self._checked(text, tls=tls) for text in addresses]
        if not checked:
            raise Forbidden("the name stands for no address")
        return checked[0]

    def _checked(self, text: str, *, tls: bool) -> str:
        try:
            address = ip_address(text.partition("%")[0])
        except ValueError:
            raise Forbidden("the name stands for no IP address") from None
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        for inner in (mapped,) if mapped is not None else (address, *_inside(address)):
            if inner in _METADATA:
                raise Forbidden(f"{address} is a metadata service")
            listed = any(inner in network for network in self.private if network.version == inner.version)
            if not listed and not _public(inner):
                raise Forbidden(f"{address} is not a public address, and no network of `private` has it")
            if not listed and not tls:
                raise Forbidden("http:// is only allowed to private networks that are listed")
        return str(address)


def _public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        known = not any(address in network for network in _NOT_PUBLIC_4)
    else:
        known = address in _NAT64 or address in _UNICAST
        known = known and not any(address in network for network in _NOT_PUBLIC_6)
    return known and address.is_global and not address.is_multicast


def _inside(address: Address) -> list[IPv4Address]:
    """IPv4 addresses that an IPv6 address leads to: 6to4, Teredo, NAT64 or ISATAP."""
    if not isinstance(address, IPv6Address):
        return []
    found = [address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]
