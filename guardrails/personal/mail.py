"""Email addresses, including obfuscated ones."""

import re
import unicodedata
from itertools import takewhile

from guardrails.naming import any_of, near
from guardrails.personal.network import TLD
from guardrails.rules import LIKELY, SURE, WEAK, Judged, Rule

# Suffixes after a dot that are not top-level domains: systemd units, files.
_UNITS = b"service socket timer target mount slice scope path swap device"
_FILES = b"json yaml yml toml js ts tsx jsx lock txt log conf cfg xml html css png jpg svg jar dll exe"
_MORE_FILES = b"tar gz tgz whl sql proto go rb java"
_NO_DOMAIN = frozenset(b" ".join((_UNITS, _FILES, _MORE_FILES)).split())
# Suffixes of files named after an address: `ann@acme.com.pdf`.
_NAMED = _NO_DOMAIN - frozenset(_UNITS.split()) | frozenset(b"pdf eml csv docx xlsx ics vcf msg".split())
# Suffixes that are also top-level domains; files only if a version, or an image's size, precedes them.
_EITHER = frozenset(b"py md so rs zip".split())
_VERSION = re.compile(rb"v?[0-9]+[.x]")
# A login is not an email address: a command, options with their values, at most one file.
_COMMANDS = (b"ssh", b"scp", b"rsync", b"sftp", b"ssh-copy-id", b"git clone", b"docker pull")
_LOGIN = re.compile(
    # The lookbehind follows the command, so that the search can start from its first letter.
    b"(?:" + b"|".join(rb"%b(?<![\w-]%b)" % (each, each) for each in _COMMANDS) + b")"
    rb"(?: +-[\w-]+(?:[ =](?!-)[\w./~:=-]+)?)*"
    rb"(?: +(?:[\w-]*[./~*][\w./~*-]*|(?P<word>\w{1,16})))?(?: +-[\w-]+)* +[\"']?$"
)
# Ids of messages and appointments look alike: https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4
_MESSAGE = re.compile(
    rb"(?i:(?:message|content)-id|in-reply-to|references)[\"']?[ \t]*[:=][ \t]*[\"']?<$|(?:\A|\n)UID:$"
)
_MACHINES = (b".gserviceaccount.com",)  # domains of programs' addresses
_WIDE_AT = re.compile(rb"\xef\xbc\xa0|\xef\xb9\xab")
_USER = re.compile(rb"[A-Za-z]://[^\s/@]*:[^\s/@]*$")  # a link's user and the beginning of its password
_ENDS = frozenset(TLD.encode().split(b"|"))
_LETTERS = re.compile(rb"[A-Za-z]{2,24}$")
_MAIL_WORDS = ("email", "e-mail", "mail", "mailbox", "contact", "reach", "write", "courriel", "correo")
_MAIL = any_of(_MAIL_WORDS)
_MARKED = re.compile(rb"(?i)[0-9_.]| dot [^@]{1,80} at | underscore ")  # a name that is not a word

_LOCAL = r"[A-Za-z0-9_\x80-\xff][A-Za-z0-9_\x80-\xff.%+'&=~!#$*/?^{|}`-]{0,63}"
_AT = r"(?:@|\xef\xbc\xa0|\xef\xb9\xab)"  # including the full-width and small forms
EMAIL_PATTERN = (
    rf"{_LOCAL}{_AT}"
    r"(?:[A-Za-z0-9\x80-\xff](?:[A-Za-z0-9\x80-\xff-]{0,61}[A-Za-z0-9\x80-\xff])?\.){1,8}"
    r"(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z\x80-\xff]{2,24})"
)
# Addresses written so as to hide them from machines.
_LABEL = "[A-Za-z0-9][A-Za-z0-9-]{0,62}"
_NAME = r"\b[A-Za-z0-9_][A-Za-z0-9_.%+-]{0,63}"
_REST = "[A-Za-z0-9_%+-]{1,63}"
_SAID_AT = r" ?(?:[\[({<] ?(?i:at|@|arroba|chez|bei) ?[\])}>]|(?i:-at-|_at_|&#64;|&#x40;|&commat;)) ?"
_SAID_DOT = r"(?: ?[\[({<] ?(?i:dot|punkt|punto|point|ponto|\.) ?[\])}>] ?|(?i:-dot-|_dot_))"
HIDDEN_PATTERNS = (
    rf"{_NAME}(?:{_SAID_DOT}{_REST}){{0,3}}{_SAID_AT}"
    rf"{_LABEL}(?:(?:\.|{_SAID_DOT}| (?i:dot) ){_LABEL}){{1,4}}\b",
    rf"{_NAME} ?@ ?{_LABEL}(?:(?:\.|{_SAID_DOT}){_LABEL}){{0,3}}{_SAID_DOT}{_LABEL}\b",
)
SPOKEN_PATTERN = (
    rf"{_NAME}(?: (?i:dot|underscore|dash) {_REST}){{0,3}} (?i:at) {_LABEL}(?: (?i:dot) {_LABEL}){{1,4}}\b"
)
# In a link: https://www.rfc-editor.org/rfc/rfc3986#section-2.1
ENCODED_PATTERN = rf"\b[A-Za-z0-9][A-Za-z0-9_.+-]{{0,63}}%40(?:{_LABEL}\.){{1,4}}[A-Za-z]{{2,24}}\b"
SPACED_PATTERN = rf"{_NAME}(?: ?\. ?{_REST}){{0,3}} @ {_LABEL}(?: ?\. ?{_LABEL}){{1,4}}\b"


