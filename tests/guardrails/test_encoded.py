"""Files in base64 are read, in whatever form a client writes them; and sounds and pictures are not."""

import base64
import json
from typing import cast

import pytest

from config.catalog import GuardFacts
from guardrails.bodies import Body
from guardrails.forms import FormGuard
from guardrails.guard import Segment
from guardrails.guards import pii
from guardrails.skimming import FormSkim

PII = cast(FormGuard, pii.GUARD.build(GuardFacts("pii", "pii")))
SKIM = FormSkim(PII.forms)
MAIL = "ann@night-train.example"
SHORT = f"mail {MAIL}"
LONG = f"Zürich: {MAIL}, " + "ÿ>?" * 40 + "and so on " * 20


def code(text: str, encoding: str = "utf-8") -> str:
    return base64.b64encode(text.encode(encoding)).decode()


FILES = {
    "a short one": {"data": code(SHORT)},
    "one named otherwise": {"bytes": code(SHORT)},
    "in a short data URL": {"url": f"data:text/plain;base64,{code(SHORT)}"},
    "in a data URL in capitals": {"url": f"DATA:text/plain;BASE64,{code(SHORT)}"},
    "without its padding": {"data": code(LONG + ".").rstrip("=")},
    "in the alphabet of URLs": {"data": code(LONG).replace("+", "-").replace("/", "_")},
    "in lines": {"data": base64.encodebytes(LONG.encode()).decode()},
    "in lines of DOS": {"data": base64.encodebytes(LONG.encode()).decode().replace("\n", "\r\n")},
    "of one byte a letter": {"data": code(LONG, "latin-1")},
    "of two bytes a letter": {"data": code(LONG, "utf-16")},
}


@pytest.mark.parametrize("slashes", [False, True], ids=["plain", "slashes escaped"])
@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_a_file_is_read_and_written_again(file: dict[str, str], slashes: bool) -> None:
    document = json.dumps({"source": file}).encode()
    if slashes:  # as PHP writes JSON
        document = document.replace(b"/", b"\\/")
    assert SKIM.seen(document) != ()
    body = Body.of(document)
    at = body.joined.index(MAIL.encode())
    [found] = [each for each in PII.inspect(Segment("input", body.joined)) if each.start == at]
    [said] = json.loads(body.edited([found], lambda finding, text: b"<X>"))["source"].values()
    text = base64.b64decode(said.rpartition(",")[2]).decode()
    assert "<X>" in text and MAIL not in text
    assert text.replace("<X>", MAIL) in (SHORT, LONG, LONG + ".")


@pytest.mark.parametrize(
    "text",
    [
        *("4915123456789012", "DE89370400440532013000", "hunter2hunter2hunter2hunter2"),
        base64.b64encode(bytes(range(256))).decode(),
        base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").decode(),
        "Zm9v" * 8 + "=" + "Zm9v" * 10,
    ],
)
def test_what_is_no_text_in_base64_stands_as_it_is(text: str) -> None:
    [_, piece] = Body.of(json.dumps({"data": text}).encode()).pieces
    assert piece.text == text.encode()
