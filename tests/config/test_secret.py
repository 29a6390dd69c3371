"""A secret is not printed by chance."""

from config.secret import Secret


def test_a_secret_shows_where_it_came_from_and_not_what_it_is():
    secret = Secret("sk-hush", "env KEY")
    assert "hush" not in f"{secret!r} {secret}"
    assert "env KEY" in repr(secret)
