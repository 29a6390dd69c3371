"""Mail addresses are told from logins, files, links and the words around them."""

import pytest

from guardrails.personal.mail import EMAIL, EMAIL_HIDDEN
from guardrails.rules import Rules


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<a.b+c@d-e.example>", "a.b+c@d-e.example"),
        ("mailto:a@b.co?subject=x", "a@b.co"),
        ("a@b", ""),
        ("ssh -i key ubuntu@host.example.com", ""),
        ("react@18.2.0 and foo@1.0.zip", ""),
        ("logo@2x.py", ""),
        ("unit@tty1.service", ""),
        ("jane@acme.com.pdf, files/joe@kernel.org.json: mail@2x.js", "jane@acme.com joe@kernel.org"),
        ("jane@firma.rs, bob@corp.zip", "jane@firma.rs bob@corp.zip"),
        ("Use ssh for login and mail jane@acme.com", "jane@acme.com"),
        ("ssh-ed25519 AAAAC3Nz jane@acme.com", "jane@acme.com"),
        ("ssh-keygen -t ed25519 -C jane@acme.com", "jane@acme.com"),
        ("ssh key jane@acme.com is new", "jane@acme.com"),
        ("scp -r site jane@acme.com:www", ""),
        ("scp ~/site.html jane@acme.com", ""),
        ("«joe@kernel.org»", "joe@kernel.org"),
        ("„joe@kernel.org“", "joe@kernel.org"),
        ("joe@kernel.org—thanks.to all", "joe@kernel.org"),
        ("mail\u00a0:\u00a0joe@kernel.org\u00a0!", "joe@kernel.org"),
        ("メールはtanaka@docomo.ne.jpです。", "tanaka@docomo.ne.jp"),
        ("邮箱是zhang@163.com请", "zhang@163.com"),
        ("अजय@डाटा.भारत", "अजय@डाटा.भारत"),
        ("user=ann@acme.com|bob@acme.com", "ann@acme.com bob@acme.com"),
        ("https://x.example/u?a=1+2&email=ann@acme.com&x=1", "ann@acme.com"),
        ("bounces+ann=acme.com@list.example", "bounces+ann=acme.com@list.example"),
        ("https://medium.example/@jane.doe", ""),
        ("a@b—c.com", ""),
        ("a@b.example@c.example", ""),
        ("Message-ID: <x.1@acme.com> References: <y@acme.com> UID:z@acme.com", "z@acme.com"),
        ("In-Reply-To: <x.1@acme.com>\nUID:2024-1@acme.com\nTo: <x.1@acme.com>", "x.1@acme.com"),
        ("ci-bot@acme-prod.iam.gserviceaccount.com", ""),
    ],
)
def test_what_is_a_mail_address(text: str, found: str) -> None:
    raw = text.encode()
    matches = Rules([EMAIL]).scan(raw)
    assert [raw[each.start : each.end].decode() for each in matches] == found.split()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://a.example/?to=ann.lee%40night.example&x=1", "ann.lee%40night.example"),
        ("npm i react%4018.2.0", ""),
        ("write to ann&#64;night.example", "ann&#64;night.example"),
        ("ann_at_night_dot_example", "ann_at_night_dot_example"),
        ("look_at_this", ""),
    ],
)
def test_what_is_a_mail_address_that_is_not_written_as_one(text: str, found: str) -> None:
    matches = Rules([EMAIL_HIDDEN]).scan(text.encode())
    assert [text[each.start : each.end] for each in matches] == ([found] if found else [])
