"""What `reliability` says, and what holds where it says nothing."""

from collections.abc import Callable

from config.catalog import Loaded, Settings

Load = Callable[[str], Loaded]


def test_every_setting_reaches_the_catalog(load: Load) -> None:
    written = "breakers: false, queue: 1s, empty_fails: true, hedge_budget: 1%, retry_budget: 2%"
    found = load(f"reliability: {{{written}}}").catalog.settings
    assert (found.breakers, found.queue_seconds, found.empty_fails) == (False, 1.0, True)
    assert (found.hedge_budget, found.retry_budget) == (0.01, 0.02)


def test_without_a_word_the_defaults_hold(load: Load) -> None:
    assert load("{}").catalog.settings.empty_fails is Settings().empty_fails is False
