"""The forms of credentials: their prefixes, lengths and randomness."""

import base64
import math
import re
from collections import Counter
from collections.abc import Iterable

from guardrails.rules import LIKELY, SURE, Judge, Judged, Rule

_ALNUM, _WORD, _HEX, _BASE64 = "[A-Za-z0-9]", r"[A-Za-z0-9_-]", "[0-9a-fA-F]", "[A-Za-z0-9+/=_-]"

# Prefixes of credentials, the characters that follow, and their minimum number, as issuers publish them, e.g.
# https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns
_PREFIXED: tuple[tuple[str, str, int], ...] = (
    (r"sk-ant-[a-z0-9]{3,10}-", _WORD, 32),
    (r"sk-(?:proj|svcacct|admin|or-v1|lf|sb)-", _WORD, 24),
    (r"sk-", _ALNUM, 32),
    (r"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)", "[A-Z2-7]", 16),
    (r"ABSK", _BASE64, 100),
    (r"AIza", _WORD, 35),
    (r"AQ\.Ab", _WORD, 40),
    (r"ya29\.", _WORD, 30),
    (r"GOCSPX-", _WORD, 20),
    (r"gh[pousr]_", _ALNUM, 36),
    (r"github_pat_", r"\w", 40),
    (r"gl(?:pat|dt|ft|rt|ptt|cbt|imt|agent|oas|soat|ffct)-", r"[\w.-]", 20),
    (r"GR1348941", _WORD, 20),
    (r"xox[abeoprs]-", "[A-Za-z0-9-]", 10),
    (r"xapp-[0-9]-", "[A-Za-z0-9-]", 20),
    (r"(?:sk|rk|pk)_(?:live|test|prod)_", _ALNUM, 16),
    (r"whsec_", _BASE64, 24),
    (r"sq0(?:atp|csp)-", _WORD, 22),
    (r"EAAA", _WORD, 40),
    (r"EAA[A-Z]", _ALNUM, 90),
    (r"EZ[AT]K", _ALNUM, 54),
    (r"shp(?:at|ca|pa|ss)_", _HEX, 32),
    (r"shippo_(?:live|test)_", _HEX, 40),
    (r"hf_", _ALNUM, 30),
    (r"api_org_", "[A-Za-z]", 30),
    (r"gsk_", _ALNUM, 40),
    (r"xai-", _ALNUM, 60),
    (r"r8_", _ALNUM, 30),
    (r"pplx-", _ALNUM, 40),
    (r"nvapi-", _WORD, 50),
    (r"npm_", _ALNUM, 36),
    (r"pypi-", _WORD, 80),
    (r"rubygems_", _HEX, 40),
    (r"CLOJARS_", _ALNUM, 50),
    (r"dckr_(?:pat|oat)_", _WORD, 24),
    (r"do[opr]_v1_", _HEX, 60),
    (r"dapi", _HEX, 32),
    (r"dp\.(?:pt|st|ct|sa|scim|audit)\.", _ALNUM, 40),
    (r"dt0[cs]0[0-9]\.[A-Z0-9]{24}\.", "[A-Z0-9]", 60),
    (r"glsa_", "[A-Za-z0-9_]", 40),
    (r"glc_", _BASE64, 32),
    (r"hv[bs]\.", _WORD, 80),
    (r"[a-zA-Z0-9]{14}\.atlasv1\.", _BASE64, 60),
    (r"ATATT3", _BASE64, 100),
    (r"ATCTT3", _BASE64, 100),
    (r"lin_(?:api|oauth)_", _ALNUM, 40),
    (r"ntn_[0-9]{11}", _ALNUM, 35),
    (r"secret_", _ALNUM, 43),
    (r"SG\.", r"[\w.=-]", 60),
    (r"xkeysib-", "[A-Za-z0-9-]", 70),
    (r"key-", "[0-9a-f]", 32),
    (r"sntry[su]_", _BASE64, 60),
    (r"PMAK-", "[a-f0-9-]", 50),
    (r"pul-", _HEX, 40),
    (r"pscale_(?:tkn|oauth|pw)_", r"[\w=.-]", 32),
    (r"pnu_", _ALNUM, 36),
    (r"rdme_", "[a-z0-9]", 70),
    (r"sgp_", "[a-f0-9_]", 40),
    (r"NRAK-", "[A-Z0-9]", 27),
    (r"NRII-", _WORD, 32),
    (r"HRKU-", _WORD, 36),
    (r"fo1_", _WORD, 43),
    (r"fm[12][ar]?_", _BASE64, 100),
    (r"tskey-[a-z]{3,8}-", _WORD, 20),
    (r"A3-[A-Z0-9]{6}-", "[A-Z0-9-]", 24),
    (r"ops_eyJ", _BASE64, 100),
    (r"AGE-SECRET-KEY-1", "[A-Z0-9]", 58),
    (r"AKCp", _ALNUM, 60),
    (r"cmVmd", _ALNUM, 59),
    (r"LTAI", _ALNUM, 16),
    (r"AQVN", _WORD, 35),
    (r"y[0-3]_", _WORD, 50),
    (r"p8e-", "[a-z0-9]", 32),
    (r"pat[A-Za-z0-9]{14}\.", _HEX, 60),
    (r"(?:pat|sat)\.[\w-]{22}\.", r"[A-Za-z0-9.]", 40),
    (r"duffel_(?:test|live)_", _BASE64, 40),
    (r"FLW(?:SEC|PUB)K[_-]TEST-", "[A-Za-z0-9]", 12),
    (r"fio-u-", _BASE64, 60),
    (r"ico-", _ALNUM, 32),
    (r"sm_[aps]at_", _ALNUM, 16),
    (r"tk-us-", _WORD, 48),
    (r"tfp_", r"[\w.=-]", 40),
    (r"sha256~", _WORD, 40),
    (r"s-s4t2(?:ud|af)-", _HEX, 60),
    (r"4b1d", _ALNUM, 38),
    (r"v1\.0-[a-f0-9]{24}-", "[a-f0-9]", 100),
    (r"dnkey-", _BASE64, 60),
    (r"API-", "[A-Z0-9]", 26),
    (r"SK", "[0-9a-f]", 32),
    (r"sl\.", _WORD, 100),
    (r"bedrock-api-key-", _BASE64, 40),
    (r"CFPAT-", _WORD, 40),
    (r"FwoG", _BASE64, 100),
    (r"figd_", _WORD, 32),
    (r"sb(?:p|_secret|_publishable)_", _WORD, 28),
    (r"lsv2_(?:pt|sk)_", "[A-Za-z0-9_]", 32),
    (r"vc[paikr]_", _ALNUM, 24),
    (r"pcsk_", "[A-Za-z0-9_]", 40),
    (r"sk_", _HEX, 48),
    (r"tvly-(?:dev-|prod-)?", _ALNUM, 24),
    (r"[sp]k\.eyJ", "[A-Za-z0-9_.-]", 60),
    (r"1//0", _WORD, 40),
    (r"ph[cx]_", _ALNUM, 32),
    (r"fw_", _ALNUM, 22),
    (r"tgp_v1_", _WORD, 32),
    (r"re_[A-Za-z0-9]{8}_", _ALNUM, 20),
    (r"nfp_", _ALNUM, 36),
    (r"rnd_", _ALNUM, 28),
    (r"napi_", "[a-z0-9]", 50),
    (r"apify_api_", _ALNUM, 30),
    (r"csk-", "[a-z0-9]", 40),
    (r"fc-", _HEX, 32),
    (r"e2b_", _HEX, 40),
    (r"sq[upa]_", _HEX, 40),
    (r"bkua_", _HEX, 40),
    (r"jina_", _WORD, 40),
    (r"pa-", _WORD, 43),
    (r"bb_(?:live|test)_", _WORD, 24),
    (r"wandb_v1_", _WORD, 40),
    (r"CCIPAT_", _WORD, 40),
    (r"aio_", _ALNUM, 28),
    (r"AKID", _ALNUM, 32),
    (r"access-(?:sandbox|development|production)-", "[0-9a-f-]", 36),
    (r"pat-(?:na|eu|ap)[0-9]-", "[0-9a-f-]", 36),
    (r"(?:sdk|mob|api)-[0-9a-f]{8}-", "[0-9a-f-]", 27),
    (r"pk_[0-9]{6,9}_", "[A-Z0-9]", 32),
    (r"SSWS 00", _WORD, 40),
)

