"""The accuracy of guards on labelled texts: precision, recall and F2 by type, with confusions."""

import ast
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from guardrails.guard import Finding, Guard, Segment, merged

# Names of our types in other collections of such texts.
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "EMAIL_ADDRESS": "EMAIL",
        "PHONE_NUMBER": "PHONE",
        "CREDIT_CARD": "CARD",
        "IBAN_CODE": "IBAN",
        "IP_ADDRESS": "IP",
        "MAC_ADDRESS": "MAC",
        "DOMAIN_NAME": "URL",
        "ABA_ROUTING_NUMBER": "ROUTING",
        "US_PASSPORT": "PASSPORT",
        "STREET_ADDRESS": "ADDRESS",
        "ES_NIF": "ES_NIF",
        "FI_PERSONAL_IDENTITY_CODE": "FI_HETU",
        "IT_FISCAL_CODE": "IT_CF",
        "SE_PERSONNUMMER": "SE_PNR",
        "TH_TNIN": "TH_PIN",
        "TR_NATIONAL_ID": "TR_TCKN",
        "ZA_ID_NUMBER": "ZA_ID",
        **dict.fromkeys(
            ("PHONENUMBER", "PHONE_NUM", "TELEPHONENUM", "TEL", "TELEPHONE", "FAX_NUMBER"), "PHONE"
        ),
        **dict.fromkeys(("CREDITCARDNUMBER", "CREDITCARD", "CARD_NUMBER"), "CARD"),
        **dict.fromkeys(("CREDIT_CARD_NUMBER", "CREDIT_DEBIT_CARD"), "CARD"),
        **dict.fromkeys(("IPV4", "IPV6"), "IP"),
        **dict.fromkeys(("BITCOINADDRESS", "ETHEREUMADDRESS", "LITECOINADDRESS"), "CRYPTO"),
        **dict.fromkeys(("SSN", "SOCIALNUM", "SOCIALNUMBER"), "US_SSN"),
        **dict.fromkeys(("DOB", "BOD", "DATEOFBIRTH", "DATE_OF_BIRTH"), "BIRTH_DATE"),
        **dict.fromkeys(("PASSPORTNUM", "PASSPORT_NUMBER"), "PASSPORT"),
        **dict.fromkeys(("ROUTING_NUMBER", "BANK_ROUTING_NUMBER"), "ROUTING"),
        "MACADDRESS": "MAC",
    }
)


