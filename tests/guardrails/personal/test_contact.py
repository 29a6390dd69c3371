"""Phone numbers are told from dates and sums."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.personal.contact import CODED_PHONE, _is_possible, glued_phone, phone
from guardrails.rules import Rules


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Tel0301234567", "0301234567"),
        ("reach me at415-555-0132 ext. 7, please", "415-555-0132 ext. 7"),
        ("Mobile+49 30 1234567.", "+49 30 1234567"),
        ("fax2125550132", "2125550132"),
        ("on20240115103000", ""),
        ("is2125550132", ""),
        ("hotel0301234567", ""),
        ("at1234567890", ""),
        ("tel.:030/123456", "030/123456"),
    ],
)
def test_what_is_a_phone_number_without_the_space_before_it(text: str, found: str) -> None:
    matches = Rules([glued_phone(["US", "DE"])]).scan(text.encode())
    assert [text[each.start : each.end] for each in matches] == ([found] if found else [])


@pytest.mark.parametrize(
    ("region", "text", "found"),
    [
        ("US", "415-555-0132", "415-555-0132"),
        ("US", "at (212) 456-7890 ext. 12", "(212) 456-7890 ext. 12"),
        ("US", "+44 20 7946 0958", "+44 20 7946 0958"),
        ("US", "dial 2124567890", "2124567890"),
        ("US", "id 2124567890", ""),
        ("US", "at 415/555-0132", "415/555-0132"),
        ("US", "at 555-123-4567", "555-123-4567"),
        ("US", "415–555–0132", "415–555–0132"),
        ("US", "call 415-5550132", "415-5550132"),
        ("US", "part 415-5550132", ""),
        ("US", "years 2019–2020 1990–1994", ""),
        ("US", "415 555 0132 is my number", "415 555 0132"),
        ("DE", "030 1234567", "030 1234567"),
        ("DE", "my mobile: 78 651 450", "78 651 450"),
        ("DE", "78 651 450 things", ""),
        ("US", "2024-01-15", ""),
        ("US", "10.20.30.40.50", ""),
        ("US", "or 874.373.4140 x12", "874.373.4140 x12"),
        ("DE", "98067A 08264.51782528 -.0002", ""),
        ("US", "1 2 3 4 5 6 7 8 9", ""),
        ("US", "+1", ""),
        ("US", "415-555-2671/415-555-2672", "415-555-2671|415-555-2672"),
        ("US", "16384/8192 4155552671/2", ""),
        ("US", "phone1=4155552671", "4155552671"),
        ("US", "011 44 20 7946 0958", "011 44 20 7946 0958"),
        ("US", "0039 06 6981 2345", "0039 06 6981 2345"),
        ("US", "+52 1 55 1234 5678", "+52 1 55 1234 5678"),
        ("DE", "(203.0.113.1)  12.3 ms", ""),
        ("DE", "took 1,030.12345678 ms", ""),
        ("DE", "0.321 0.654 0.987", ""),
        ("DE", "04 96 63 57 93 85 22 17 03", ""),
        ("DE", "06 12 34 56 78", "06 12 34 56 78"),
        ("DE", "numbers 09 47 36 07 46 23", ""),
        ("US", "Phone: (0-612) 34567", "(0-612) 34567"),
        ("DE", "00000000: 7f45 4c46 0201 0100 0000 0000 0000 0000", ""),
        ("DE", "00000010  02 00 3e 00 01 00 00 00  40 10 40 00", ""),
        ("DE", "01712345678 0171 2345678", "0171 2345678"),
        ("US", "4827365910", ""),
        ("US", "2125550132", "2125550132"),
        ("DE", "4827365910", ""),
        ("US", "phone 4827365910", "4827365910"),
        ("US", "2147483647", ""),
        ("US", "phone: 415—555—0132", "415—555—0132"),
        ("DE", "makes 17 734 062 645 371", ""),
        ("US", "lot 212-555-0147-B rejected", ""),
        ("US", "(201) 515-1216/201-451-7685", "(201) 515-1216|201-451-7685"),
        ("DE", "at (+971) 50 123 9246", "(+971) 50 123 9246"),
        ("DE", "firmware 2.1, driver 07.726.03.00", ""),
        ("DE", "Tel: 212-348-293 / 212-066-594", "212-348-293|212-066-594"),
        ("DE", "rows 212-348-293 / 212-066-594", ""),
        ("US", "build 202-403-1201, order no. 312-320-2507", ""),
        ("US", "articles 232-320-2507 and 232-320-2508", ""),
        ("US", "to order 312-320-2507", "312-320-2507"),
        ("US", "yeah it's 816 717 2862.", "816 717 2862"),
        ("US", "sizes 512 512 1024", ""),
        ("US", "my cell: 337 - 926 - 2091", "337 - 926 - 2091"),
        ("DE", "tel 0 8 0 0  1 2 3  4 5 6 9", "0 8 0 0  1 2 3  4 5 6 9"),
        ("DE", "rows 0 8 0 0  1 2 3  4 5 6 9", ""),
        ("DE", "1.204331e+06 1710239482", ""),
        ("US", "phone +12-345 971 7125", "+12-345 971 7125"),
        ("US", "node +12-345 971 7125", ""),
        ("US", "the number (0317) 920-3554 is hers", "(0317) 920-3554"),
        ("US", "whats ur number / 10:43 ann: 2123201455 ", "2123201455"),
        ("US", "D: 503 995 4779 | M: 404 840 9101", "503 995 4779|404 840 9101"),
        ("US", "tickets: 331-204-1204, 331-204-1205", ""),
        ("DE", '{"mobilePhone":"0170 3696765","taxNumber":"78173076045"}', "0170 3696765"),
        ("DE", "DOB: 16 / 11 / 1967 Tel: 06282 522747", "06282 522747"),
        ("DE", '{"tel":["+33 6 28 61 21 93","01 30 37 53 92"]}', "+33 6 28 61 21 93|01 30 37 53 92"),
        ("US", "part,lot,qty\n312-204-3312,0331204,12", ""),
        ("US", "name,nr\nAnn,312-204-3312", "312-204-3312"),
        ("US", "INSERT INTO x (part_no, tel) VALUES ('312-204-3312', '312-204-3313')", "312-204-3313"),
        ("US", "mobile breakpoints 320 480 768 1024 1280", ""),
        ("US", "+++090/9337/55493+++", ""),
        ("US", "P 512 393 8835  M 617 971 8092", "512 393 8835|617 971 8092"),
        ("US", "number of calls: 9182736", ""),
        ("US", "calls 9182736 rows 12043312", ""),
        ("US", "type it, 619 953-6727", "619 953-6727"),
        ("DE", "msisdn,imsi\n491580268582,262011234567890", "491580268582"),
        ("DE", "https://wa.me/491580268582", "491580268582"),
        ("US", "msisdn LIKE '%2069370287'", "2069370287"),
        ("US", "Timeticks: (918273645) 106 days", ""),
        ("DE", "9405 5112 0620 3312 0443 31", ""),
        ("US", "DeskPhone 1, CreationDate: 1444934889.601", ""),
        ("DE", "08056000-08077000 rw-p, call 08056000-08077000", ""),
        ("US", "011  011  011  110  011 = 1", ""),
        ("DE", "Temperature 0x0022   039   065   000    Old_age", ""),
        ("DE", "modes 0644 0755 4755, mobile 0176 1234 5678, 0664 9242921", "0176 1234 5678|0664 9242921"),
        ("DE", "BMW 49 06 1 962 799, NVE (00) 3 9775400 038367746 8, 0180 5 123456", "0180 5 123456"),
        ("DE", "meine handynr hat sich geändert: 015749678370", "015749678370"),
        ("US", "venmo me, num is 7029279829", "7029279829"),
        ("DE", "sag mal deine nummer / meine is 015207755740", "015207755740"),
        ("US", "amagic_call|5.003007|u, call 0.37508082", ""),
        ("US", "SPDX-FileCopyrightText: 2016-2017 Ann, by Tels 2004-2007", ""),
        ("US", "as in DFARS 252.227-7014", ""),
        ("US", "contact FSF, Boston, MA 02110-1301 USA", ""),
        ("US", "https://bugs.example/1018289 Work around, https://wa.me/14155550132", "14155550132"),
        ("DE", "U+00BC => 0031 2044 0034, 0631 0633 0648 0644 and 0391 0342 0399", ""),
        ("DE", "0.7.0 (2011-10-22), E 77, 036111 (2008)", ""),
        ("US", "image=call:20708176.51, TRACE Call seq=2727898517/5122168638", ""),
        ("US", "stats.phone.p99 149.58 1645658920, phone 1645658920", "1645658920"),
        ("DE", "JHEP 04 (2063) 610, +49 (0) 30 1234567, IATA 057-6116639046", "+49 (0) 30 1234567"),
        ("DE", "tel. +49 (0) 6221 / 333405 privat", "+49 (0) 6221 / 333405"),
        ("US", "[10:01] mia: number?\n[10:02] joe: 212 852 4647", "212 852 4647"),
        ("DE", "Text: 192.168.1.1/255.255.255.0, m=+9000000000.000000000", ""),
        ("US", "Contact, CallState{id=7048047898, MONOTONIC_TIMESTAMP=72780423239 phone-sync", ""),
        ("US", "the phone, value=7048047898", "7048047898"),
        ("DE", "00000-0  07933-3 0  9474", ""),
        ("DE", "phone_srv (line 325) <0.77591.8>, UTM 18T 076514 5129477", ""),
        ("DE", "od: 0046771 042126 003023 042054 063986 045282", ""),
        ("DE", "2023-06-03 2022/04/27 2019.11.26. 03/04/21 06/08/2020 2021-01-19", ""),
        ("US", "part no. 312-204-3312 supersedes 312-204-3311", ""),
        ("US", "order no. 312-204-3312, call 312-204-3311", "312-204-3311"),
        ("US", "(37) 788-063-Office, 07700 063 966-Fax", "(37) 788-063|07700 063 966"),
    ],
)
def test_what_is_a_phone_number(region: str, text: str, found: str) -> None:
    raw = text.encode()
    matches = Rules([phone([region])]).scan(raw)
    assert "|".join(raw[each.start : each.end].decode() for each in matches) == found


def test_what_a_link_encodes_is_a_number_with_its_plus() -> None:
    text = b"?phone=%2B14155550132&x=%2B1 or 50%2B1415000"
    assert [text[each.start : each.end] for each in Rules([CODED_PHONE]).scan(text)] == [b"%2B14155550132"]


@pytest.mark.parametrize("between", ["\u00a0", "\u2009", "\u202f", "\u2011", "\u2012", "\u2014", "\u2212"])
@pytest.mark.parametrize("groups", ["+33 6 12 34 56 78", "+49 30 901820"])
def test_groups_of_a_phone_number_may_be_kept_on_a_line(between: str, groups: str) -> None:
    number = groups.replace(" ", between)
    text = f"ring {number}, please".encode()
    matches = Rules([phone(["US"])]).scan(text)
    assert [text[each.start : each.end].decode() for each in matches] == [number]


@given(st.integers(1, 999), st.from_regex(r"[1-9][0-9]{3,14}", fullmatch=True))
def test_what_is_possible_at_once_is_possible_by_the_plan(code: int, rest: str) -> None:
    said = f"+{code} {rest}"
    if _is_possible(said):
        assert phonenumbers.is_possible_number(phonenumbers.parse(said))