_SHAPES = (
    r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",  # JWT, RFC 7519
    r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{20,}",
    r"https://[a-z0-9-]+\.webhook\.office\.com/webhookb2/[A-Za-z0-9@/-]{30,}",
    r"https://hooks\.zapier\.com/hooks/catch/[0-9]{4,}/[A-Za-z0-9]{5,}",
    r"https://discord(?:app)?\.com/api/webhooks/[0-9]{15,}/[A-Za-z0-9_-]{40,}",
    r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{32,}",  # Telegram
    r"\b[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",  # Microsoft Entra
    r"\b[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk\b",
    r"\b(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[A-Za-z0-9+/_=-]{30,}",
    r"\b[0-9a-f]{32}-us[0-9]{1,2}\b",  # Mailchimp
    r"\bsig=[A-Za-z0-9%+/]{43,}(?:%3[dD]|=)",  # of Azure's links
    r"\b[0-2]/[0-9]{16}(?:/[0-9]{16})?:[0-9a-f]{32}\b",  # Asana
    r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",  # Discord
)
_KEY_BLOCK = (
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^-]{16,}"
    r"(?:-----END [A-Z0-9 ]{0,40}KEY(?: BLOCK)?-----)?"
)

# Words for "password" in other languages; non-ASCII letters need both cases.
_ABROAD = (
    "passwort|kennwort|contraseña|contrasena|mot de passe|senha|wachtwoord|hasło|parola|пароль|Пароль|"
    "\\bpsw|\\bmdp|\\bclave|lösenord|"
    "passord|adgangskode|salasana|heslo|jelszó|şifre|"
    "密码|密碼|パスワード|비밀번호"
)
_NAMES = (
    r"(?:api|access|auth|secret|private|client|signing|encryption|master|account|consumer|app|bot|service|admin)"
    r"[ _.-]{0,2}(?:key|token|secret|pass(?:word)?)|passw(?:or)?d|passphrase|pwd|\bpw|secret|token|"
    r"credentials?|" + _ABROAD.encode().decode("latin-1")
)
_SECRET = "[A-Za-z0-9+/=_.~!@#$%^&*-]{10,}"
_SPACE = r"(?:[ \t]|\xc2\xa0){0,4}"
# What precedes a secret: an assignment to a name, a tag, a command's option.
_GIVEN = (
    rf"(?i)(?:{_NAMES})[A-Za-z0-9_.-]{{0,30}}(?:\\{{0,3}}[\"'`]|[ ]\[[^\]\n]{{1,24}}\])?{_SPACE}"
    rf"(?::=|=>|=|:|\xef\xbc\x9a){_SPACE}"
    r"(?:\\{0,3}[\"'`])?",
    rf"(?i)<(?:{_NAMES})[A-Za-z0-9_.-]{{0,30}}>",
    # In a list of names and values, such as a container's environment.
    rf"(?i)\b(?:name|key)[\"']?[:=][ \t]{{0,4}}[\"']?[A-Za-z0-9_.-]{{0,40}}(?:{_NAMES}|_pass)"
    r"[A-Za-z0-9_.-]{0,30}[\"']?[,\s]{1,16}[\"']?value[\"']?[:=][ \t]{0,4}[\"']?",
    rf"(?i)--(?:{_NAMES})[A-Za-z0-9_.-]{{0,30}}[ \t]{{1,4}}[\"']?",
    rf"(?i)(?:\b|_)pass[\"'`]?{_SPACE}(?::=|=>|=|:){_SPACE}[\"'`]?",
    r"(?i)(?:passw(?:or)?d|passphrase|pwd|psw)[ \t]{1,2}[\"'`]",
    r"(?:-u|--user)[ =]{1,2}[\"']?[A-Za-z0-9_.@-]{1,64}:",
    r"\b[A-Z][A-Z0-9_]{1,40}_(?:PAT|PASS|PSK|CREDS)=[\"']?",
    r"(?i)\bcookie: ?[^\n]{0,120}?(?:sess|sid|auth|token|jwt)[A-Za-z0-9_.-]{0,20}=",
    r"(?i)\blogin[ \t\n]{1,4}[^\s]{1,64}[ \t\n]{1,4}password[ \t\n]{1,4}",  # of a .netrc
    r"\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|;]{0,60} -p[\"']?",
    r"\b(?:sshpass|mongosh?|(?:docker|podman|az) login|redis-cli)\b[^\n|;]{0,60} -[pa] [\"']?",
)
_SAID = (
    rf"(?i)(?:{_NAMES})(?: (?:for|of|to|von|f\xc3\xbcr|pour|del?) [A-Za-z0-9_@.-]{{1,24}})?"
    r"[ \t](?:is|was|to|ist|lautet|es|est|\xc3[\xa8\xa9]|jest|er|\xc3\xa4r)[ \t:]{1,2}[\"'`]?"
)
_BEARER = (
    r"(?i)\bauthorization[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?(?:bearer|basic|token)[ \t]{1,4}",
    "[A-Za-z0-9+/=_.~-]{16,}",
)
# An AWS key after its id, and what people write or paste without a colon.
_PAIRED = (r"\b(?:AKIA|ASIA)[A-Z2-7]{16}[ \t\r\n\"',:;/|=]{1,8}", "[A-Za-z0-9/+]{40}")
_SPACED = (
    r"(?i)\b(?:api|access|auth|secret|client|signing|account|bot|service)[ _-](?:key|token|secret)[ \t]{1,2}"
    r"[\"'`]?",
    "[A-Za-z0-9+/_=]{32,}",
)
_PASSWORD = rf"(?:passw(?:or)?d|\bpwd?|{_ABROAD.encode().decode('latin-1')})"
# The password may be described further: mot de passe provisoire.
_DESCRIBED = rf"(?i){_PASSWORD}(?: [a-z\x80-\xff]{{2,16}}){{1,2}}{_SPACE}[:=]{_SPACE}[\"'`]?"
_TOLD = (
    rf"(?i){_PASSWORD}[ \t]{{1,2}}[\"'`]?",
    "[A-Za-z0-9_!@#$%^&*-]{10,}",
)
_BEARER_ALONE = (r"(?i)\bbearer[ \t]{1,4}", "[A-Za-z0-9+/=_.~-]{32,}")
_QUOTED = (
    rf"(?i)(?:{_NAMES})[A-Za-z0-9_.-]{{0,30}}[\"']?{_SPACE}(?::=|=>|=|:){_SPACE}[\"']",
    "[A-Za-z0-9+/=_.~!@#$%^&*()?-]{10,}",
)
_OTHERS = (_QUOTED, _BEARER, _BEARER_ALONE, _PAIRED, _SPACED)
# Ends of names that belong to a secret but do not hold it; and names of resources, which contain colons.
_NO_SECRET = re.compile(
    rb"(?i)[_.-]?(?:names?|files?|path|stdin|ur[li]|arn|type|length|policy|version|endpoint|ttl|prefix|suffix|manager|"
    rb"source|spec|units|(?:key|token|credentials?)[_-]?id)"
    rb"[\"'`\\]*[ \t]*(?:[:=>]+[ \t]*|[ \t])[\"'`\\]*$"
)
# Pagination cursors, and tokens that only identify a request.
_CURSOR = re.compile(
    rb"(?i)(?:next|previous|page|continuation|forward|backward|sync|lock|change|idempotency|request|action)"
    rb"[_-]?token[\"'`\\]*[ \t]*[:=>]+[ \t]*[\"'`\\]*$"
)
_PASSED = re.compile(rb"(?:--- |\A|\n)PASS: $")  # a test's result
_PUBLIC = re.compile(rb"(?i)(?:public[_-]?key[_-]?|(?:checksum|digest)[/_.-])$")
_ARN = re.compile(rb"\barn:[\w:-]{4,60}:$")
_LONG = 32  # characters: a hexadecimal key of that length has some digits more often than others, by chance
_NEXT = re.compile(rb"&[A-Za-z_][\w.-]*=")  # of a link's parameters
_KINDS = (b"0123456789", bytes(range(65, 91)), bytes(range(97, 123)), b"!@#$%^&*+=~")
_EXAMPLE = re.compile(
    rb"(?i)example|placeholder|your[_-]|changeme|change-me|dummy|redacted|\*{4}|x{6}|\.\.\.|<|\$\{|0{8}|1234567890$|^\$[a-z]+\("
)
# Words, class names, file paths.
_WORDS_ONLY = re.compile(
    rb"@?(?:_?[A-Za-z]+(?:[._/=-]_?[A-Za-z]+)*|(?:[A-Z][a-z]{2,}[0-9]?){3,}|[~.]{0,2}(?:/[a-z][a-z0-9._-]*){2,}/?)[;,)]?"
)


