"""What guards of forms share: stages, allowed texts, own patterns."""

from config.catalog import GuardFacts
from guardrails.allowing import Allowed
from guardrails.forms import FormGuard, own_rules, stages_of, words_pattern
from guardrails.guard import Segment
from guardrails.rules import Rule, Rules


def test_a_guard_leaves_what_is_allowed() -> None:
    rules = Rules([Rule("A", ("a+",))])
    guard = FormGuard("g", rules, "mask", frozenset(["input"]), Allowed(["aa"]))
    assert [(each.start, each.end) for each in guard.inspect(Segment("input", b"a aa aaa"))] == [
        (0, 1),
        (5, 8),
    ]


def test_stages_are_the_kinds_unless_the_file_says_others() -> None:
    assert stages_of(GuardFacts("g", "pii"), ("input",)) == {"input"}
    assert stages_of(GuardFacts("g", "pii", stages=("output",)), ("input",)) == {"output"}


def test_longer_words_come_first() -> None:
    assert (
        words_pattern(["train", "train station"]).index("station")
        < words_pattern(["train"]).rindex("train") + 20
    )
    [rule] = own_rules(GuardFacts("g", "words", words=("train", "train station")))
    [match] = Rules([rule]).scan(b"the train station")
    assert (match.start, match.end) == (4, 17)
