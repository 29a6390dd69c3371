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
        (SSN, "078−05−1123", True),
        (SSN, "078\u200905\u20091123", True),
        (SSN, "+672 10 6609", False),
        (SSN, "+992 372 12 3456", False),
        (SSN, "+992\u00a0372\u00a012\u00a03456", False),
        (SSN, "row 12 512 33 4471 99 end", False),
        (SSN, "ssn 512 33 4471 99", True),
        (SSN_NAMED, "social media, Boston MA 02110-1301", False),
        (SSN_NAMED, "my social is 02110-1301", True),
        (SSN, "987-65-4321", False),
        (SSN, "1-078-05-1123", False),
        (SSN, "model 511-14-5545", False),
        (SSN, "ssn of model 511-14-5545", True),
        (SSN_NAMED, "social: 0 7 8 0 5  1 1 2 3", True),
        (SSN_NAMED, "rows 0 7 8 0 5  1 1 2 3", False),
        (ITIN, "911-53-1234", True),
        (ITIN, "911-89-1234", False),
        (ITIN, "999-99-9999", False),
        (ITIN, "911–53–1234", True),
        (ITIN, "tin 911.53.1234", True),
        (ITIN, "version 911.53.1234", False),
        (ITIN, "911-701234", True),
        (ITIN, "91170-1234", False),
        (ITIN, "911-701234 91170-1234", True),
        (ITIN, "911-701234\n91170-1234 and more", True),
        (ITIN, "itin 91170-1234", True),
        (ITIN, "ZIP 91170-1234", False),
        (ITIN, "911\u00a053\u00a01234", True),
        (NHS, "nhs 401-023-2137", True),
        (NHS, "nhs 401-023-2138", False),
        (NHS, "nhs 401–023–2137", True),
        (NINO, "AA 12 34 56 B", True),
        (NINO, "AA 12 34 56 H", False),
        (NINO, "AA.12.34.56.B", True),
        (NINO, "BG123612A", False),
        (NINO, "AA\u00a012\u00a034\u00a056\u00a0B", True),
        (NINO, "AA–12–34–56–B", True),
        (DE_TAX, "Steuer-IdNr. 12345678903", True),
        (DE_TAX, "Steuer-IdNr. 12345678904", False),
        (DE_TAX, "Steuer-IdNr. 12\u00a0345\u00a0678\u00a0903", True),
        (DE_TAX, "tax_id=12345678903", True),
        (PASSPORT, "passport: 912803456", True),
        (PASSPORTS, "паспорт 4510 123456", True),
        (PASSPORTS, "paspoort NW2B4C6D8", True),
        (PASSPORTS, "Reisepass: c01x00t41", True),
        (PASSPORTS, "aaa123456 es mi número de pasaporte", True),
        (PASSPORTS, "her passport no. is M123A4567", True),
        (PASSPORTS, "passeport 12AB34567", True),
        (PASSPORTS, "passport 533 380 006", True),
        (PASSPORTS, "паспорт 72 0123456", True),
        (PASSPORTS, "part AAA123456 of it", False),
        (PASSPORTS, "nr paszportu: PV4375121", True),
        (PASSPORTS, "passport control at FACEBOOKS", False),
        (BIRTH, "DOB: March 5th, 1980", True),
        (BIRTH, "geboren am 5.3.1980", True),
        (BIRTH, "DOB 12APR1990", True),
        (BIRTH, "DOB: Jun 5th, '77", True),
        (BIRTH, "nací el 5 de mayo de 1990", True),
        (BIRTH, "nació en Jaén el 5 de mayo de 1990", True),
        (BIRTH, "bought on 5.3.1980", False),
        (BIRTH, "nasci em 24 de abril de 1960", True),
        (BIRTH, "生日：14/09/1942", True),
        (BIRTH, "born 1899-04-12", True),
        (BIRTH, "DOB 12-Mar-84", True),
        (BIRTH, "Date de naissance : 1er janvier 1990", True),
        (BIRTH, "Née Dupont le 12 mars 1984", True),
        (BIRTH, "родился 12 марта 1984", True),
        (BIRTH, "nar. 12. 3. 1984", True),
        (BIRTH, "from 12 марта 1984", False),
        (BIRTH, "er wurde am 5.3.1980 in Ulm geboren", True),
        (BIRTH, "am 5.3.1980 in Ulm, geboren ist er", False),
        (BIRTH, "BDAY:1980-03-05", True),
        (BIRTH, "Ann Lee (b. 12 Apr 1985)", True),
        (BIRTH, "nata a Torino il 12 gennaio 1969", True),
        (BIRTH, "syntynyt 5.3.1980", True),
        (BIRTH, "INSERT INTO x (name, dob) VALUES ('Lee, Ann', '1979-02-16')", True),
        (BIRTH, "INSERT INTO x (dob, name, joined_us_at) VALUES (NULL, NULL, '1979-02-16')", False),
        (BIRTH, "PID|1||PATID1234^5^M11||JONES^WILLIAM^A^III||19610615|M", True),
        (BIRTH, "OBX|1||PATID1234^5^M11||JONES^WILLIAM^A^III||19610615|M", False),
    ],
)
def test_what_holds(rule: Rule, text: str, holds: bool) -> None:
    assert bool(Rules([rule]).scan(text.encode())) is holds


def test_a_weak_form_is_likely_by_nothing_of_its_own() -> None:
    assert weak(b"abc", 1, 2) == Judged(1, 2, WEAK)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"birthDate":"1984-03-12T00:00:00.000Z"', "1984-03-12T00:00:00.000Z"),
        ("DOB: 01/02/1990, admitted 03/04/2024", "01/02/1990"),
        ("生年月日：1984年3月12日", "1984年3月12日"),
    ],
)
def test_a_date_of_birth_is_found_as_a_whole_and_alone(text: str, found: str) -> None:
    raw = text.encode()
    assert [raw[each.start : each.end].decode() for each in Rules([BIRTH]).scan(raw)] == [found]
