"""Guards are held against texts whose findings are known, in the forms that such collections have."""

import gzip
import json
from pathlib import Path

import pytest

from config.catalog import GuardFacts
from guardrails.guards import pii
from guardrails.scoring import Case, Tally, read_case, score

# Collections of others that may lie beside the checkout; none is part of it.
DATA = Path(__file__).parents[3] / "shared" / "data"


SPAN = {"entity_type": "EMAIL_ADDRESS", "start_position": 2, "end_position": 13}
SSN = {"text": "x", "entity": ["US_SSN"], "expected_len": 1, "positions": [[0, 1]]}
OWN = {"text": "x", "spans": [{"type": "EMAIL", "start": 0, "end": 1}]}


@pytest.mark.parametrize(
    ("line", "case"),
    [
        ({"full_text": "é a@b.example", "spans": [SPAN]}, Case("é a@b.example", (("EMAIL", 2, 13),))),
        (OWN, Case("x", (("EMAIL", 0, 1),))),
        (SSN, Case("x", (("US_SSN", 0, 1),))),
        ({"text": "x", "label": 1}, Case("x", attack=True)),
        (SSN | {"expected_len": 2, "positions": []}, Case("x", count=("US_SSN", 2))),
        ({"prompt": "x", "label": "Benign"}, Case("x", attack=False)),
        ({"user_input": "x", "label": "injection"}, Case("x", attack=True)),
        (
            {"generated_text": "x", "pii_spans": "[{'start': 0, 'end': 1, 'label': 'bank_routing_number'}]"},
            Case("x", (("ROUTING", 0, 1),)),
        ),
        (
            {"source_text": "x", "privacy_mask": [OWN["spans"][0] | {"type": "TEL"}]},
            Case("x", (("PHONE", 0, 1),)),
        ),
    ],
    ids=["spans", "our own", "places", "a label", "a number", "a word", "an attack", "a string", "a name"],
)
def test_lines_of_several_forms_are_read(line: dict[str, object], case: Case) -> None:
    assert read_case(json.dumps(line)) == case


@pytest.mark.parametrize(
    "line", [{"content": "x", "label": 1}, {"text": "x", "label": "maybe"}, {"text": "x", "spans": "[{"}]
)
def test_what_cannot_be_told_is_refused(line: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError)):
        read_case(json.dumps(line))


@pytest.mark.parametrize(
    ("tally", "shares"),
    [
        (Tally(), (1, 1, 1)),
        (Tally(4, 0, 4), (0.5, 1, 5 / 6)),
        (Tally(4, 4, 0), (1, 0.5, 5 / 9)),
        (Tally(0, 1, 0), (1, 0, 0)),
    ],
)
def test_recall_counts_most(tally: Tally, shares: tuple[float, float, float]) -> None:
    assert (tally.precision, tally.recall, tally.f2) == pytest.approx(shares)


def test_hits_misses_and_alarms_are_told_apart() -> None:
    guard = pii.GUARD.build(GuardFacts("pii", "pii"))
    cases = [
        Case("é a@b.example", (("EMAIL", 2, 13),)),
        Case("a@b.example"),
        Case("Ann Lee", (("PERSON", 0, 7), ("EMAIL", 0, 3))),
        Case("a@b.example", count=("EMAIL", 2)),
    ]
    found = score(cases, [guard], frozenset(["EMAIL"]))
    assert found.types == {"EMAIL": Tally(2, 2, 1)} and found.unclaimed == {"PERSON": 1}
    assert found.confusion["nothing", "EMAIL"] == 1 and found.confusion["EMAIL", "nothing"] == 1


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no collections of texts in {DATA}")
def test_of_a_collection_nearly_all_is_found() -> None:
    least = {"CARD": (0.97, 0.98), "PHONE": (0.90, 0.85), "EMAIL": (0.98, 0.98), "IP": (0.98, 0.98)}
    least |= {"IBAN": (0.98, 0.98), "URL": (0.98, 0.98)}
    guard = pii.GUARD.build(GuardFacts("pii", "pii", types=tuple(pii.TYPES)))
    with gzip.open(DATA / "pii-synthetic.jsonl.gz", "rt") as lines:
        found = score(map(read_case, lines), [guard], frozenset(least))
    assert {
        kind: (tally.recall, tally.precision)
        for kind, tally in found.types.items()
        if tally.recall < least[kind][0] or tally.precision < least[kind][1]
    } == {}


# Claimed types, by how the collection calls them; each is tried alone there, and so it is here.
CLAIMED = {
    **{"CREDIT_CARD": "card", "CRYPTO": "crypto", "EMAIL_ADDRESS": "email", "IBAN_CODE": "iban"},
    **{"IP_ADDRESS": "ip", "MAC_ADDRESS": "mac", "US_PASSPORT": "passport", "ABA_ROUTING_NUMBER": "routing"},
    **{"US_ITIN": "us_itin", "US_SSN": "us_ssn", "UK_NHS": "uk_nhs", "UK_NINO": "uk_nino"},
    "DE_TAX_ID": "de_tax_id",
}


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no collections of texts in {DATA}")
def test_of_recognizers_cases_nearly_all_are_right() -> None:
    right, wrong = 0, []
    with gzip.open(DATA / "pii-recognizer-cases.jsonl.gz", "rt") as lines:
        for line in lines:
            said = json.loads(line)
            name = said["entity"][0] if said["entity"] else ""
            if name in CLAIMED and said["expected_len"] is not None:
                guard = pii.GUARD.build(GuardFacts("pii", "pii", types=(CLAIMED[name],)))
                found = score([read_case(line)], [guard], guard.kinds)
                fine = all(not tally.misses and not tally.alarms for tally in found.types.values())
                right += fine
                wrong += [] if fine else [said["text"]]
    assert right >= 0.98 * (right + len(wrong)), wrong


def test_of_labelled_texts_only_that_something_was_found_counts() -> None:
    guard = pii.GUARD.build(GuardFacts("pii", "pii"))
    cases = [
        Case("a@b.example c@d.example", attack=True),
        Case("x", attack=True),
        Case("a@b.example", attack=False),
        Case("x", attack=False),
        Case("y", attack=False),
    ]
    (tally,) = score(cases, [guard], guard.kinds).types.values()
    assert tally == Tally(1, 1, 1, 2) and tally.false_alarms == pytest.approx(1 / 3)
