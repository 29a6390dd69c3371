"""The texts of a body are inspected whatever member they stand in, and edited without touching the rest."""

import base64
import json
import re
from typing import Any

import pytest

from config.catalog import GuardFacts
from guardrails.bodies import BINARY, Body, Part
from guardrails.forms import FormGuard
from guardrails.guard import Finding, Guard, Segment, merged
from guardrails.guards import pii, secrets
from guardrails.skimming import FormSkim

PII = pii.GUARD.build(GuardFacts("pii", "pii"))
SECRETS = secrets.GUARD.build(GuardFacts("secrets", "secrets"))
SECRET = b"SEEKRIT"


def masked(value: Any) -> Any:
    """The document with each SEEKRIT replaced, as a guard would."""
    document = value if isinstance(value, bytes) else json.dumps(value).encode()
    body, findings, at = Body.of(document), [], -1
    while (at := body.joined.find(SECRET, at + 1)) >= 0:
        findings.append(Finding("g", "X", "mask", at, at + len(SECRET)))
    edited = body.edited(findings, lambda finding, text: b"<X>" if text == SECRET else b"?")
    return json.loads(edited)


def seekrit(text: bytes) -> list[Finding]:
    found = [match.start() for match in re.finditer(SECRET, text)]
    return [Finding("g", "X", "mask", at, at + len(SECRET)) for at in found]


TEXT = "it is SEEKRIT, é\n"


@pytest.mark.parametrize(
    "value",
    [
        {"messages": [{"role": "user", "content": TEXT}]},
        {"messages": [{"content": [{"type": "text", "text": TEXT}, {"type": "new_thing", "words": TEXT}]}]},
        {"system": TEXT, "tools": [{"description": TEXT, "input_schema": {"enum": [TEXT], TEXT: 1}}]},
        {"tool_calls": [{"function": {"name": "f", "arguments": json.dumps({"a": TEXT, "b": [1.50]})}}]},
        {"id": TEXT, "type": TEXT, "role": TEXT},
        {"alt": TEXT, "file": {"filename": TEXT}, "metadata": {"k": TEXT}},
    ],
    ids=["turn", "parts", "system and tools", "arguments", "not the words of a machine", "other members"],
)
def test_a_text_is_found_wherever_it_stands(value: Any) -> None:
    said = masked(value)
    assert "SEEKRIT" not in json.dumps(said)
    assert said == json.loads(json.dumps(value).replace("SEEKRIT", "<X>"))


def test_arguments_stay_json_after_an_escape() -> None:
    said = masked({"arguments": json.dumps({"a": "line\nSEEKRIT\tend"})})
    assert json.loads(said["arguments"]) == {"a": "line\n<X>\tend"}


def test_needless_escapes_inside_json_inside_json_hide_nothing() -> None:
    said = masked({"arguments": '{"a": "\\u0053EEKRIT"}'})
    assert json.loads(said["arguments"]) == {"a": "<X>"}


def nested(value: Any, deep: int) -> str:
    """JSON in JSON, so many times."""
    for _ in range(deep):
        value = json.dumps({"text": value})
    return str(value)


def parsed(text: Any, deep: int) -> Any:
    for _ in range(deep):
        text = json.loads(text)["text"]
    return text


@pytest.mark.parametrize("deep", [1, 2, 3, 4])
@pytest.mark.parametrize("mark", ["é", "🚂", "\n", "\t", '"', "\\", " \\n", "/"])
def test_what_is_escaped_is_read_as_deep_as_it_stands(deep: int, mark: str) -> None:
    for said in (f"x{mark}4111111111111111{mark}y", f"1{mark}\n512-33-4471\n203.0.113.7"):
        plain = {each.kind for each in PII.inspect(Segment("input", said.encode()))}
        body = Body.of(json.dumps({"r": nested(said, deep)}).encode())
        found = body.asked(lambda text: PII.inspect(Segment("input", text)))
        assert plain <= {each.kind for each in found}
        edited = json.loads(body.edited(merged(found), lambda finding, text: f"[{finding.kind}]".encode()))
        left = parsed(edited["r"], deep)
        assert "4111" not in left and "4471" not in left


