"""A budget becomes the effort that it was chosen for, and no vendor is asked for more than there is."""

import pytest

from dialects.conversation import Effort, Reasoning
from dialects.openai.efforts import effort_of


@pytest.mark.parametrize(
    ("wish", "effort"),
    [
        (Reasoning(budget=0), "none"),
        (Reasoning(budget=512), "low"),
        (Reasoning(budget=2048), "low"),
        (Reasoning(budget=8192), "medium"),
        (Reasoning(budget=16384), "high"),
        (Reasoning(budget=-1), None),
        (Reasoning(), None),
        (Reasoning("minimal"), "minimal"),
        (Reasoning("low", budget=16384), "low"),
        (Reasoning("max"), "xhigh"),
    ],
)
def test_what_another_format_wishes_is_an_effort(wish: Reasoning, effort: Effort | None) -> None:
    assert effort_of(wish, own=False) == effort


def test_a_caller_of_this_format_says_what_he_likes() -> None:
    assert effort_of(Reasoning("max"), own=True) == "max"
