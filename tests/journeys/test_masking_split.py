"""What is masked comes back from each vendor's format in each caller's, though it comes in letters."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from config.kinds import Operation
from tests.formats import FORMATS
from tests.journeys.program import ADMIN_KEY, Gateway, running
from tests.journeys.splitting_vendor import SPOKEN, TOOL, Splitting, splitting_vendor
from tests.journeys.vendors import vendor_lines

MAIL = "tramper.41@night-train.example"
NAME = 'Jane "JD" O\'Neil\\Smith\nof Ghent, ÿ 🦜'
PHONE = "+49 30 1234567"
WORDS = f"Write to {MAIL} or {PHONE} for {NAME}."
SECRET = "Project Nightjar"


@pytest.fixture(scope="module")
def vendor() -> Iterator[Splitting]:
    with splitting_vendor() as vendor:
        yield vendor


@pytest.fixture(scope="module")
def gateway(vendor: Splitting, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    lines = (
        *vendor_lines(vendor.url, "{ connect: 10s }"),
        "models:",
        *(f'  "{each.value}/*": {{ passthrough: {each.value} }}' for each in SPOKEN),
        "guards:",
        '  named: { kind: words, action: mask, stages: [input], patterns: { person: "Jane(?s:.)+?🦜" } }',
        f"  answers: {{ kind: words, stages: [output, tool_call], words: [{SECRET}] }}",
        "  read: { kind: words, action: redact, stages: [output, tool_call], words: [Kingfisher] }",
        "  short: { kind: size, max_bytes: 60, stages: [output] }",
        "  english: { kind: language, languages: [en], stages: [output] }",
        "teams:",
        "  brief: { guardrails: [short] }",
        "  island: { guardrails: [english] }",
        "  masked: { guardrails: [pii, named] }",
        "  both: { guardrails: [pii, named, read] }",
        "  stopped: { guardrails: [answers] }",
        f"admin_key: {ADMIN_KEY}",
    )
    gateway = Gateway(tmp_path_factory.mktemp("splitting"), "\n".join(lines))
    with running(gateway):
        yield gateway


@pytest.fixture(scope="module")
def keys(gateway: Gateway) -> dict[str, str]:
    return {team: gateway.new_key(team=team)[1] for team in ("masked", "both", "stopped", "brief", "island")}


def asked(gateway: Gateway, key: str, caller: Operation, vendor: Operation, words: str) -> httpx.Response:
    form = FORMATS[caller]
    model = f"{vendor.value}/m"
    with gateway.client(key) as client:
        body = form.ask(model, words, stream=True, tool=TOOL)
        answer = client.post(form.at(model, stream=True), json=body)
    return answer


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, name)
    elif isinstance(value, str):
        yield name, value


def said(caller: Operation, body: bytes) -> str:
    """All strings of the members that bear text, one behind the other, and arguments as they are read."""
    texts: dict[str, str] = {}
    for _, event in FORMATS[caller].events(body):
        for name, text in leaves(event):
            texts[name] = texts.get(name, "") + text
    return json.dumps(texts, ensure_ascii=False) + "".join(texts.values())


def says(names: list[str]) -> tuple[str, str, Any]:
    every = " and ".join(names)
    return (
        f"thinking of {every}",
        f"I told {every}, <EMAIL_, <EMAIL_000000000000> too.",
        {"to": names, "note": f'"{every}"'},
    )


PAIRS = [
    pytest.param(
        *(caller, speaks),
        id=f"{caller.value} from {speaks.value}",
        marks=() if caller is speaks or Operation.CHAT in (caller, speaks) else pytest.mark.soak,
    )
    for caller in SPOKEN
    for speaks in SPOKEN
]


@pytest.mark.parametrize(("caller", "speaks"), PAIRS)
def test_what_is_masked_comes_back(
    gateway: Gateway, vendor: Splitting, keys: dict[str, str], caller: Operation, speaks: Operation
) -> None:
    vendor.says = says
    team = "both" if caller is speaks else "masked"  # with a guard before the answer, too
    body = asked(gateway, keys[team], caller, speaks, WORDS).content
    sent = vendor.bodies[-1]
    assert not [each for each in (MAIL, PHONE, "O'Neil") if each in sent]
    told = said(caller, body)
    assert f"I told {MAIL} and {PHONE} and {NAME}" in told
    assert "<EMAIL_000000000000> too." in told
    left = re.findall(r"<(?:EMAIL|PHONE|PERSON)_[0-9a-f]{12}>", told)
    assert set(left) == {"<EMAIL_000000000000>"}
    arguments = arguments_of(caller, body)
    assert arguments["to"] == [MAIL, PHONE, NAME] and arguments["note"] == f'"{MAIL} and {PHONE} and {NAME}"'


def arguments_of(caller: Operation, body: bytes) -> Any:
    """The arguments of the one call of a tool, from the pieces or as they come whole."""
    pieces = ""
    for _, event in FORMATS[caller].events(body):
        for name, value in members(event):
            if name in ("args", "arguments", "input") and isinstance(value, dict) and value:
                return value
            if name in ("arguments", "partial_json", "input") and isinstance(value, str):
                if caller is Operation.RESPONSES:
                    continue
                pieces += value
        if caller is Operation.RESPONSES and event["type"] == "response.function_call_arguments.delta":
            pieces += event["delta"]
    return json.loads(pieces)


def members(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from members(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner)


@pytest.mark.parametrize("where", ["words", "arguments", "thought"])
@pytest.mark.parametrize("speaks", SPOKEN, ids=lambda each: f"from {each.value}")
def test_not_a_byte_of_what_is_forbidden_leaves(
    gateway: Gateway, vendor: Splitting, keys: dict[str, str], speaks: Operation, where: str
) -> None:
    spoken = {"words": "fine", "thought": "fine", "arguments": "fine", where: f"it is {SECRET} then"}
    vendor.says = lambda names: (spoken["thought"], spoken["words"], {"note": spoken["arguments"]})
    for caller in dict.fromkeys((speaks, Operation.CHAT)):
        answer = asked(gateway, keys["stopped"], caller, speaks, "go")
        told = answer.text if answer.status_code == 400 else said(caller, answer.content)
        assert "Proj" not in told and " then" not in told and "WORD" in told


def test_nobody_gets_what_somebody_else_masked(
    gateway: Gateway, vendor: Splitting, keys: dict[str, str]
) -> None:
    vendor.says = says
    assert MAIL in asked(gateway, keys["masked"], Operation.CHAT, Operation.CHAT, WORDS).text
    foreign = re.findall(r"<EMAIL_[0-9a-f]{12}>", vendor.bodies[-1])[0]
    vendor.says = lambda names: ("", f"it was {foreign}", None)
    for team in ("masked", "both"):
        answer = asked(gateway, keys[team], Operation.CHAT, Operation.CHAT, "who was it?")
        told = said(Operation.CHAT, answer.content)
        assert foreign in told and MAIL not in told


@pytest.mark.parametrize("speaks", SPOKEN, ids=lambda each: f"from {each.value}")
def test_no_more_leaves_than_an_answer_may_be_long(
    gateway: Gateway, vendor: Splitting, keys: dict[str, str], speaks: Operation
) -> None:
    for thought, words, fits in (("", "a" * 60, True), ("", "a" * 61, False), ("t" * 31, "a" * 30, False)):
        vendor.says = lambda names, said=(thought, words, None): said
        answer = asked(gateway, keys["brief"], speaks, speaks, "go")
        told = answer.text if answer.status_code == 400 else said(speaks, answer.content)
        assert ("TOO_LONG" in told) is not fits and (words in told) is fits


GERMAN = "Der Zug nach Gent ist heute nicht mehr zu erreichen, und das ist sehr schade. " * 4
ENGLISH = "The train to Ghent cannot be reached today any more, and that is a great pity. " * 4


@pytest.mark.parametrize("speaks", SPOKEN, ids=lambda each: f"from {each.value}")
def test_nothing_leaves_of_an_answer_in_another_language(
    gateway: Gateway, vendor: Splitting, keys: dict[str, str], speaks: Operation
) -> None:
    for words, fits in ((ENGLISH, True), (GERMAN, False), ("Der Zug.", True)):
        vendor.says = lambda names, said=("", words, None): said
        answer = asked(gateway, keys["island"], speaks, speaks, "go")
        told = answer.text if answer.status_code == 400 else said(speaks, answer.content)
        assert ("LANGUAGE" in told) is not fits and (words in told) is fits
        assert fits or "Der" not in told
