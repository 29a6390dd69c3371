"""IP and MAC addresses, links, and links that contain credentials."""

import ipaddress
import re

from guardrails.naming import any_of, near
from guardrails.personal.versions import RELEASE, SINCE, VERSION, is_heading, is_listed, is_small, sound
from guardrails.rules import LIKELY, SURE, WEAK, Judged, Rule

# The rest of an OID (a port has more digits) or of a name.
_LONGER = re.compile(rb"\.(?:[0-9]+\.[0-9]|[0-9](?![0-9])|(?!in-addr\.)[a-z][a-z0-9-]*(?![a-z0-9-])(?! ))")
_OTHER_END = re.compile(rb"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}-$")  # of a range: 192.0.2.1-192.0.2.9
_NAMED = re.compile(rb"(?i)(?<![a-z0-9])ip(?:v4)?(?:[_-]?addr(?:ess)?)?[_-]?$")  # ip_192.0.2.1, IP-192.0.2.1
# A program before its version: https://www.rfc-editor.org/rfc/rfc9110#section-10.1.5
_PRODUCT = re.compile(rb"(?:^|[\s(\"';,])[A-Za-z][A-Za-z0-9_.+-]*/$")
_PAIRS = re.compile(rb"(?:[0-9A-Fa-f]{2}:){7}[0-9A-Fa-f]{2}")  # a serial number or a fingerprint
_WORD = re.compile(rb"[A-Za-z0-9_]")

_STUB = re.compile(rb"[0-9A-Fa-f]{1,4}::")  # only the first group of a network; 10,000:: in prose
# A slice with a step: x[1::2].
_STEP = re.compile(rb"(?:[0-9]{0,4}|[A-Za-z])::[0-9]{0,4}")
_INDEXED = re.compile(rb"[A-Za-z0-9_)\]]\[[^\[\]\n]{0,24}$")

IPV4_PATTERN = r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
IPV4_APART_PATTERN = r"\b[0-9]{1,3}(?:[\[({]?\.[\])}]?[0-9]{1,3}){3}\b"
IPV6_PATTERN = r"[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,44}"


def _ipv4(text: bytes, start: int, end: int) -> Judged | None:
    before = text[start - 1 : start] if start else b""
    if _is_piece(text, start, end, before):
        return None
    if before == b":" and _in_ipv6(text, start, end):
        return None
    if before == b"/" and _PRODUCT.search(text, max(0, start - 32), start):
        return None
    if any(int(part) > 255 or len(part) > 1 and part[:1] == b"0" for part in text[start:end].split(b".")):
        return None
    since = max(0, start - SINCE)
    if VERSION.search(text, since, start) or RELEASE.match(text, end) or is_listed(text, since, start, end):
        return None
    if _is_nobody(text, start, end):
        return None
    block = _block(text, start, end, 32)
    if block.end > end:
        return None if _is_plan(text[start : block.end]) else block
    if _HERE.fullmatch(text, start, end):  # loopback, or 0.0.0.0
        return block._replace(score=LIKELY) if _is_meant(text, start, end) else None
    return _weighed(text, start, end)


def _weighed(text: bytes, start: int, end: int) -> Judged | None:
    """Scores one address; WEAK if it resembles a section, or ends in 0 like networks and many versions."""
    if is_small(text[start:end]) and not _is_machine(text, start, end):
        return Judged(start, end, WEAK)
    if not text.startswith(b".0", end - 2) or text.startswith(b"/", end):
        return Judged(start, end, SURE)
    private = _MASKED.match(text, end) and not ipaddress.IPv4Address(text[start:end].decode()).is_global
    return None if private else Judged(start, end, WEAK)


def _is_piece(text: bytes, start: int, end: int, before: bytes) -> bool:
    """Whether four numbers are part of something longer: a name, a phone number, an OID, a heading."""
    if _WORD.match(text, end) or _LONGER.match(text, end) or before == b":" and _is_tag(text, start, end):
        return True
    if is_heading(text, start, end):
        return True
    if not before or not (_WORD.match(before) or before in b".-+"):
        return False
    since = max(0, start - 24)
    return not (_NAMED.search(text, since, start) or before == b"-" and _OTHER_END.search(text, since, start))


_IMAGE = re.compile(rb"[A-Za-z0-9]/[\w.-]+:$")


def _is_tag(text: bytes, start: int, end: int) -> bool:
    """Whether it is a tag of an image (acme/web:1.2.3.4) or a library's version (web:1.2.3.4@aar)."""
    return text[end : end + 1] == b"@" or _IMAGE.search(text, max(0, start - SINCE), start) is not None


