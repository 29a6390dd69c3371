"""Each name is listed once, as it is written."""

import pytest

from bench import name_words


@pytest.mark.parametrize("name", ["GIVEN", "FAMILY", "CITIES", "LANDS", "FIRMS", "FIRM_ENDS", "FIRMS_WHOLE"])
def test_each_is_listed_once(name: str) -> None:
    listed = getattr(name_words, name)
    assert len(listed) > 40
    assert [
        each for each in listed if listed.count(each) > 1 or not each or "- " in each or "\n" in each
    ] == []
