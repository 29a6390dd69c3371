"""Numbers of people follow the rules of who gives them."""

import pytest

from guardrails.personal.identity import (
    BIRTH,
    DE_TAX,
    ITIN,
    NHS,
    NINO,
    PASSPORT,
    PASSPORTS,
    SSN,
    SSN_BARE,
    SSN_NAMED,
    weak,
)
from guardrails.rules import WEAK, Judged, Rule, Rules


@pytest.mark.parametrize(
    ("rule", "text", "holds"),
    [
        (SSN, "078.05.1123", True),
        (SSN_BARE, "ssn 078051123", True),
        (SSN_BARE, "x 078051123 y", False),
        (SSN, "078–05–1123", True),
        (SSN_NAMED, "ssn 07805-1123", True),
        (SSN_NAMED, "ssn 078 - 05 - 1123", True),
        (SSN_NAMED, "ssn 078/05/1123", True),
        (SSN_NAMED, "ssn 078/00/1123", False),
        (SSN_NAMED, "ZIP 07805-1123", False),
        (SSN_NAMED, "07805-1123", False),
        (SSN, "693-09.4444", False),
        (SSN, "987-65-4321", False),
        (SSN, "1-078-05-1123", False),
        (ITIN, "911-53-1234", True),
        (ITIN, "911-89-1234", False),
        (ITIN, "911–53–1234", True),
        (ITIN, "tin 911.53.1234", True),
        (ITIN, "version 911.53.1234", False),
        (ITIN, "911-701234 91170-1234", True),
        (ITIN, "ZIP 91170-1234", False),
        (NHS, "nhs 401-023-2137", True),
        (NHS, "nhs 401-023-2138", False),
        (NHS, "nhs 401–023–2137", True),
        (NINO, "AA 12 34 56 B", True),
        (NINO, "AA 12 34 56 H", False),
        (NINO, "AA.12.34.56.B", True),
        (NINO, "BG123612A", False),
        (DE_TAX, "Steuer-IdNr. 12345678903", True),
        (DE_TAX, "Steuer-IdNr. 12345678904", False),
        (PASSPORT, "passport: 912803456", True),
        (PASSPORTS, "Reisepass: c01x00t41", True),
        (PASSPORTS, "aaa123456 es mi número de pasaporte", True),
        (PASSPORTS, "her passport no. is M123A4567", True),
        (PASSPORTS, "passeport 12AB34567", True),
        (PASSPORTS, "passport 533 380 006", True),
        (PASSPORTS, "паспорт 72 0123456", True),
        (PASSPORTS, "part AAA123456 of it", False),
        (PASSPORTS, "passport control at FACEBOOKS", False),
        (BIRTH, "DOB: March 5th, 1980", True),
        (BIRTH, "geboren am 5.3.1980", True),
        (BIRTH, "DOB 12APR1990", True),
        (BIRTH, "bought on 5.3.1980", False),
    ],
)
def test_what_holds(rule: Rule, text: str, holds: bool) -> None:
    assert bool(Rules([rule]).scan(text.encode())) is holds


def test_a_weak_form_is_likely_by_nothing_of_its_own() -> None:
    assert weak(b"abc", 1, 2) == Judged(1, 2, WEAK)