# Metadata addresses of clouds:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
_ITSELF = frozenset([b"169.254.169.254", b"169.254.170.2"])
_HERE = re.compile(rb"127\.[0-9.]+|0\.0\.0\.0")
_ROUTE = b"0.0.0.0 0.0.0.0"  # the default route
_WILDCARD = re.compile(rb"0\.(?:[0-9]+\.){2}255")  # an inverted mask
_LISTENS = re.compile(rb":[0-9]{1,5}(?![0-9])|/|[ \t]+localhost\b|[\"']?, ?[\"']?(?:localhost\b|\[?::1\b|\.)")
_HOST = re.compile(  # an option of a command or a setting in a file
    rb"(?i)(?: --?[a-z][a-z-]*[ =]|(?<!local)(?:host|bind|listen|addr|address|server|url)[\"']?"
    rb"(?:[ \t]*[:=][ \t]*|[ \t])|localhost[\"']?,|:[0-9]{2,5}:)[ ]?[\"'\[]?$"
)


def _is_nobody(text: bytes, start: int, end: int) -> bool:
    """Whether it identifies no one: masks, multicast, loopback with a port, cloud metadata, OIDs.

    https://www.rfc-editor.org/rfc/rfc5280#appendix-A.2
    """
    here = _HERE.fullmatch(text, start, end)
    listens = here and (_LISTENS.match(text, end) or _HOST.search(text, max(0, start - 24), start))
    return (
        bool(listens)
        or text[start:end] in _ITSELF
        or _ROUTE in (text[start : end + 8], text[max(0, start - 8) : end])
        or text.startswith((b"255.", b"239.255.", b"224.0.0.", b"2.5.4.", b"2.5.29.", b"1.3.101."), start)
        or _WILDCARD.fullmatch(text, start, end) is not None
    )


def _is_meant(text: bytes, start: int, end: int) -> bool:
    """Whether a loopback or unspecified address is called an IP, or is the whole text, but for a label."""
    return near(_ADDRESS, text, start, end) or end == len(text) and bool(_LABEL.fullmatch(text, 0, start))


def _is_machine(text: bytes, start: int, end: int) -> bool:
    """Whether the context says that four numbers are a machine's address rather than a section."""
    if _REACHED.search(text, max(0, start - 8), start) or _SERVED.match(text, end):
        return True
    return near(_MACHINES, text, start, end)


def _is_plan(block: bytes) -> bool:
    """Whether it is a whole private network, or a provider's: an address plan, which identifies no one.

    Not for IPv6, where a prefix identifies one household.
    """
    try:
        network = ipaddress.IPv4Network(block.decode("latin-1"))
    except ValueError:  # a host address with its network's prefix length
        return False
    length = network.prefixlen
    return length < 32 and (network.is_multicast or not network.is_global or length <= _PROVIDERS)


_PROVIDERS = 22  # prefix length up to which a network is larger than any household's


# Text directly before and after four numbers that shows them to be an address.
_REACHED = re.compile(rb"(?i)(?:://|[@=]|\n|\A|\b(?:from|by|via) )$")
_SERVED = re.compile(rb":[0-9]{2,5}(?![0-9])|/[a-z]|[ \t]+- ")
_LABEL = re.compile(rb"(?:[A-Za-z]{1,16}:? )?")
_ADDRESS = any_of(("ip", "ips", "ipv4", "ipv6"))
_MACHINES = any_of(
    (
        "ip|ips|ipv4|address|addresses|addr|host|hosts|server|servers|client|peer|node|gateway|"
        "router|dns|resolver|nameserver|proxy|vpn|firewall|subnet|network|source|src|dst|destination|"
        "remote|upstream|ping|ssh|curl|wget|traceroute|nmap|telnet|connect|connected|connection|"
        "login|logged|session|received|ban|banned|block|blocked|unban|whitelist|deny|permit|traffic|"
        "visitor|attacker|lease|dhcp|bind|listen|target|endpoint|nat|adresse|serveur|servidor|"
        "dirección|indirizzo|endereço|adres"
    ).split("|")
)
_MASKED = re.compile(rb" (?:netmask |mask )?(?:255\.|0\.[0-9]{1,3}\.[0-9]{1,3}\.255)")
_PREFIX = re.compile(rb"/([0-9]{1,3})(?![0-9])")


def _block(text: bytes, start: int, end: int, most: int) -> Judged:
    """An address, with its prefix length if a whole block is meant."""
    found = _PREFIX.match(text, end)
    return Judged(start, found.end() if found and int(found[1]) <= most else end, SURE)


_HEX = re.compile(rb"[0-9A-Za-z:]*$")