def _email(text: bytes, start: int, end: int) -> Judged | None:
    bare = _bare(text, start, end)
    if bare is None:
        return None
    start, end = bare
    local, _, domain = _WIDE_AT.sub(b"@", text[start:end]).partition(b"@")
    before, _, last = domain.lower().rpartition(b".")
    if last in _NAMED and before.rpartition(b".")[2] in _ENDS and b"." in before:
        domain, end = before, end - len(last) - 1
    elif last in _NO_DOMAIN or last in _EITHER and _VERSION.match(domain):
        return None
    if domain.endswith(_MACHINES):
        return None
    path = text[end : end + 1] == b":"
    if local == b"git" or path and _is_path(text, end + 1):
        return None  # git@github.com:acme/site.git
    since = max(0, start - 80)
    linked = text.find(b"://", since, start) >= 0  # cheap to check, and rare
    if text[end : end + 1] == b"@" or linked and _USER.search(text, since, start):
        return None
    if _MESSAGE.search(text, max(0, start - 24), start):
        return None
    login = _LOGIN.search(text, since, start)
    if login and (path or login["word"] is None):
        return None  # a word may precede it in `scp x me@host:y`, but not in `ssh key me@host`
    return Judged(start, end, SURE)


# In a local part `/`, `?`, `&`, `|` and `=` are allowed but unused; they separate it from what surrounds it.
# But a list that writes to ann@acme.com may do so from bounces+ann=acme.com@list.example.
_JOINTS = re.compile(r".*[/?&|]", re.DOTALL)
_KEY = re.compile(r"\A[^+]*=")
# In scripts without spaces, the words before an address touch it.
_UNSPACED = re.compile(
    r".*[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff](?=[!-~]+$)", re.DOTALL
)
# So do the words after it: no top-level domain mixes scripts.
_TOP = re.compile(r"\.[A-Za-z]{2,24}(?=[^\x00-\u036f])")


_HOST = re.compile(r".+\.(?:[A-Za-z]|[^\x00-\x7f]){2,}", re.DOTALL)
_SIGNS = ".%+'&=~!#$*/?^{|}`-"
_SIMPLE = re.compile(rb"[A-Za-z0-9_][A-Za-z0-9_.+-]*@[A-Za-z0-9.-]+")


def _bare(text: bytes, start: int, end: int) -> tuple[int, int] | None:
    """The address without adjacent text that the pattern also matches; None if no address is left."""
    if _SIMPLE.fullmatch(text, start, end):
        return start, end
    said = text[start:end].decode("utf-8", "replace")
    at = max(map(said.find, "@＠﹫"))
    name, host = said[:at], said[at + 1 :]
    if not said.isascii():
        name = _UNSPACED.sub("", _worded(name[::-1])[::-1])
        host = _worded(host)
        top = _TOP.search(host)
        host = host[: top.end()] if top else host
        if not _HOST.match(host):
            return None
    name = _KEY.sub("", _JOINTS.sub("", name), count=1).lstrip(_SIGNS)
    if not name:
        return None  # medium.com/@ann.lee
    first = start + len(said[: at - len(name)].encode())
    return first, first + len((name + said[at] + host).encode())


def _worded(said: str) -> str:
    """The part before the first non-ASCII punctuation or space."""
    return "".join(takewhile(lambda each: each.isascii() or unicodedata.category(each)[0] in "LMN", said))


def _hidden_email(text: bytes, start: int, end: int) -> Judged | None:
    """An obfuscated address: it must end in a known top-level domain."""
    last = _LETTERS.search(text, start, end)
    known = last is not None and last[0].lower() in _ENDS
    return Judged(start, end, LIKELY) if known else None


def _spoken_email(text: bytes, start: int, end: int) -> Judged | None:
    """An address in words, which needs further evidence, because "at" and "dot" may mean something else."""
    found = _hidden_email(text, start, end)
    meant = found and (_MARKED.search(text, start, end) or near(_MAIL, text, start, end))
    return found if meant else None


def _spaced_email(text: bytes, start: int, end: int) -> Judged | None:
    found = _hidden_email(text, start, end)
    return found and found._replace(score=WEAK)


def _is_path(text: bytes, at: int) -> bool:
    return text[at : at + 1] in (b"/", b"~") or b"/" in text[at : at + 40].split(maxsplit=1)[:1][0:1]


EMAIL = Rule("EMAIL", (EMAIL_PATTERN,), _email, priority=60)
EMAIL_HIDDEN = Rule("EMAIL", (*HIDDEN_PATTERNS, ENCODED_PATTERN), _hidden_email, priority=58)
EMAIL_SPOKEN = Rule("EMAIL", (SPOKEN_PATTERN,), _spoken_email, priority=57)
EMAIL_SPACED = Rule("EMAIL", (SPACED_PATTERN,), _spaced_email, _MAIL_WORDS, priority=57)
EMAILS = (EMAIL, EMAIL_HIDDEN, EMAIL_SPOKEN, EMAIL_SPACED)
