"""Whether four numbers are a program's version, or a section number, rather than an IPv4 address."""

import ipaddress
import re

VERSION = re.compile(
    rb"(?i)(?:(?:\bv|versi(?:on[ei]?|\xc3\xb3n|e)(?:[_-]?(?:name|code|string|no|number))?|vers\xc3\xa3o|wersj[aeiy]|"
    rb"release|build|upgraded? to|\bver\.|\brev\.?|revision|firmware|chapter|section|"
    # In Russian and Chinese.
    rb"\xd0\xb2\xd0\xb5\xd1\x80\xd1\x81\xd0\xb8(?:\xd1\x8f|\xd0\xb8)|\xe7\x89\x88\xe6\x9c\xac|"
    rb"\xc2\xa7|annex|appendix|\bwbs|\bch\.|\bstep|\breq|abschnitt|kapitel|ziffer|chapitre|cap\xc3\xadtulo|secci\xc3\xb3n|clause|paragraph|figure|table|"
    rb"\bec|\boid|asn\.1|driver|\b[fhs]w|\brfc [0-9]{1,5},?|"
    # A version that is repeated, or changes to another.
    rb"\b(?:versions?|v|releases?|upgrad\w*|downgrad\w*|bump\w*|pin|pinned) "
    rb"(?:(?:was|is|are|has|been|replaced by|to|from|path|and|or|vs\.?|"
    rb"v?[0-9][\w.+-]*,?|-+>|\xe2\x86\x92)[ :]{1,2}){0,6}|"
    rb"\b(?:upgrad|downgrad|updat|bump)\w* [\w-]{1,24} (?:from|to)|"
    # In a list of versioned things: `plugins: foo (1.2.5.9), bar (3.1.7.1)`.
    rb"\b(?:plug-?ins?|packages?|modules?|gems?|extensions?|dependencies|libraries|add-?ons?)[\"']?[ :=]{1,3}"
    rb"(?:[\w.-]+ [(\[]?v?[0-9][\w.+-]*[)\]]?,? ){0,6}[\w.-]+|"
    # Products with four-part versions.
    rb"\b(?:chrom(?:e|ium)|edge|opera|windows|wsl|oracle|db2|tomcat|jetty|rails|java|jdk|jre|\.net|bios|uefi|"
    rb"powershell|exchange|sdk|nuget|plugin|package|bootloader|baseband|modem|supports|requires|"
    rb"jackson[\w-]*|hotfix|acrobat|doi))[\"'\\]{0,4}[ :=>(\[]{0,3}[\"'\\]{0,4}|[=<>~!]=[ ]?|(?:~>|\^) ?)$"
)
SINCE = 64  # bytes before a number that are searched for such words
RELEASE = re.compile(
    rb"(?i)(?: (?:\(eol|build|through|releases?|released (?:on|in|last|today|with)|"
    rb"patch(?:set)?|installed|or (?:later|newer|higher|above))"
    rb"|[-+.](?:alpha|beta|rc|snapshot|preview|dev|slim|alpine|debian|ubuntu|jre|jdk|final|ga|pre|post|hotfix)[0-9.]{0,4})\b"
)

_PLACES = (
    rb"(?:at|from|to|on|via|and|gateway|peer|node|client|source|upstream|with|ip|ips|ipv4|address|host|"
    rb"server)\b"
)
# The preceding items in a list of versions: `openssl 3.0.13, sqlite 3.45.1.0, `.
_LISTED = re.compile(
    rb"(?i)(?<![0-9.])(?:v?[0-9]+(?:\.[0-9]+){1,3}[\w.+-]*(?:[,;]| and|, and) "
    rb"(?!" + _PLACES + rb")"
    rb"[a-z][\w+-]{0,24} ){1,4}$"
)
# Without a comma, the item needs three numbers and a name: `CUDA 12.6.2 cuDNN 9.6.0.26`.
_BESIDE = re.compile(
    rb"(?i)(?:\A|[\s(,;])[a-z][\w+-]{1,24} v?[0-9]+\.[0-9]+\.[0-9]+(?:[a-z+-][\w.+-]*)? "
    rb"(?!" + _PLACES + rb")[a-z][\w+-]{1,24} $"
)
_NAME = re.compile(rb"(?i)(?:\A|[\s(,;])(?!" + _PLACES + rb")[a-z][\w+-]{1,24} v?$")
_NEXT = re.compile(rb"[,;] [A-Za-z][\w+-]{0,24} v?[0-9]+(?:\.[0-9]+){1,2}(?![.0-9])")
_ITEM = re.compile(rb"(?:\A| )v?([0-9]+\.[\w.+-]*)")


def is_listed(text: bytes, since: int, start: int, end: int) -> bool:
    """Whether it is in a list of versions, not all of which could be addresses, and not a private address."""
    found = _LISTED.search(text, since, start)
    listed = found is not None and not all(map(sound, _ITEM.findall(found[0])))
    listed = listed or _BESIDE.search(text, since, start) is not None
    if not listed and not (_NEXT.match(text, end) and _NAME.search(text, since, start)):
        return False
    return ipaddress.IPv4Address(text[start:end].decode()).is_global


def sound(address: bytes) -> bool:
    """Whether it is a valid IP address, v4 or v6."""
    try:
        ipaddress.ip_address(address.decode("latin-1"))
    except ValueError:
        return False
    return True


# A numbered section heading: `## 24.6.1.1. Menus`.
_TITLED, _TITLE = re.compile(rb"(?:(?:\A|\n)#{1,6} |<h[1-6]>)$"), re.compile(rb"\. [A-Z]")


def is_heading(text: bytes, start: int, end: int) -> bool:
    """Whether the numbers begin a Markdown or HTML heading."""
    return _TITLE.match(text, end) is not None and _TITLED.search(text, max(0, start - 8), start) is not None


_SMALL = re.compile(rb"(?!10\.)(?:[12]?[0-9]|3[01])(?:\.(?:[12]?[0-9]|3[01])){3}")
_REPEATED = re.compile(rb"([2-9])(?:\.\1){3}|8\.8\.4\.4")  # well-known resolvers


def is_small(address: bytes) -> bool:
    """Whether all four numbers are so small that a section or version is far more likely.

    One in three thousand public addresses is like that, but most section numbers of standards are.
    """
    return _SMALL.fullmatch(address) is not None and _REPEATED.fullmatch(address) is None
