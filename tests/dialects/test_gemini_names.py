"""Both spellings of a member are one."""

import pytest

from dialects.gemini_names import camel, cameled


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("max_output_tokens", "maxOutputTokens"),
        ("maxOutputTokens", "maxOutputTokens"),
        ("top_p", "topP"),
        ("_hidden", "_hidden"),
        ("odd__name", "odd__name"),
        ("end_", "end_"),
        ("", ""),
    ],
)
def test_names_are_read_in_camel_case(name: str, written: str) -> None:
    assert camel(name) == written


def test_only_the_names_of_the_members_change() -> None:
    args = {"inner_name": 1}
    assert cameled({"function_call": args, "id": 2}) == {"functionCall": args, "id": 2}
    assert cameled({"functionCall": args}) == {"functionCall": args}
