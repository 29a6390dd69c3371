"""National ids of further countries, checked by the validators of python-stdnum."""

import importlib
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Protocol

from guardrails.naming import any_of, near
from guardrails.personal.joints import plain
from guardrails.personal.otherwise import otherwise
from guardrails.rules import LIKELY, TIME, WEAK, Judge, Judged, Rule


class _Module(Protocol):
    def is_valid(self, number: str, **options: bool) -> bool: ...


class National(NamedTuple):
    """An id: its country, its type, stdnum's module, its form, and its context words."""

    country: str  # ISO 3166
    kind: str
    module: str  # of https://arthurdejong.org/python-stdnum/
    pattern: str
    words: tuple[str, ...] = ()
    sure: bool = False  # form and checksum suffice without context words
    before: str = ""  # omitted leading characters, to be added for the validator
    formal: bool = False  # its form is rare enough to be a weak candidate without a valid checksum
    options: Mapping[str, bool] = MappingProxyType({})  # of the module's validator


_DNI = ("dni", "nif", "n.i.f", "d.n.i", "documento nacional de identidad")
_SE = ("personnummer", "personnr", "persnr", "personal identity", "personal number", "samordningsnummer")
_CN = ("身份证", "身份证号", "身份证号码", "身份證", "resident identity", "chinese id", "id card")
_TEMPORARY = MappingProxyType({"allow_temporary": True})

# The US, the UK and Germany have rules of their own.
IDS: tuple[National, ...] = (
    National(
        "at",
        "AT_SSN",
        "at.vnr",
        r"\b[0-9]{4} ?[0-9]{6}\b",
        ("sozialversicherung", "sozialversicherungsnummer", "svnr", "vsnr"),
    ),
    National("au", "AU_TFN", "au.tfn", r"\b[0-9]{3} ?[0-9]{3} ?[0-9]{2,3}\b", ("tfn", "tax file number")),
    National(
        "au", "AU_ABN", "au.abn", r"\b[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}\b", ("abn", "business number")
    ),
    National("au", "AU_ACN", "au.acn", r"\b[0-9]{3} ?[0-9]{3} ?[0-9]{3}\b", ("acn", "company number")),
    National(
        "be",
        "BE_NN",
        "be.nn",
        r"\b[0-9]{2}\.?[0-9]{2}\.?[0-9]{2}[- ]?[0-9]{3}\.?[0-9]{2}\b",
        ("rijksregister", "rijksregisternummer", "national number", "registre national"),
    ),
    National("bg", "BG_EGN", "bg.egn", r"\b[0-9]{10}\b", ("egn", "егн")),
    National("br", "BR_CPF", "br.cpf", r"\b[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}\b", ("cpf",), sure=True),
    National("br", "BR_CPF", "br.cpf", r"\b[0-9]{11}\b", ("cpf",)),
    National(
        "ca",
        "CA_SIN",
        "ca.sin",
        r"\b[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{3}\b",
        ("sin", "social insurance", "nas"),
    ),
    National("ch", "CH_AHV", "ch.ssn", r"\b756\.?[0-9]{4}\.?[0-9]{4}\.?[0-9]{2}\b", (), sure=True),
    National("cn", "CN_ID", "cn.ric", r"\b[0-9]{17}[0-9Xx]\b", _CN, sure=True),
    National("cz", "CZ_RC", "cz.rc", r"\b[0-9]{6}/?[0-9]{3,4}\b", ("rodné číslo", "rodne cislo")),
    National("dk", "DK_CPR", "dk.cpr", r"\b[0-9]{6}-?[0-9]{4}\b", ("cpr", "personnummer")),
    National("ee", "EE_IK", "ee.ik", r"\b[1-6][0-9]{10}\b", ("isikukood",)),
    National("es", "ES_NIF", "es.dni", r"(?i)\b[0-9]{8}-?[A-Z]\b", _DNI, sure=True),
    National("es", "ES_NIF", "es.dni", r"(?i)\b[0-9]{7}-?[A-Z]\b", _DNI, before="0"),
    National("es", "ES_NIE", "es.nie", r"(?i)\b[XYZ]-?[0-9]{7}-?[A-Z]\b", ("nie", "n.i.e"), sure=True),
    National(
        "fi",
        "FI_HETU",
        "fi.hetu",
        r"\b[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Za-z]\b",
        ("hetu",),
        sure=True,
        options=_TEMPORARY,
    ),
    National(
        "fr",
        "FR_NIR",
        "fr.nir",
        r"\b[12] ?[0-9]{2} ?[0-9]{2} ?[0-9AB]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}\b",
        ("nir", "insee", "sécurité sociale", "securite sociale", "numéro de sécu", "social security"),
        sure=True,
    ),
    National("gr", "GR_AMKA", "gr.amka", r"\b[0-9]{11}\b", ("amka", "αμκα")),
    National("hr", "HR_OIB", "hr.oib", r"\b[0-9]{11}\b", ("oib",)),
    National("ie", "IE_PPS", "ie.pps", r"(?i)\b[0-9]{7}[A-W][A-IW]?\b", ("pps", "ppsn")),
    National("il", "IL_ID", "il.idnr", r"\b[0-9]{9}\b", ("teudat zehut", "id number", "תעודת זהות")),
    National(
        "in",
        "IN_AADHAAR",
        "in_.aadhaar",
        r"\b[2-9][0-9]{3}[- :]?[0-9]{4}[- :]?[0-9]{4}\b",
        ("aadhaar", "aadhar", "adhaar", "uidai", "आधार"),
    ),
    National(
        "in",
        "IN_PAN",
        "in_.pan",
        r"(?i)\b[A-Z]{5}[0-9]{4}[A-Z]\b",
        ("pan", "pan card", "pan number", "permanent account"),
        formal=True,
    ),
    National(
        "it",
        "IT_CF",
        "it.codicefiscale",
        r"(?i)\b[A-Z]{6}[0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]\b",
        ("codice fiscale", "cod. fisc", "cf", "c.f", "fiscal code"),
        sure=True,
        formal=True,
    ),
    National(
        "jp", "JP_MY_NUMBER", "jp.in_", r"\b[0-9]{4} ?[0-9]{4} ?[0-9]{4}\b", ("my number", "マイナンバー")
    ),
    National(
        "kr",
        "KR_RRN",
        "kr.rrn",
        r"\b[0-9]{6}-?[0-9]{7}\b",
        ("rrn", "resident registration", "주민등록번호", "주민번호"),
        sure=True,
    ),
    National("lt", "LT_ASMENS", "lt.asmens", r"\b[1-6][0-9]{10}\b", ("asmens kodas",)),
    National("mx", "MX_CURP", "mx.curp", r"(?i)\b[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[0-9A-Z][0-9]\b", (), sure=True),
    National(
        "nl",
        "NL_BSN",
        "nl.bsn",
        r"\b[0-9]{9}\b",
        ("bsn", "bsn-nummer", "burgerservicenummer", "sofi", "sofinummer"),
    ),
    National(
        "no",
        "NO_FNR",
        "no.fodselsnummer",
        r"\b[0-9]{6} ?[0-9]{5}\b",
        ("fødselsnummer", "fodselsnummer", "personnummer"),
        sure=True,
    ),
    National("pl", "PL_PESEL", "pl.pesel", r"\b[0-9]{11}\b", ("pesel",)),
    National("pt", "PT_NIF", "pt.nif", r"\b[0-9]{9}\b", ("nif", "contribuinte")),
    National("ro", "RO_CNP", "ro.cnp", r"\b[1-9][0-9]{12}\b", ("cnp", "cod numeric")),
    National("se", "SE_PNR", "se.personnummer", r"\b(?:[0-9]{2})?[0-9]{6}[-+]?[0-9]{4}\b", _SE),
    National(
        "th",
        "TH_PIN",
        "th.pin",
        r"\b[1-8]-?[0-9]{4}-?[0-9]{5}-?[0-9]{2}-?[0-9]\b",
        ("national id", "tnin", "เลขบัตรประชาชน", "เลขประจำตัวประชาชน"),
    ),
    National(
        "tr", "TR_TCKN", "tr.tckimlik", r"\b[1-9][0-9]{10}\b", ("tc kimlik", "tckn", "kimlik", "tc no", "tc")
    ),
    National(
        "za",
        "ZA_ID",
        "za.idnr",
        r"\b[0-9]{13}\b",
        ("id number", "identity number", "resident number", "south african id"),
    ),
)


