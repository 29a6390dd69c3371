"""Postal addresses, recognised by form: a number, a street word, the town after it."""

import re

from guardrails.naming import any_of, near
from guardrails.rules import LIKELY, WEAK, Judged, Rule

_LETTER = r"(?:[a-z'.-]|[\xc3-\xc5][\x80-\xbf])"  # including accented Latin letters, in UTF-8
_CAPITAL = r"(?:[A-Z]|\xc3[\x80-\x9e])"
_NAME = rf"{_CAPITAL}{_LETTER}{{0,24}}"
_NAMES = rf"{_NAME}(?:[ -]{_NAME}){{0,3}}"
# Further street suffixes that are not computing terms: https://pe.usps.com/text/pub28/28apc_002.htm
_RARE = (
    r"(?:Brooks?|Burgs?|Camp|Canyon|Causeway|Cliffs?|Corners?|Cove|Creek|Crest|Curve|Dale|Estates?|Falls?|Ferry|"
    r"Flats?|Fords?|Forest|Forges?|Fort|Freeway|Glens?|Greens?|Harbors?|Haven|Heights|Hollow|Inlet|Islands?|Isle|"
    r"Knolls?|Lakes?|Landing|Lodge|Manors?|Meadows?|Mills?|Mission|Motorway|Mountains?|Orchard|Park|Pike|Pines?|"
    r"Plains?|Prairie|Ranch|Rapids?|Ridges?|River|Shoals?|Shores?|Skyway|Springs?|Spur|Stravenue|Summit|Throughway|"
    r"Underpass|Valleys?|Viaduct|Villages?|Ville|Vista|Wells?|Bayou|Bluffs?|Commons?|Courts|Coves|Gardens?|Groves|"
    r"Junctions?|Lights?|Mall|Mews|Mounts?|Neck|Oval|Overpass|Parkways|Passage|Radial|Rue|Squares|Trace|Unions?)"
)
_STREET = (
    r"(?:Street|Str|St|Avenue|Ave|Av|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Square|Sq|Place|Pl|"
    r"Way|Terrace|Ter|Highway|Hwy|Parkway|Pkwy|Circle|Cir|Close|Crescent|Cres|Gardens|Gdns|Grove|Mews|Row|"
    r"Walk|Hill|"
    r"Trail|Trl|Loop|Plaza|Crossing|Alley|Turnpike|Expressway|Broadway)"
)
_WIND = r"(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)"
_FLAT = r"(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|Room|Rm|#)\.? ?#?[A-Za-z0-9-]{1,6})?"
_STATE = (
    r"(?:A[LKZR]|C[AOT]|D[EC]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|"
    r"V[TA]|W[AVIY])"
)
_ZIP = (
    rf"(?:,? {_STATE}(?:,? [0-9]{{5}}(?:-[0-9]{{4}})?)?|,? [0-9]{{5}}(?:-[0-9]{{4}})?|"
    r",? [A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}|,? (?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT)(?: [0-9]{4})?|"
    r",? (?:AB|BC|MB|N[BLSTU]|ON|PE|QC|SK|YT),? [A-Z][0-9][A-Z] ?[0-9][A-Z][0-9])"
)
_TOWN = rf"(?:(?:,|,?\n| in)? ?{_NAMES}{_ZIP}|{_ZIP})?"
# https://en.wikipedia.org/wiki/Address#Address_format
_ENGLISH = (
    rf"\b[0-9]{{1,6}}[A-Za-z]?(?:[-/][0-9]{{1,5}})? (?:{_WIND}\.? )?"
    rf"(?:{_NAMES}|[0-9]{{1,3}}(?:st|nd|rd|th)) (?:{_STREET}|{_RARE})\b\.?(?: {_WIND}\b)?{_FLAT}{_TOWN}"
)
_CODE = (
    r"(?:,?\s(?:[A-Z]{1,2}-)?(?:[0-9]{4,5}|[0-9]{3} [0-9]{2}|[0-9]{2}-[0-9]{3}|[0-9]{4}-[0-9]{3})"
    rf"(?: [A-Z]{{2}})? {_NAMES})?"
)
_GERMANIC = (
    rf"\b(?:{_NAME}[ -](?:{_CAPITAL}{_LETTER}{{1,30}})?|{_CAPITAL}{_LETTER}{{1,30}})"
    r"(?:[sS]tra(?:\xc3\x9f|ss)e|[sS]tr\.|[wW]eg|[pP]latz|[aA]llee|[gG]asse|[dD]amm|[uU]fer|[cC]haussee|"
    r"[sS]traat|[lL]aan|[pP]lein|[gG]racht|[kK]ade|[sS]ingel|gatan|v\xc3\xa4gen|vej|gade|veien|gata|katu|tie)"
    rf" [0-9]{{1,4}}(?: ?[a-zA-Z]\b)?{_CODE}"
)
# Street names with a preposition, if the postcode follows.
_PLACE = rf"\b(?:Am|Im|Beim|An de[rn]|Auf de[rm]|Zu[rm]|Unter den) {_NAMES} [0-9]{{1,4}}"
_AT_PLACE = rf"{_PLACE}(?: ?[a-z]\b)?,?\s[0-9]{{5}} {_NAMES}"
_OF = r"(?:(?:de|du|des|de la|de los|de las|del|della|dei|da|do|dos|das) |d'|de l'|l')?"
_ROMANCE = (
    rf"\b[0-9]{{1,4}}(?: ?(?:bis|ter))?,? (?:[rR]ue|[aA]venue|[bB]oulevard|[bB]d|[pP]lace|"
    rf"[aA]ll\xc3\xa9e|[cC]hemin|[iI]mpasse|[qQ]uai|[cC]ours|[rR]oute) {_OF}{_NAMES}{_CODE}",
    rf"\b(?:[cC]alle|[cC]/|[aA]venida|[aA]vd?a?\.|[aA]vda|[pP]laza|[pP]aseo|[cC]arrer|[vV]ia|[vV]iale|[pP]iazza|"
    rf"[cC]orso|[lL]argo|[rR]ua|[tT]ravessa|[pP]ra\xc3\xa7a|[uU]l\.|[aA]l\.) {_OF}{_NAMES},? "
    rf"(?:n\.?(?:\xc2\xba|\xc2\xb0|o)?\.? ?)?[0-9]{{1,4}}\b{_CODE}",
)
# US military addresses: https://pe.usps.com/text/pub28/28c2_010.htm
_FORCES = (
    r"\b(?:(?:PSC|CMR|Unit) [0-9]{3,5},? Box [0-9]{2,5}|US[A-Z]{1,4} [A-Z][a-z]+,?\s[AFD]PO)"
    r"(?:,?\s(?:[AFD]PO,? )?A[AEP] [0-9]{5})?\b"
)
_BOX = rf"\bP\.? ?O\.? ?Box [0-9]{{1,6}}{_TOWN}"

