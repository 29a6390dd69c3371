"""Reading a configuration from disk."""

import os
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.kinds import VendorKind
from config.load import MOST_REFERENCED_BYTES, load_file, load_setting

Kinds = dict[str, VendorKind]


def test_relative_references_start_from_the_files_folder(tmp_path: Path, kinds: Kinds) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key").write_text("sk-key\n")
    file = tmp_path / "signalbox.yaml"
    file.write_text("vendors: {openai: {api_key: file:secrets/key}}")
    loaded = load_file(file, kinds, {})
    key = loaded.catalog.vendors["openai"].api_key
    assert key is not None and key.value == "sk-key"
    assert loaded.files == (str(file), str(tmp_path / "secrets" / "key"))
    assert loaded.catalog.source == str(file)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("none.yaml", "No such file or directory); allowed: a YAML file. `signalbox init`"),
        (".", "Is a directory"),
        ("pipe", "not a regular file"),
        ("cut", "it is empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path, kinds: Kinds, name: str, says: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "cut").write_text("\n")
    with pytest.raises(ConfigError) as caught:
        load_file(tmp_path / name, kinds, {})
    assert says in str(caught.value)
    assert caught.value.files == (str(tmp_path / name),)


def test_a_file_of_comments_stands_for_the_defaults(tmp_path: Path, kinds: Kinds) -> None:
    (tmp_path / "signalbox.yaml").write_text("# vendors: {}\n")
    assert load_file(tmp_path / "signalbox.yaml", kinds, {}).catalog.vendors


def test_a_pipe_in_a_secrets_place_does_not_hang(tmp_path: Path, kinds: Kinds) -> None:
    os.mkfifo(tmp_path / "pipe")
    file = tmp_path / "signalbox.yaml"
    file.write_text("vendors: {openai: {api_key: file:pipe}}")
    with pytest.raises(ConfigError, match="not a regular file"):
        load_file(file, kinds, {})


def test_a_secret_file_is_bounded(tmp_path: Path, kinds: Kinds) -> None:
    (tmp_path / "large").write_bytes(b"x" * (MOST_REFERENCED_BYTES + 1))
    file = tmp_path / "signalbox.yaml"
    file.write_text("vendors: {openai: {api_key: file:large}}")
    with pytest.raises(ConfigError, match="larger than 1,000,000 bytes"):
        load_file(file, kinds, {})


def test_an_error_names_the_files_that_may_mend_it(tmp_path: Path, kinds: Kinds) -> None:
    file = tmp_path / "signalbox.yaml"
    file.write_text("vendors: {openai: {api_key: file:late}}")
    with pytest.raises(ConfigError) as caught:
        load_file(file, kinds, {})
    assert caught.value.files == (str(file), str(tmp_path / "late"))


def test_one_setting_is_read_without_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "signalbox.yaml"
    (tmp_path / "password").write_text("secret\n")
    file.write_text("vendors: {openai: {api_key: '${UNSET}'}}\nstores: {database: 'file:password'}\nbad: 1\n")
    assert load_setting(file, {}, "stores", "database") == "secret"
    assert load_setting(file, {}, "stores", "other") is None
    assert load_setting(file, {}, "vendors") is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("stores: {database: '${UNSET}'}", "UNSET is not set"),
        ("stores: {database: [", "signalbox.yaml:2:1: found a syntax error"),
    ],
)
def test_one_setting_that_cannot_be_read_is_an_error(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "signalbox.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=complaint):
        load_setting(file, {}, "stores", "database")
