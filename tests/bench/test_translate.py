"""What an event costs is measured on streams that come to their ends, and a translated one is not dear."""

import pytest

from bench import translate
from config.kinds import Operation

PAIRS = [(caller, vendor) for caller in translate.streams(1) for vendor in translate.streams(1)]


@pytest.mark.parametrize(("caller", "vendor"), PAIRS, ids=lambda operation: operation.value)
def test_each_stream_comes_to_its_end_and_says_the_same(caller: Operation, vendor: Operation) -> None:
    through = translate.reader(caller, vendor)
    out = translate.passed(through, translate.streams(7)[vendor])
    assert through.error is None and through.finished and through.text_length == 7 * len(" signal")
    assert out.count(b'" signal"') == 7
    assert through.usage is not None and through.usage.input == 212


def test_a_stream_that_breaks_is_no_measurement() -> None:
    answers = {Operation.MESSAGES: translate.streams(3)[Operation.MESSAGES][:-3]}
    with pytest.raises(ValueError, match="did not come to its end"):
        translate.measured(answers, rounds=1)


def test_a_translated_event_costs_no_more_than_the_house_promises() -> None:
    both = {kind: translate.streams()[kind] for kind in (Operation.CHAT, Operation.MESSAGES)}
    found = translate.measured(both, rounds=20)
    relayed = found[Operation.CHAT, Operation.CHAT].best
    assert found[Operation.CHAT, Operation.MESSAGES].best - relayed <= translate.MOST


def test_the_report_has_a_line_for_each_pair() -> None:
    chat, messages = Operation.CHAT, Operation.MESSAGES
    lines: list[str] = []
    costs = {(chat, chat): translate.Cost(2.0, 2.5), (chat, messages): translate.Cost(15.0, 16.0)}
    translate.report(costs, lines.append)
    relayed, translated = lines
    assert relayed.endswith("relayed\n") and "2.00 µs (usual 2.50)" in relayed
    assert "+13.00 (usual +13.50); above 12" in translated