def _in_ipv6(text: bytes, start: int, end: int) -> bool:
    """Whether it is the end of an IPv6 address, judging by the text before it."""
    found = _HEX.search(text, max(0, start - 40), start)
    head = b"" if found is None else found[0]
    return b"::" in head and not _WORD.match(head) or sound(head + text[start:end])


_RANGED = re.compile(rb"[0-9A-Fa-f]*:[0-9A-Fa-f:.]*-$|(?:\A|[^0-9A-Za-z])-$")


def _is_ranged(text: bytes, start: int) -> bool:
    """Whether the hyphen before it is that of a range or an option, unlike arn:aws:iot:us-east-2::topic."""
    return _RANGED.search(text, max(0, start - 48), start) is not None


def _ipv6(text: bytes, start: int, end: int) -> Judged | None:
    before = text[start - 1 : start] if start else b""
    if before and (_WORD.match(before) or before in b":." or before == b"-" and not _is_ranged(text, start)):
        return None
    while end > start and text[end - 1 : end] == b".":
        end -= 1
    after = text[end : end + 1]
    if after and (_WORD.match(after) or after == b":"):
        return None
    address = text[start:end]
    if _STUB.fullmatch(address) and not _PREFIX.match(text, end):
        return None
    if _STEP.fullmatch(address) and _INDEXED.search(text, max(0, start - 32), start):
        return None
    if _GROUP.fullmatch(address) or address == b"::1" and _is_itself(text, start, end):
        return None
    if address in (b"::", b"::0"):
        if before.strip() or not _ENDED.match(text, end):
            return None
        return Judged(start, end, LIKELY if _is_meant(text, start, end) else WEAK)
    if not any(48 <= letter <= 57 for letter in address) or not sound(address) or _PAIRS.fullmatch(address):
        return None
    block = _block(text, start, end, 128)
    length = int(text[end + 1 : block.end] or b"64")
    plan = _HOUSEHOLD < length or address.lower() == b"fe80::"  # link-local
    private = address[:2].lower() in (b"fc", b"fd") and block.end > end and address.endswith(b"::")
    return (
        None
        if private or length < _PROVIDER or plan and block.end > end and address.endswith(b"::")
        else block
    )


def _is_itself(text: bytes, start: int, end: int) -> bool:
    """Whether `::1` has a port, is in a hosts file, or is not called an address."""
    if _ALONE.match(text, end) or b"127.0.0.1" in text[max(0, start - 16) : start]:
        return True
    listens = text[end : end + 1] == b"]" and _LISTENS.match(text, end + 1)
    return bool(listens) or not _is_meant(text, start, _block(text, start, end, 128).end)


_ALONE = re.compile(rb"(?:/128)?[ \t]+(?:scope|localhost|ip6-)")  # the rest of a hosts file's entry
# Multicast: https://www.rfc-editor.org/rfc/rfc4291#section-2.7
_GROUP = re.compile(rb"(?i)ff[0-3][0-9a-f](?::[0-9a-f]{1,4})?(?:::|:(?:0{1,4}:){3,6})[0-9a-f:]{1,9}")
_HOUSEHOLD = 64  # prefix length of one household; a longer one is part of an address plan
_PROVIDER = 32  # a shorter prefix belongs to a registry, not to a holder


# What may follow the unspecified address: https://www.rfc-editor.org/rfc/rfc4291#section-2.5.2
# In languages such as Haskell, `::` precedes a type.
_ENDED = re.compile(rb"[.,;)]|\s*(?:\Z|\0)")


def _apart(text: bytes, start: int, end: int) -> Judged | None:
    """A defanged address: 192[.]0[.]2[.]1."""
    address = _BRACKETS.sub(b"", text[start:end])
    apart = len(address) < end - start
    return Judged(start, end, SURE) if apart and _ipv4(address, 0, len(address)) else None


_BRACKETS = re.compile(rb"[\[\](){}]")
_IP = ("ip", "ips", "ipv4", "ipv6", "address", "host", "localhost", "server", "deny", "permit")


def _is_version(heading: bytes) -> bool:
    """Whether a heading says that its column contains versions."""
    return VERSION.search(heading + b": ") is not None


IPV4 = Rule("IP", (IPV4_PATTERN,), _ipv4, _IP, priority=40, unlike=_is_version)
IPV4_APART = Rule("IP", (IPV4_APART_PATTERN,), _apart, _IP, priority=40)
IPV6 = Rule("IP", (IPV6_PATTERN,), _ipv6, _IP, priority=41)

_PAIR = "[0-9A-Fa-f]{2}"
MAC_PATTERNS = (
    rf"\b(?:{_PAIR}:){{5}}{_PAIR}\b",
    rf"\b(?:{_PAIR}-){{5}}{_PAIR}\b",
    r"\b[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\b",
)


