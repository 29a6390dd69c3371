"""Where tools may connect to: decided for the URL, then for every address that its name stands for."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_PORTS = {"https": 443, "http": 80}
# Cloud machines tell their own credentials here; no operator wants a model to read them.
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
# What Python's own table of its version does not know, by https://www.iana.org/assignments/iana-ipv6-special-registry:
# IPv4 addresses in another dress, local NAT64, documentation, segment routing.
_NOT_PUBLIC = tuple(map(IPv6Network, ["::/96", "64:ff9b:1::/48", "3fff::/20", "5f00::/16"]))


class Forbidden(Exception):
    """Nothing was connected. The message is for the operator and holds no secret."""


@dataclass(frozen=True, slots=True)
class Egress:
    """`hosts` as `name:port` that may be reached, and `private` networks that may be, which else are not."""

    hosts: frozenset[str]
    private: tuple[Network, ...] = ()

    def place(self, url: str) -> tuple[str, int, bool]:
        """Host, port and whether by TLS, for a URL whose name and port are allowed. Raises Forbidden."""
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
        """The address to connect to. Raises Forbidden unless every one of them may be reached.

        All are checked, since which of them a second look-up would give is the name server's choice.
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
    if isinstance(address, IPv6Address):
        if address.is_site_local or any(address in network for network in _NOT_PUBLIC):
            return False
    return address.is_global and not address.is_multicast


def _inside(address: Address) -> list[IPv4Address]:
    """IPv4 addresses that an IPv6 one leads to, by whatever way."""
    if not isinstance(address, IPv6Address):
        return []
    found = [address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]
