"""A catalog is printed without the secret of its webhook."""

from config.alert import AlertFacts
from config.secret import Secret


def test_the_secret_is_not_printed() -> None:
    assert "hush" not in repr(AlertFacts("https://a/x", "a:443", Secret("hush", "literal")))