def _mac(text: bytes, start: int, end: int) -> Judged | None:
    raw = text[start:end]
    joint = raw[2:3] if raw[2:3] in (b":", b"-") else raw[4:5]
    digits = raw.replace(joint, b"").lower()
    near = (text[start - 1 : start] if start else b"", text[end : end + 1])
    if joint in near or set(digits) in ({48}, {102}):
        return None
    # Without letters it may also be a time (26-01-02-10-22-33) or a number.
    return Judged(start, end, WEAK if joint != b":" and digits.isdigit() else SURE)


_MAC = ("mac", "mac address", "macaddress", "macaddr", "hwaddr", "ether", "bssid", "hardware address")
MAC = Rule("MAC", MAC_PATTERNS, _mac, _MAC, priority=42)
_MAC_WORDS = any_of(_MAC)


_ID_BEFORE = re.compile(rb"[0-9A-Fa-f]{4}-$")  # the rest of a UUID before its last group


def _named_mac(text: bytes, start: int, end: int) -> Judged | None:
    """Twelve hex digits in a row, or in pairs that may lack a zero, may be anything: a word is required."""
    nobody = len(set(text[start:end].lower()) - set(b": ")) < 2  # broadcast or null
    if text[start:end].isdigit() or _ID_BEFORE.search(text, max(0, start - 5), start):
        return None  # one MAC address in 300 has no letter
    return Judged(start, end, LIKELY) if not nobody and near(_MAC_WORDS, text, start, end) else None


MAC_NAMED = Rule(
    "MAC",
    (
        r"\b[0-9A-Fa-f]{12}\b",
        rf"\b(?:{_PAIR} ){{5}}{_PAIR}\b",
        r"\b(?:[0-9A-Fa-f]{1,2}:){5}[0-9A-Fa-f]{1,2}\b",
    ),
    _named_mac,
    priority=41,
    heads=_MAC,
)

URL_CREDENTIALS_PATTERN = r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@\"'<>]*:[^\s/@\"'<>]+@[^\s\"'<>]+"
# Placeholders for a password.
_HIDDEN = re.compile(rb":(?:\$\{?[A-Z_a-z]+\}?|\*+|<[^>]*>|\{\{.*?\}\}|\{[A-Za-z_.]+\}|\[[^\]]*\]|x{3,})@")
# A generic password, or the user's name repeated, is one if the host is a name in one's own network.
_USUAL = re.compile(rb"(?i)//([^:/@\s]*):(?:password|passwd|pass|secret|pwd|\1)@[^.\s/:]+(?:$|[/:\s])")


def _url_credentials(text: bytes, start: int, end: int) -> Judged | None:
    if _HIDDEN.search(text, start, end) or _USUAL.search(text, start, end):
        return None
    return _trimmed(text, start, end)


def _trimmed(text: bytes, start: int, end: int) -> Judged:
    """The link without punctuation that ends the sentence."""
    while end > start + 1 and text[end - 1] in b".,;:!?)]}'\"":
        if text[end - 1] == 0x29 and text.count(b"(", start, end) >= text.count(b")", start, end):
            break
        end -= 1
    return Judged(start, end, SURE)


URL_CREDENTIALS = Rule("URL_CREDENTIALS", (URL_CREDENTIALS_PATTERN,), _url_credentials, priority=70)

TLD = (
    "com|org|net|edu|gov|mil|int|info|biz|name|pro|app|dev|io|ai|co|site|online|shop|store|tech|xyz|cloud|me|tv|"
    "us|uk|ca|au|nz|ie|de|at|ch|fr|be|nl|lu|es|pt|it|gr|cy|mt|dk|se|no|fi|is|pl|cz|sk|hu|ro|bg|hr|si|rs|ee|lv|lt|"
    "ru|ua|by|tr|il|in|cn|jp|kr|tw|hk|sg|th|vn|id|my|ph|br|mx|ar|cl|pe|uy|za|ng|ke|eg|ma|ae|sa|qa|eu|example"
)
URL_PATTERNS = (
    r"\b(?i:https?|s?ftps?|wss?)://[^\s\"'<>]{3,}",
    rf"\b(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.){{1,6}}(?:{TLD})\b(?:/[^\s\"'<>]*)?",
)


def _url(text: bytes, start: int, end: int) -> Judged | None:
    before = text[start - 1 : start] if start else b""
    if before and before in b"@./-_" and b"://" not in text[start:end]:
        return None
    return _trimmed(text, start, end)


URL = Rule("URL", URL_PATTERNS, _url, priority=10)
