"""A command that asks a gateway says what is missing, or what it was told."""

import pytest
import typer

from gateway.admin.kept import CacheAnswer
from gateway.cli.asking import admin_key, asked


def test_without_a_key_it_fails(monkeypatch: pytest.MonkeyPatch, tmp_path, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(typer.Exit):
        admin_key(None, None, as_json=False)
    said = capsys.readouterr().err
    assert "An admin key is needed: give it with --admin-key" in said and "keys create" in said
    assert admin_key("one", None, as_json=False) == "one"


@pytest.mark.parametrize("url", ["localhost:8080", "http://127.0.0.1:9/admin/v1/cache"])
def test_a_place_where_nobody_answers_is_said(url: str, capsys) -> None:
    with pytest.raises(typer.Exit):
        asked(url, "key", CacheAnswer, as_json=False)
    assert url in capsys.readouterr().err
