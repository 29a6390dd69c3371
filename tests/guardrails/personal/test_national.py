"""National ids are looked for in their own country, by stdnum's validators."""

import importlib

import pytest

from guardrails.personal.national import IDS, rules
from guardrails.rules import Rules


@pytest.mark.parametrize("each", IDS, ids=lambda each: f"{each.kind} {each.pattern[:12]}")
def test_every_id_has_a_validator_and_a_type_of_its_country(each) -> None:  # type: ignore[no-untyped-def]
    module = importlib.import_module(f"stdnum.{each.module}")
    assert module.is_valid("nonsense", **each.options) is False
    assert each.kind.lower().startswith(each.country + "_")


@pytest.mark.parametrize(
    ("country", "text", "kind"),
    [
        ("fr", "2 95 10 99 126 111 93", "FR_NIR"),
        ("it", "RCCMNL83S18D969H", "IT_CF"),
        ("es", "54362315-K", "ES_NIF"),
        ("br", "390.533.447-05", "BR_CPF"),
        ("pl", "pesel 44051401359", "PL_PESEL"),
        ("nl", "bsn 111222333", "NL_BSN"),
        ("ca", "SIN: 123-456-782", "CA_SIN"),
        ("tr", "TC Kimlik 17291716060", "TR_TCKN"),
        ("es", "1111111-G", "ES_NIF"),
        ("in", "3123:4567:8909", "IN_AADHAAR"),
        ("in", "ABCND1234Z", "IN_PAN"),
        ("it", "codice fiscale RCCMNL83S18D969X", "IT_CF"),
        ("kr", "주민등록번호 960121-1234567", "KR_RRN"),
        ("za", "ID number 0001015002288", "ZA_ID"),
        ("at", "Sozialversicherungsnummer 1237010181", "AT_SSN"),
        ("be", "rijksregisternummer 85073003329", "BE_NN"),
        ("bg", "ЕГН: 7523169264", "BG_EGN"),
        ("gr", "ΑΜΚΑ 01013099998", "GR_AMKA"),
        ("il", "תעודת זהות 039337424", "IL_ID"),
        ("th", "เลขประจำตัวประชาชน 7100600445636", "TH_PIN"),
        ("cn", "身份证 410928196610234517", "CN_ID"),
        ("pl", "my id is 44051401359", "PL_PESEL"),
        ("pl", '{"id":"44051401359"}', "PL_PESEL"),
    ],
)
def test_an_id_is_found_where_its_country_is_named(country: str, text: str, kind: str) -> None:
    assert [each.rule.kind for each in Rules(rules([country])).scan(text.encode())] == [kind]
    assert Rules(rules(["us"])).scan(text.encode()) == []


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("fr", "2 95 10 99 126 111 94"),
        ("es", "54362315-A"),
        ("br", "390.533.447-06"),
        ("in", "the part ABCND1234Z of it"),
        ("kr", "000402-6214431"),
        ("pl", "order 44051401350"),
        ("pl", "order_id=44051401359"),
        ("pl", '"customer_id": "44051401359"'),
        ("pl", "tax_id: 12, routing 44051401359"),
    ],
)
def test_a_wrong_sum_is_an_id_only_beside_its_own_word(country: str, text: str) -> None:
    assert Rules(rules([country])).scan(text.encode()) == []


@pytest.mark.parametrize("time", ["1764115200", "1700000000000", "1500000000000"])
@pytest.mark.parametrize("form", ["{}", '{{"id":"{}"}}', "user id {} logged in", "created {}"])
def test_a_unix_time_is_nobodys_id_without_a_word_that_says_so(form: str, time: str) -> None:
    everywhere = Rules(rules(sorted({each.country for each in IDS})))
    assert everywhere.scan(form.format(time).encode()) == []


def test_an_id_that_could_be_a_time_is_found_beside_its_own_word() -> None:
    valid = next(
        str(number)
        for number in range(1_700_000_000, 1_700_100_000)
        if importlib.import_module("stdnum.at.vnr").is_valid(str(number))
    )
    found = Rules(rules(["at"])).scan(f"SVNR {valid}".encode())
    assert [each.rule.kind for each in found] == ["AT_SSN"]