@pytest.mark.parametrize("deep", [1, 2, 3])
def test_the_value_of_what_is_found_is_its_letters(deep: int) -> None:
    body = Body.of(json.dumps({"r": nested("a\nrené.müller@acme.example\nb", deep)}).encode())
    found = body.asked(lambda text: PII.inspect(Segment("input", text)))
    values: list[str] = []
    edited = body.edited(merged(found), lambda finding, text: values.append(text.decode()) or b"<X>")
    assert values == ["rené.müller@acme.example"] and len(found) == 1
    assert parsed(json.loads(edited)["r"], deep) == "a\n<X>\nb"


def test_a_text_that_is_no_json_is_read_as_it_stands_and_as_if_it_were() -> None:
    for text in (
        "see C:\\team\\SEEKRIT now",
        "<p>\\u003eSEEKRIT",
        'it says {"a": "\\u0053EEKRIT"}',
        "{C:\\nSEEKRIT",
    ):
        body = Body.of(json.dumps({"content": text}).encode())
        found = body.asked(seekrit)
        assert len(found) == 1
        assert "<X>" in json.loads(body.edited(found, lambda finding, text: b"<X>"))["content"]


def test_names_of_files_in_json_lose_no_letter_and_prose_none_of_its_escapes() -> None:
    mail = "bob@acme.example"
    for text, left in (
        (json.dumps({"p": f"C:\\users\\{mail}"}), '{"p": "C:\\\\users\\\\<X>"}'),
        (f"C:\\users\\{mail}", "C:\\users\\<X>"),
        ("so: " + json.dumps({"p": f"by\n{mail}"}), 'so: {"p": "by\\n<X>"}'),
        (f"<p>\\u003e{mail}", "<p>\\u003e<X>"),
    ):
        body = Body.of(json.dumps({"content": text}).encode())
        found = body.asked(lambda text: PII.inspect(Segment("input", text)))
        assert len(found) == 1
        edited = body.edited(found, lambda finding, text: b"<X>" if text == mail.encode() else b"?")
        assert json.loads(edited)["content"] == left


def test_an_escaped_backslash_before_a_letter_stays_one() -> None:
    code = {"code": "print('\\u0041')", "author": "SEEKRIT"}
    said = masked({"r": json.dumps(code)})
    assert json.loads(said["r"]) == {**code, "author": "<X>"}


def test_a_part_has_the_other_readings_of_its_texts() -> None:
    document = json.dumps(
        {"messages": [{"role": role, "content": "a\\u0053EEKRIT"} for role in ("user", "tool")]}
    )
    body = Body.of(document.encode())
    part = body.part(lambda position: position == "tool_result")
    assert part is not None
    found = part.asked(seekrit)
    edited = json.loads(body.edited(found, lambda finding, text: b"<X>"))
    assert [each["content"] for each in edited["messages"]] == ["a\\u0053EEKRIT", "a<X>"]
    assert body.everything[found[0].start : found[0].end] == SECRET


@pytest.mark.parametrize("mark", ["“", "你", "é", "🚂", "\u00a0", "½"])
def test_letters_as_escapes_inside_json_inside_json_are_no_part_of_a_number(mark: str) -> None:
    document = json.dumps({"arguments": json.dumps({"said": f"{mark}4111 1111 1111 1111{mark}"})}).encode()
    found = PII.inspect(Segment("input", Body.of(document).joined))
    assert [(each.kind, each.end - each.start) for each in found] == [("CARD", 19)]


def test_text_in_base64_is_read_and_written_again() -> None:
    encoded = base64.b64encode(("x" * 60 + TEXT).encode()).decode()
    for value in (encoded, f"data:text/plain;base64,{encoded}"):
        said = masked({"source": {"data": value}})["source"]["data"]
        text = base64.b64decode(said.rpartition(",")[2]).decode()
        assert text == "x" * 60 + TEXT.replace("SEEKRIT", "<X>")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("id", "call_SEEKRIT"),
        ("signature", "SEEKRIT+/=="),
        ("data", base64.b64encode(bytes(range(256)) * 16).decode()[: BINARY // 4 * 4] + "SEEKRITS"),
    ],
    ids=["an id", "a signature", "an image"],
)
def test_what_machines_made_passes_as_it_is(key: str, text: str) -> None:
    assert masked({key: text}) == {key: text}


def test_a_short_token_is_inspected_though_it_could_be_base64() -> None:
    token = "a" * 80 + "SEEKRIT"
    assert masked({"data": token})["data"] == "a" * 80 + "<X>"


