"""What other collections hold: forms and words of many countries, and what only looks like them."""

import pytest

from config.catalog import GuardFacts
from config.discover import load
from guardrails.guard import GuardKind, Segment, merged

GUARDS = [
    load("guardrails.guards", kind, "GUARD", GuardKind).build(GuardFacts(kind, kind))
    for kind in ("pii", "secrets")
]


def kinds(text: str) -> list[tuple[str, str]]:
    raw = text.encode()
    found = merged([each for guard in GUARDS for each in guard.inspect(Segment("input", raw))])
    return [(each.kind, raw[each.start : each.end].decode()) for each in found]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Тел.: 8 (495) 702-45-95", "PHONE", "8 (495) 702-45-95"),
        ("τηλέφωνο 693 479 9498", "PHONE", "693 479 9498"),
        ("手机号: 13952250886", "PHONE", "13952250886"),
        ("電話番号: 03-5555-1234", "PHONE", "03-5555-1234"),
        ("휴대폰 010-1234-5678", "PHONE", "010-1234-5678"),
        ("llámame al 91 861 60 16", "PHONE", "91 861 60 16"),
        ("meu WhatsApp é (11)99541-8862", "PHONE", "(11)99541-8862"),
        ("zadzwoń pod 509-587-635", "PHONE", "509-587-635"),
        ("ring til mig på 24 22 88 18", "PHONE", "24 22 88 18"),
        ("joignable au 06 49 95 56 88", "PHONE", "06 49 95 56 88"),
        ('{"phone_number": "98581 72486"}', "PHONE", "98581 72486"),
        ("phone 704.336.7430x6744", "PHONE", "704.336.7430x6744"),
        ("+1-912-490-4047x96669", "PHONE", "+1-912-490-4047x96669"),
        ("(382)308-1250x092", "PHONE", "(382)308-1250x092"),
        ("from abroad 0045 201 23084", "PHONE", "0045 201 23084"),
        ("Kreditkarte: 4111.1111.1111.1111", "CARD", "4111.1111.1111.1111"),
        ("4111  1111  1111  1111", "CARD", "4111  1111  1111  1111"),
        ("NINO RJ-31-27-80-C", "UK_NINO", "RJ-31-27-80-C"),
        ('{"nhsNumber":"9434765919"}', "UK_NHS", "9434765919"),
        ("Reisepass C01X00T47", "PASSPORT", "C01X00T47"),
        ("Date de naissance : 1 décembre 1949", "BIRTH_DATE", "1 décembre 1949"),
        ("geboren am 3. März 1980", "BIRTH_DATE", "3. März 1980"),
        ("nacida el 12 de agosto de 1975", "BIRTH_DATE", "12 de agosto de 1975"),
        ("geboortedatum 2001-07-08", "BIRTH_DATE", "2001-07-08"),
        ('{"birth_date":"19621017"}', "BIRTH_DATE", "19621017"),
        ("生年月日 1990年4月2", "BIRTH_DATE", "1990年4月2"),
        ("tip: LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1", "CRYPTO", "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1"),
        ("ssh key comment: ann@night-train.example", "EMAIL", "ann@night-train.example"),
        (f"k {'figd_' + 'aB3-xY9_' * 5}", "SECRET", "figd_" + "aB3-xY9_" * 5),
        (f"k {'3fa9' * 8}-us17", "SECRET", "3fa9" * 8 + "-us17"),
        ("ALGOLIA_ADMIN_KEY: 4cf1726c7cb3d1ac874beff89ba87081", "SECRET", "4cf1726c7cb3d1ac874beff89ba87081"),
        (f"k pcsk_{'aB3xY9Zq' * 6}", "SECRET", "pcsk_" + "aB3xY9Zq" * 6),
    ],
)
def test_a_value_is_found_as_others_write_it(text: str, kind: str, value: str) -> None:
    found = dict(kinds(f"Hello,\n{text}\nBye"))
    assert kind in found
    assert value.rstrip("_-") == found[kind].rstrip("_-")


@pytest.mark.parametrize(
    "text",
    [
        "pip install torch==2.6.1.4",
        "listening on 0.0.0.0:8000",
        "mask 255.255.255.0",
        "serial 88:c5:73:5f:70:74:44:52",
        "token: AbstractTokenFactory2Bean",
        "pwd=/srv/build/workspace12",
        "the number is 1234567890 in decimal",
        "ISBN-10: 0-484-70855-4",
        "order 055-9562518-9769371",
        "invoice INV-0898-407616",
        "case no. 08-4060-210",
        "part no. 0652-946645-19",
        "ZIP 06062-5977",
        "x = 0.882508432833708",
        "1234 5678 9012 3456",
        "released on 12 mars 2021 and 19991231",
        "serial AB1234567C of model C01X00T47",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert kinds(f"Hello,\n{text}\nBye") == []