# Calls and references in source code: `google.oauth2.id_token.fetch`, `base64.b16encode(`.
_PART = rb"[A-Za-z_$][\w$]*"
_CALL = re.compile(_PART + rb"(?:\." + _PART + rb")*")
_REFERENCE = re.compile(
    rb"[&*]" + _PART + rb"(?:\." + _PART + rb")*|(?:\w+\.)*\w+[a-z0-9](?:Key|Token|Credentials?)[0-9]*"
)
_CODE = re.compile(rb"[A-Za-z]+[0-9]{0,2}(?:(?:[.$]|_{1,2})(?:[A-Za-z]+[0-9]{0,2}|[0-9]{1,2})){2,}")


def _is_code(text: bytes, start: int, end: int) -> bool:
    """Whether a value is an unquoted name in source code."""
    if text[start - 1 : start] in (b'"', b"'", b"`"):
        return False
    called = text[end : end + 1] in (b"(", b"[", b"{") and _CALL.fullmatch(text, start, end)
    return any((called, _CODE.fullmatch(text, start, end), _REFERENCE.fullmatch(text, start, end)))


def entropy(text: bytes) -> float:
    """The Shannon entropy in bits per byte."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values())


def _token(text: bytes, start: int, end: int) -> Judged | None:
    """A credential by its prefix, unless it is an example."""
    end = _stripped(text, start, end)
    value = text[start:end]
    if _EXAMPLE.search(value) or entropy(value) < 2.5:
        return None
    return Judged(start, end, SURE)


def _shape(text: bytes, start: int, end: int) -> Judged | None:
    return Judged(start, _stripped(text, start, end), SURE)


def _stripped(text: bytes, start: int, end: int) -> int:
    while end > start and text[end - 1] in b".-_":
        end -= 1
    return end


def _behind(before: str, least: int = 2) -> Judge:
    """A judge of the value after a name such as `api_key =`; the name is not part of the finding.

    The value must have characters of at least that many kinds: digits, capital and small letters. Above 2, as
    for values in prose, which must clearly look like a password, punctuation is a kind, too.
    """
    head = re.compile(before.encode("latin-1"))

    def judge(text: bytes, start: int, end: int) -> Judged | None:
        found = head.match(text, start, end)
        if found is None:
            return None
        first = found.end()
        following = _NEXT.search(text, first, end)
        if _NO_SECRET.search(text, start, first) or _ARN.search(text, max(0, start - 64), start):
            return None
        if _PASSED.search(text, max(0, start - 4), first):
            return None
        if _PUBLIC.search(text, max(0, start - 12), start) or _CURSOR.search(text, max(0, start - 16), first):
            return None
        value = text[first : following.start() if following else end]
        if len(value) < 10 or _EXAMPLE.search(value) or _is_words(value):
            return None
        if _is_code(text, first, first + len(value)):
            return None
        kinds = sum(any(letter in kind for letter in value) for kind in _KINDS[: 4 if least > 2 else 3])
        if kinds < least or entropy(value) < (2.9 if kinds > 2 or len(value) >= _LONG else 3.3):
            return None
        return Judged(first, first + len(value), LIKELY)

    return judge


def _is_words(value: bytes) -> bool:
    if not _WORDS_ONLY.fullmatch(value):
        return False
    try:  # base64 of a user name and password: https://www.rfc-editor.org/rfc/rfc7617#section-2
        return b":" not in base64.b64decode(value, validate=True)
    except ValueError:
        return True


def rules() -> Iterable[Rule]:
    """Every form, each of the type SECRET."""
    for prefix, letters, least in _PREFIXED:
        yield Rule("SECRET", (rf"\b{prefix}{letters}{{{least},}}",), _token, priority=75)
    yield Rule("SECRET", _SHAPES, _shape, priority=76)
    yield Rule("SECRET", (_KEY_BLOCK,), _shape, priority=77)
    for before, value in (*((before, _SECRET) for before in _GIVEN), *_OTHERS):
        yield Rule("SECRET", (before + value,), _behind(before), priority=72)
    for before in (_SAID, _DESCRIBED):
        yield Rule("SECRET", (before + _SECRET,), _behind(before, 3), priority=72)
    yield Rule("SECRET", ("".join(_TOLD),), _behind(_TOLD[0], 4), priority=72)
