"""What is drawn otherwise is found as what it says, and comes back as it was drawn."""

import json
import re

import pytest

from config.catalog import GuardFacts
from guardrails.bodies import Body
from guardrails.drawing import plainly
from guardrails.ends import Ends
from guardrails.forms import FormGuard
from guardrails.guard import Finding, Guard, Segment
from guardrails.guards import pii, secrets
from guardrails.readings import readings
from guardrails.skimming import FormSkim
from guardrails.window import Window

PII, SECRETS = (
    each.GUARD.build(GuardFacts(name, name)) for name, each in (("pii", pii), ("secrets", secrets))
)
CARD = "4111 1111 1111 1111"
WIDE = "".join(chr(ord(each) + 0xFEE0) if each.isdigit() else each for each in CARD)
ARABIC = "".join(chr(0x660 + int(each)) if each.isdigit() else each for each in CARD)
BOLD = "".join(chr(0x1D7CE + int(each)) if each.isdigit() else each for each in CARD)
HIDDEN = "\u200b".join(CARD.replace(" ", ""))
TOKEN = "ghp_16C7e42F292c69\u200d12E7710c838347Ae178B4a"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (WIDE, {"CARD"}),
        (ARABIC, {"CARD"}),
        (BOLD, {"CARD"}),
        (HIDDEN, {"CARD"}),
        (CARD.replace(" ", "\u2003"), {"CARD"}),
        (CARD.replace(" ", "\u3000"), {"CARD"}),
        ("geboren am 4.\xa0Mai\xa01984", {"BIRTH_DATE"}),
        ("in der Lindenstraße\xa014", {"ADDRESS"}),
        ("ann@\u2060acme.example", {"EMAIL"}),
        ("ann@ac\xadme.example", {"EMAIL"}),
        ("ann＠acme．example", {"EMAIL"}),
        ("ＩＢＡＮ ＤＥ８９ ３７０４ ００４４ ０５３２ ０１３０ ００", {"IBAN"}),
        ("电话：１３８１２３４５６７８", {"PHONE"}),
        ("１月１０日、会議は１０時からです。", set()),
        ("👩\u200d💻 नमस्\u200dते und 3\u200b mal", set()),
    ],
)
def test_it_is_found_and_comes_back_as_it_was(text: str, kinds: set[str]) -> None:
    said = f"hier: {text}, é"
    for ascii_only in (False, True):
        body = Body.of(json.dumps({"a": {"b": said}}, ensure_ascii=ascii_only).encode())
        found = body.asked(lambda part: PII.inspect(Segment("input", part)))
        assert {each.kind for each in found} == kinds
        edited = body.edited(found, lambda finding, value: b"<%b>" % value)
        left = json.loads(edited)["a"]["b"]
        assert left.count("<") == len(kinds)
        assert re.sub("[<>]", "", left) == said


@pytest.mark.parametrize("text", [WIDE, HIDDEN, BOLD, "ann＠acme.example"])
def test_one_look_does_not_pass_it_by(text: str) -> None:
    assert isinstance(PII, FormGuard)
    look = FormSkim(PII.rules.patterns)
    assert look.seen(f'{{"a":"{text}"}}'.encode()) is None
    assert not look.absent(text.encode())


@pytest.mark.parametrize(
    ("guard", "text"),
    [(SECRETS, TOKEN), (PII, WIDE), (PII, HIDDEN), (PII, ARABIC), (PII, "ann＠acme.example")],
)
def test_no_cut_lets_a_sign_of_it_out(guard: Guard, text: str) -> None:
    said, openings = f"it is {text} and", Ends(list(guard.partial))

    def inspect(part: bytes) -> list[Finding]:
        return list(guard.inspect(Segment("output", part)))

    for step in (1, *range(2, len(said))):
        window, out = Window(inspect, openings, lambda _: None, in_json=False), ""
        for at in range(0, len(said), step):
            out += window.feed(said[at : at + step])
        assert re.fullmatch(r"it is \[[A-Z]+\] and", out + window.flush())


def test_a_place_in_escapes_and_wide_digits_leads_back() -> None:
    raw = json.dumps({"a": WIDE, "b": "\n"}).encode()
    [*_, plain] = readings(raw, sure=True)
    at = plain.text.index(CARD.encode())
    start, end = plain.place(at, at + len(CARD))
    assert json.loads(b'"%b"' % raw[start:end]) == WIDE
    assert plain.value(at, at + len(CARD)).decode() == WIDE


@pytest.mark.parametrize("text", ["plain", "é", "１月", "Ａ/Ｂ組", "a\u200b 1", "\u200bb"])
def test_most_texts_are_read_once(text: str) -> None:
    assert plainly(text.encode()) is None and readings(text.encode(), sure=False) == ()


def test_what_is_no_text_is_left() -> None:
    assert plainly(b"\xff 1\xe2\x80\x8b2") is None
    assert readings(b"\xff 1\xe2\x80\x8b2", sure=False) == ()
