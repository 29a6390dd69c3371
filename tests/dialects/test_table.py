"""The documentation says of every format what it cannot say, as the code does."""

from tests.dialects.table import DOCUMENT, with_table


def test_the_table_is_that_of_the_code() -> None:
    text = DOCUMENT.read_text()
    assert with_table(text) == text, "run `make docs`"
