"""How a report beside an earlier one looks."""

import json

import pytest

from gateway.cli.comparison import print_comparison
from ledger.comparing import Compared
from ledger.reports import Counts, Question

QUESTION = Question(("team",), 0, 1000)
LINES = [
    Compared(
        {"team": "support"},
        Counts(requests=3, input_tokens=10, cost_nano=1_500_000_000),
        Counts(requests=2, cost_nano=1_000_000_000),
    ),
    Compared({"team": ""}, Counts(requests=1), Counts()),
]


def test_people_see_the_change(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    print_comparison(QUESTION, LINES, json=False, as_csv=False)
    said = capsys.readouterr().out
    assert "support" in said
    assert "+50.0%" in said
    assert "new" in said


def test_programs_get_both(capsys: pytest.CaptureFixture[str]) -> None:
    print_comparison(QUESTION, LINES, json=True, as_csv=False)
    first, _ = json.loads(capsys.readouterr().out)
    assert (first["now"]["cost_usd"], first["before"]["cost_usd"], first["change"]) == ("1.5", "1", 50.0)
    print_comparison(QUESTION, LINES, json=False, as_csv=True)
    assert capsys.readouterr().out.splitlines()[:2] == [
        "team,requests,input_tokens,output_tokens,cost_usd,"
        "requests_before,input_tokens_before,output_tokens_before,cost_usd_before",
        "support,3,10,0,1.5,2,0,0,1",
    ]