ATTACK = "ATTACK"  # the type for texts that only have a label
_TEXTS = ("text", "full_text", "source_text", "generated_text", "prompt", "user_input")
_SPANS = ("spans", "privacy_mask", "pii_spans")
_LABELS: Mapping[str, bool] = MappingProxyType(
    {
        **dict.fromkeys(
            ("1", "true", "injection", "jailbreak", "attack", "malicious", "unsafe", "harmful"), True
        ),
        **dict.fromkeys(
            ("0", "false", "benign", "safe", "harmless", "legit", "legitimate", "unharmful"), False
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Case:
    """A text and its labels: spans in characters, by type; `count` if only their number is known."""

    text: str
    spans: tuple[tuple[str, int, int], ...] = ()
    count: tuple[str, int] | None = None
    attack: bool | None = None  # if nothing else is known: whether anything should be found


@dataclass(slots=True)
class Tally:
    """One type's hits, misses and false alarms."""

    hits: int = 0
    misses: int = 0
    alarms: int = 0
    passed: int = 0  # harmless texts in which nothing was found; of labelled texts only

    @property
    def false_alarms(self) -> float:
        """The share of harmless texts in which something was found."""
        return 1 - _share(self.passed, self.alarms)

    @property
    def precision(self) -> float:
        return _share(self.hits, self.alarms)

    @property
    def recall(self) -> float:
        return _share(self.hits, self.misses)

    @property
    def f2(self) -> float:
        """The harmonic mean in which recall counts four times as much as precision."""
        wrong = 4 * self.misses + self.alarms
        return 5 * self.hits / (5 * self.hits + wrong) if self.hits or wrong else 1.0


def _share(hits: int, others: int) -> float:
    return hits / (hits + others) if hits or others else 1.0


@dataclass(slots=True)
class Score:
    """The totals of all cases."""

    cases: int = 0
    types: dict[str, Tally] = field(default_factory=dict)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)  # (actual type, found type)
    unclaimed: Counter[str] = field(default_factory=Counter)  # types that no guard here finds

    def of(self, kind: str) -> Tally:
        return self.types.setdefault(kind, Tally())


def read_case(line: str) -> Case:
    """One line of JSON: a text with its spans, which may be a string, with `label`, or with `entity`.

    Members are named as in public collections. Raises ValueError or KeyError on anything else.
    """
    said: dict[str, Any] = json.loads(line)
    text = next((str(said[name]) for name in _TEXTS if name in said), None)
    if text is None:
        raise KeyError("text")
    spans = next((said[name] for name in _SPANS if said.get(name) is not None), None)
    if spans is not None:
        return Case(text, tuple(map(_span, _told(spans) if isinstance(spans, str) else spans)))
    if "label" in said:
        return Case(text, attack=_label_of(said["label"]))
    named = said["entity"]
    kind = _named(named[0] if isinstance(named, list) and named else str(named or "PHONE_NUMBER"))
    places = said.get("positions") or []
    if places and all(isinstance(each, list) for each in places):
        return Case(text, tuple((kind, int(start), int(end)) for start, end in places))
    return Case(text, count=(kind, int(said["expected_len"] or 0)))


def _told(spans: str) -> Any:
    """Parses spans given as JSON or as a Python literal."""
    try:
        return json.loads(spans)
    except ValueError:
        try:
            return ast.literal_eval(spans)
        except SyntaxError as error:
            raise ValueError("its spans are neither JSON nor Python's") from error


def _label_of(label: object) -> bool:
    if not isinstance(label, str):
        return bool(label)
    if label.lower() not in _LABELS:
        raise ValueError(f"the label {label!r} is none of {', '.join(_LABELS)}")
    return _LABELS[label.lower()]


def _span(span: Mapping[str, Any]) -> tuple[str, int, int]:
    kind = span.get("type") or span.get("label") or span["entity_type"]
    start = span["start"] if "start" in span else span["start_position"]
    return _named(kind), int(start), int(span["end"] if "end" in span else span["end_position"])


def _named(kind: str) -> str:
    kind = kind.upper()  # as in findings; configurations use lowercase
    return _NAMES.get(kind, kind)


def score(cases: Iterable[Case], guards: Sequence[Guard], claimed: frozenset[str]) -> Score:
    """Scores guards on cases; any overlap is a hit. Types not `claimed` are only counted."""
    total = Score()
    for case in cases:
        total.cases += 1
        raw = case.text.encode("utf-8", "surrogatepass")
        segment = Segment("input", raw)
        found = merged([each for guard in guards for each in guard.inspect(segment)])
        if case.attack is not None:
            _label(total, case.attack, bool(found))
        elif case.count is not None:
            _count(total, case.count, found)
        else:
            _match(total, case, found)
    for kind in [kind for kind in total.types if kind not in claimed and kind != ATTACK]:
        tally = total.types.pop(kind)
        total.unclaimed[kind] += tally.hits + tally.misses
    return total


def _label(total: Score, attack: bool, found: bool) -> None:
    tally = total.of(ATTACK)
    tally.hits += attack and found
    tally.misses += attack and not found
    tally.alarms += found and not attack
    tally.passed += not found and not attack


def _count(total: Score, expected: tuple[str, int], found: Sequence[Finding]) -> None:
    kind, number = expected
    same = sum(each.kind == kind for each in found)
    tally = total.of(kind)
    tally.hits += min(same, number)
    tally.misses += max(0, number - same)
    tally.alarms += max(0, same - number)


def _match(total: Score, case: Case, found: Sequence[Finding]) -> None:
    used: set[int] = set()
    for kind, start, end in case.spans:
        first = len(case.text[:start].encode("utf-8", "surrogatepass"))
        last = first + len(case.text[start:end].encode("utf-8", "surrogatepass"))
        over = [each for each in found if each.start < last and first < each.end]
        used.update(id(each) for each in over)
        if any(each.kind == kind for each in over):
            total.of(kind).hits += 1
        else:
            total.of(kind).misses += 1
            total.confusion[kind, over[0].kind if over else "nothing"] += 1
    for each in found:
        if id(each) not in used:
            total.of(each.kind).alarms += 1
            total.confusion["nothing", each.kind] += 1