# Street words that also end other names, if neither a flat nor a town follows: `2 Factor Way`.
_EITHER = re.compile(
    rb"[0-9]{1,6} [A-Z][^\n,]* (?:Drive|Way|Loop|Court|Place|Lane|Walk|Row|Square|Circle|Trail|Close|Plaza|"
    rb"Hill|Crossing|Alley|(?P<rare>" + _RARE.encode() + rb"))"
)
_AT = re.compile(rb"(?i)(?:\b(?:at|near|opposite|behind)|\b[0-9]+) $")
_DWELLS = re.compile(rb"(?i)\b(?:liv(?:es?|ing)|resid(?:es?|ing)|moved?) (?:at|in|to) $")
_TO = re.compile(rb"(?i)\b(?:to|from|in|on|is) $")
# German words in -weg and -platz that are not streets, and counted units.
_NO_STREET = re.compile(
    rb"(?:R\xc3\xbcck|Heim|Hin|Um|Aus|Flucht|Brems|Signal|Rechts|Projekt)weg |"
    rb"(?:Arbeits|Speicher|Sitz|Steck|Lager|Stell|Park|Listen)platz "
)
_COUNTED = re.compile(rb"\.[0-9]| (?:Minuten|Stunden|Meter|k?m|m?s|[KMG]B|Prozent|bis|von)\b")
_WORDS = (
    *(
        "address",
        "addresses",
        "live",
        "lives",
        "lived",
        "living",
        "reside",
        "resides",
        "residing",
        "resident",
    ),
    *(
        "home",
        "house",
        "street",
        "located",
        "location",
        "ship",
        "shipped",
        "deliver",
        "delivered",
        "delivery",
    ),
    *("mail", "mailed", "visit", "move", "moved", "property", "neighbor", "neighbour", "apartment", "office"),
)
_LIVED = any_of(_WORDS)


