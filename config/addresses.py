"""Validates text that is sent over the network: addresses, headers, credentials, names."""

import re
from decimal import Decimal
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from config.errors import Unfit, did_you_mean

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_TOOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_MODEL = re.compile(r"[!-~]{1,200}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\.?")
# Framing belongs to the connection: a second framing header would allow request smuggling.
_FRAMING = frozenset(
    [
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "keep-alive",
    ]
)
_DATABASES = ("sqlite", "postgresql", "postgres", "sqlite+aiosqlite", "postgresql+asyncpg")
_REDIS = ("redis", "rediss", "unix")


def text_line(value: object) -> str:
    """Printable text on one line; numbers are accepted and become text."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise Unfit("text", "Quote it to make it text." if isinstance(value, bool) else "")
    line = value.strip()
    if not line or not line.isprintable() or len(line) > 4096:
        raise Unfit("printable text on one line, at most 4096 characters")
    return line


def credential(value: object) -> str:
    """An API key: visible ASCII only, because it is sent in a header."""
    key = text_line(value)
    if not key.isascii() or " " in key:
        raise Unfit("a key of visible ASCII characters", "Is there a space or a line break in it?")
    return key


def header_name(value: str) -> str:
    """A header name in lower case; headers that frame a request are refused."""
    name = value.lower()
    if not _HEADER.fullmatch(name):
        raise Unfit("a header name of letters, digits and dashes")
    if name in _FRAMING:
        raise Unfit("a header that does not frame the request", "The gateway writes this one itself.")
    return name


def header_value(value: object) -> str:
    """A header's value: one line of ASCII."""
    line = text_line(value)
    if not line.isascii():
        raise Unfit("a header value of ASCII characters")
    return line


def plain_name(value: str) -> str:
    """A vendor's name: the part of a target before the first slash."""
    if not _NAME.fullmatch(value):
        raise Unfit("a name of letters, digits, dots, dashes and underscores, at most 100")
    return value


def tool_name(value: object) -> str:
    """A tool's name, without `__`: in the names that models see, that separates server and tool."""
    name = text_line(value)
    if not _TOOL.fullmatch(name) or "__" in name:
        raise Unfit("a name of letters, digits, single underscores and dashes, at most 40")
    return name


def agent_name(value: object) -> str:
    """An agent's name, optionally with `@LABEL` for another version of the same agent."""
    name = text_line(value)
    short, at, label = name.partition("@")
    try:
        tool_name(short)
        if at:
            tool_name(label)
    except Unfit:
        raise Unfit("NAME or NAME@LABEL, each of letters, digits, single underscores and dashes") from None
    return name


def model_name(value: object) -> str:
    """A model's name as callers and vendors write it, or a pattern that ends in `*`."""
    name = text_line(value)
    if not _MODEL.fullmatch(name):
        raise Unfit("a model name of visible ASCII characters without spaces, at most 200")
    if "*" in name[:-1]:
        raise Unfit("a model name, with `*` only at its end")
    return name


def http_url(value: object) -> str:
    """An http or https URL without user, query or fragment; a trailing slash is removed."""
    allowed = 'an address such as "https://api.example.com/v1"'
    address = text_line(value)
    if "://" not in address:
        raise Unfit(allowed, f'Did you mean "https://{address}"?' if _HOST.match(address) else "")
    parts = _split(address, allowed)
    if parts.scheme not in ("http", "https"):
        raise Unfit(allowed, did_you_mean(parts.scheme, ["https", "http"]))
    if "?" in address or "#" in address:
        raise Unfit(f"{allowed}, without a query", "The API version has a setting of its own: api_version.")
    return address.rstrip("/")


def proxy_url(value: object) -> str:
    """The URL of an http proxy, including its port."""
    allowed = 'an address such as "http://proxy.example.com:3128"'
    address = text_line(value).rstrip("/")
    parts = _split(address, allowed)
    if parts.scheme != "http" or not parts.port or parts.path or parts.query or parts.fragment:
        raise Unfit(allowed)
    return address


def browser_origin(value: object) -> str:
    """A CORS origin (scheme and host), or `*`."""
    allowed = '"*", or an origin such as "https://app.example.com"'
    address = text_line(value).rstrip("/")
    if address == "*":
        return address
    parts = _split(address, allowed)
    if parts.scheme not in ("http", "https") or parts.path or parts.query or parts.fragment:
        raise Unfit(allowed)
    return address.lower()


def listen_host(value: object) -> str:
    """A host name or IP address to listen on."""
    address = text_line(value)
    if not _is_host(address):
        raise Unfit('an address to listen on, such as "127.0.0.1", "0.0.0.0" or "::"')
    return address


def database_url(value: object) -> str:
    """The URL of a PostgreSQL or SQLite database."""
    address = text_line(value)
    scheme = address.partition("://")[0]
    if "://" not in address or scheme not in _DATABASES:
        allowed = '"sqlite:///path/to/file.db" or "postgresql://user:password@host/database"'
        raise Unfit(allowed, did_you_mean(scheme, _DATABASES))
    _check_port("//" + address.partition("://")[2].rpartition("@")[2])  # a password may contain any character
    return address


def redis_url(value: object) -> str:
    """The URL of a Redis or Valkey server."""
    address = text_line(value)
    scheme, mark, rest = address.partition("://")
    if not mark or not rest or scheme not in _REDIS:
        allowed = '"redis://user:password@host:6379/0", rediss:// for TLS, or unix:///path/to/socket'
        raise Unfit(allowed, did_you_mean(scheme, _REDIS))
    _check_port(address)
    number = urlsplit(address).path.strip("/")
    if scheme != "unix" and not (number.isdecimal() or not number):  # the Redis client would take it for 0
        raise Unfit("a number of a database after the host, such as redis://host:6379/0")
    return address


def _check_port(address: str) -> None:
    try:
        _ = urlsplit(address).port
    except ValueError as error:
        hint = "In a password write `/` as %2F, `#` as %23, `?` as %3F, `@` as %40 and `%` as %25."
        raise Unfit("an address whose port is a number", hint) from error


def _split(address: str, allowed: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        user, host, _ = parts.username, parts.hostname or "", parts.port
    except ValueError as error:  # an invalid port, or unbalanced brackets
        raise Unfit(allowed) from error
    if user is not None:
        raise Unfit(f"{allowed}, without a user or password", "A key belongs into api_key.")
    if (
        any(character in ' "<>\\^`{|}' for character in address)
        or not address.isascii()
        or not _is_host(host)
    ):
        raise Unfit(allowed)
    return parts


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            return ip_address(host).version == 6
        except ValueError:
            return False
    return _HOST.fullmatch(host) is not None and ".." not in host
