"""Lists in OpenAI's shape."""

import pytest
from pydantic import ValidationError

from gateway.admin.pages import Identified, PageQuery, page_of


def test_a_page_has_openais_shape_and_says_where_to_go_on() -> None:
    page = page_of([Identified(id="a"), Identified(id="b")], more=True)
    assert page.model_dump() == {
        "object": "list",
        "data": [{"id": "a"}, {"id": "b"}],
        "has_more": True,
        "last_id": "b",
    }
    assert page_of([], more=False).last_id is None


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"after": "x" * 65}, {"before": "a"}])
def test_a_page_that_cannot_be_is_refused(query) -> None:
    with pytest.raises(ValidationError):
        PageQuery.model_validate(query)
