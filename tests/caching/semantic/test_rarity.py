"""A word is the rarer the fewer texts have it."""

from caching.semantic.rarity import Rarity


def test_a_rare_word_is_nearer_to_one() -> None:
    rarity = Rarity()
    for number in range(1000):
        rarity.note(["account", "account", f"name{number}", *(["refund"] if number % 10 == 0 else [])])
    found = [rarity.of(word) for word in ("account", "refund", "name7", "never")]
    assert found == sorted(found)
    assert 0 <= found[0] < 0.01
    assert found[3] <= 1


def test_at_first_all_words_are_alike() -> None:
    assert Rarity().of("one") == Rarity().of("other") > 0
