"""A stream is as long as it may be, and its beginning waits until its language shows."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import pytest

from config.catalog import GuardFacts
from dialects.dialect import Dialect
from gateway.guardrails.cordons import Post
from gateway.guardrails.gathering import ENOUGH, gathering
from gateway.guardrails.shield import Shield
from gateway.guardrails.shielding import Guarded
from guardrails.ends import OPENINGS
from guardrails.guards import language, size
from guardrails.restoring import Issued
from guardrails.window import Stopped
from tests.gateway.road import Road

WORDS = "The train to Ghent cannot be reached today, and that is what it is. "


def shield(kind: Any, **facts: Any) -> Shield:
    fact = GuardFacts("it", kind.__name__.rpartition(".")[2], stages=("output",), **facts)
    posts = (Post(kind.GUARD.build(fact), fact),)
    dialect = cast(Dialect, Road({}).call().dialect)
    return Shield(dialect, Issued({}), posts, OPENINGS.build([]))


def editors(shielded: Shield) -> Callable[[], Guarded]:
    return partial(gathering(shielded), shielded, in_json=False)


def test_all_texts_of_an_answer_count_together() -> None:
    made = editors(shield(size, max_bytes=10))
    one, other = made(), made()
    assert one.feed("éé") + other.feed("abcdef") == "ééabcdef"
    with pytest.raises(Stopped):
        one.feed("x")


@pytest.mark.parametrize("facts", [{"mode": "shadow"}, {"action": "flag"}], ids=["shadow", "flag"])
def test_what_only_counts_counts_once(facts: dict[str, Any]) -> None:
    shielded = shield(size, max_bytes=3, **facts)
    editor = editors(shielded)()
    assert editor.feed("abc") + editor.feed("d") + editor.feed("e") + editor.flush() == "abcde"
    assert [sum(kinds.values()) for kinds in shielded.counts.values()] == [1]


def test_a_beginning_waits_until_it_shows_its_language() -> None:
    editor = editors(shield(language, languages=("en",)))()
    said, held = "", 0
    for letter in WORDS * 8:
        said += editor.feed(letter)
        held = max(held, len(editor.held.encode()))
    assert said + editor.flush() == WORDS * 8
    assert held <= ENOUGH


def test_a_short_one_passes_at_its_end() -> None:
    editor = editors(shield(language, languages=("de",)))()
    assert editor.feed("The train") == "" and editor.flush() == "The train"


def test_another_language_says_nothing() -> None:
    editor = editors(shield(language, languages=("de",)))()
    said = ""
    with pytest.raises(Stopped):
        for letter in WORDS * 8:
            said += editor.feed(letter)
    assert said == ""


def test_no_piece_passes_at_one_look() -> None:
    assert editors(shield(size, max_bytes=10))().glance(b"abc", 9) is None