# Context words for any id.
_ANY = (
    *(
        "national id",
        "id card",
        "id no",
        "id nr",
        "id number",
        "identity",
        "identity number",
        "identity card",
    ),
    *("my id", "your id", "his id", "her id", "personal id", "citizen id", "identification", "id-nr"),
)


_CALLED = re.compile(rb"(?i)(?<![a-z0-9_-])ids?[\"']?(?: is| number| no\.?| code)?[\"' :=#]{1,4}$")


def rules(countries: Sequence[str]) -> list[Rule]:
    """Rules for the ids of these countries; none for unknown countries."""
    return [
        Rule(
            each.kind,
            (each.pattern,),
            _judge(each),
            (*each.words, *_ANY),
            33,
            (*each.words, "national id"),
        )
        for each in IDS
        if each.country in countries
    ]


def _judge(national: National) -> Judge:
    module: _Module = importlib.import_module(f"stdnum.{national.module}")
    score = LIKELY if national.sure else WEAK
    words = any_of(national.words) if national.words else None

    def judge(text: bytes, start: int, end: int) -> Judged | None:
        number = plain(text[start:end]).decode("latin-1").replace(":", "")
        if len(set(number)) < 3:
            return None
        named = words is not None and near(words, text, start, end)
        if not named and (TIME.fullmatch(text, start, end) or otherwise(text, start)):
            return None  # generic words such as "id" are also near times and orders
        if module.is_valid(national.before + number, **national.options):
            called = _CALLED.search(text, max(0, start - 24), start)
            return Judged(start, end, LIKELY if called else score)
        # An id named as such counts despite a wrong checksum: people mistype, and newer ids have none.
        if named:
            return Judged(start, end, LIKELY)
        return Judged(start, end, WEAK) if national.formal else None

    return judge