_BEYOND = re.compile(rb"(?<=[A-Za-z])[\xc3-\xdf]")  # a word continues beyond ASCII: 2013 Ann Ström
_ID = re.compile(rb"-[0-9]{4}")  # an id continues so: Leitweg 991-12345-67
_YEARS = re.compile(rb"(?:19|20)[0-9]{2}-(?:19|20)[0-9]{2} ")  # 1996-2011 Ann Green
_GOES_ON = re.compile(rb" [A-Z][a-z]")  # the name goes on, so it is not a street's


def _address(text: bytes, start: int, end: int) -> Judged | None:
    before = text[start - 1 : start]
    if before and before in b".,-/:#$" or _NO_STREET.match(text, start, end) or _COUNTED.match(text, end):
        return None
    if _BEYOND.match(text, end) or _YEARS.match(text, start) or _ID.match(text, end):
        return None
    either = _EITHER.fullmatch(text, start, end)
    great = text[start : start + 3].isdigit()
    likely = not either or _at(text, start) or great and _alone(text, start, end)
    if (
        either
        and either["rare"]
        and not (likely and (great or _DWELLS.search(text[max(0, start - 16) : start])))
    ):
        return None
    if not likely and (_GOES_ON.match(text, end) or not great and not near(_LIVED, text, start, end)):
        return None
    return Judged(start, _ended(text, start, end), LIKELY if likely else WEAK)


def _ended(text: bytes, start: int, end: int) -> int:
    """The end without punctuation that ends a sentence or a quotation, which the name pattern allows."""
    return start + len(text[start:end].rstrip(b".'-"))


def _at(text: bytes, start: int) -> bool:
    """Whether a preposition announces a place; "to", "in" and the like only before three or more digits."""
    said = text[max(0, start - 16) : start]
    return bool(_AT.search(said) or text[start : start + 3].isdigit() and _TO.search(said))


def _alone(text: bytes, start: int, end: int) -> bool:
    """Whether it is a line of its own, as on a letter or an invoice, or a record's field."""
    begins = not start or text[start - 1 : start] in (b"\n", b"|") or text[start - 2 : start] == b"| "
    return begins and text[end : end + 1] in (b"", b"\n", b"|", b"^", b",")


_FORMS = (_ENGLISH, _GERMANIC, _AT_PLACE, *_ROMANCE, _BOX, _FORCES)
ADDRESS = Rule("ADDRESS", _FORMS, _address, _WORDS, priority=12)

# If a flat, or a US state and postcode, follows, or a word announces it, any name counts as a street.
_ANY = rf"[0-9]{{1,6}}[A-Za-z]? (?:{_WIND}\.? )?{_NAME}(?:[ -]{_NAME}){{1,3}}"
_DWELLING = r",? (?:Apt|Apartment|Suite|Ste|Unit|Flat)\.? ?#?[0-9]{1,5}[A-Za-z]?\b"
_CALLED = (
    r"(?i:\b(?:address|street|addr|addy|adress|line1|lives? at|living at|"
    r"resid(?:es?|ing) at|residence|ship(?:ped)? to|return to|wohnhaft|wohnt?e?|"
    r"anschrift|adresse)(?: is)?)[\"']?[ \t]?[:=]?[ \t]{1,2}[\"']?"
)
_PLACED = (
    rf"\b{_ANY}{_DWELLING}{_TOWN}",
    rf"\b{_ANY}(?:,|,?\n)? ?{_NAMES},? {_STATE},? [0-9]{{5}}(?:-[0-9]{{4}})?\b",
)
_NUMBERED = re.compile(rb"[0-9]{3}|A[mn] |Im (?!Jahre? )|Zu[mr] |Auf |Beim |Unter ")
_LEAD = re.compile(_CALLED.encode())
_OTHER = re.compile(rb"(?i)\b(?:ip|e-?mail|mac|web|memory|base|start|return|bus|wallet|contract)[ _-]\Z")


def _placed(text: bytes, start: int, end: int) -> Judged:
    return Judged(start, _ended(text, start, end), LIKELY)


def _called(text: bytes, start: int, end: int) -> Judged | None:
    lead = _LEAD.match(text, start, end)
    at = start if lead is None else lead.end()
    held = _NUMBERED.match(text, at, end) and not _OTHER.search(text[max(0, start - 10) : start])
    return _placed(text, at, end) if held else None


ADDRESS_PLACED = Rule("ADDRESS", _PLACED, _placed, priority=11)
ADDRESS_CALLED = Rule(
    "ADDRESS", (rf"{_CALLED}{_ANY}{_TOWN}", rf"{_CALLED}{_PLACE}(?: ?[a-z]\b)?"), _called, priority=10
)