def test_numbers_unknown_members_and_spaces_survive_bit_for_bit() -> None:
    document = b'{ "a":1.0e+5, "b" : "SEEKRIT", "b":"\\u00e9 x", "c":12345678901234567890123 }'
    body = Body.of(document)
    at = body.joined.index(SECRET)
    edited = body.edited([Finding("g", "X", "mask", at, at + 7)], lambda finding, text: b"<X>")
    assert edited == document.replace(SECRET, b"<X>")


def test_a_finding_over_the_end_of_a_text_is_cut_there() -> None:
    body = Body.of(b'["abcdef","ghijkl"]')
    edited = body.edited([Finding("g", "X", "mask", 3, 12)], lambda finding, text: b"<%b>" % text)
    assert json.loads(edited) == ["abc<def>", "<ghi>jkl"]


def test_a_part_leads_back_to_the_whole() -> None:
    document = (
        b'{"messages": [{"role": "user", "content": "tea one"}, {"role": "tool", "content": "tea two"}]}'
    )
    body = Body.of(document)
    results, words = (
        body.part(lambda position: position == "tool_result"),
        body.part(lambda position: position == "words"),
    )
    assert results is not None and words is not None and body.part(lambda _: False) is None
    assert b"tea two" in results.joined and b"tea one" not in results.joined
    assert b"tea one" in words.joined and b"tea two" not in words.joined
    at = results.joined.index(b"tea")
    found = results.in_whole(Finding("g", "X", "mask", at, at + 3))
    assert body.joined[found.start :].startswith(b"tea two") and found.end == found.start + 3
    beyond = results.in_whole(Finding("g", "X", "mask", at, len(results.joined) + 9))
    assert body.joined[beyond.start : beyond.end].startswith(b"tea two")


def test_a_formats_own_names_are_passed_over_and_the_same_words_are_not_where_somebody_says_them() -> None:
    body = Body.of(b'{"content":"content","stop":["stop"],"my own name":"x y"}')
    assert [piece.text for piece in body.pieces] == [b"content", b"stop", b"my own name", b"x y"]


def kinds_of(value: Any, guard: Guard = PII) -> list[str]:
    body = Body.of(json.dumps({"input": value}).encode())
    part = Part.of(body, range(len(body.pieces)))
    found = [each.kind for each in body.asked(lambda text: guard.inspect(Segment("input", text)))]
    assert found == [each.kind for each in part.asked(lambda text: guard.inspect(Segment("input", text)))]
    return found


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        ({"invoice": "512334471"}, []),
        ({"order_id": "4155550132", "fileSize": "512334471", "offset": "2125550147"}, []),
        ({"sku": "911701234", "checksum": "86095742719", "tracking": "9434765919"}, []),
        ({"version": "1.2.3.4"}, []),
        ({"ssn": "512334471"}, ["US_SSN"]),
        ({"homePhone": "4155550132"}, ["PHONE"]),
        ({"dob": "1984-03-12"}, ["BIRTH_DATE"]),
        ({"given": '{"phones": ["4155550132", "2125550147"]}'}, ["PHONE", "PHONE"]),
        ({"value": "512334471"}, ["US_SSN"]),
        ({"field": "ssn", "value": "512334471"}, ["US_SSN"]),
        ({"4111": "1111 1111 1111"}, []),
    ],
)
def test_the_name_of_a_member_tells_what_it_holds(value: Any, kinds: list[str]) -> None:
    assert kinds_of(value) == kinds


@pytest.mark.parametrize("name", ["password", "api_key", "secret"])
def test_a_secret_is_known_by_the_name_of_its_member(name: str) -> None:
    assert kinds_of({name: "hunter2horse9!"}, SECRETS) == ["SECRET"]
    body = Body.of(json.dumps({"input": {name: "hunter2horse9!"}}).encode())
    found = body.asked(lambda text: SECRETS.inspect(Segment("input", text)))
    assert json.loads(body.edited(found, lambda finding, text: b"<X>")) == {"input": {name: "<X>"}}


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": "), (" , ", "  :\n "), (",", ":\t")])
def test_one_look_sees_it_however_the_document_is_written(separators: tuple[str, str]) -> None:
    assert isinstance(SECRETS, FormGuard)
    look = FormSkim(SECRETS.rules.patterns)
    document = json.dumps({"input": {"password": "hunter2horse9!"}}, separators=separators).encode()
    assert look.seen(document) != ()
