"""Credentials are found where Amazon's own tools find them, and renewed without holding anybody up."""

import json
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.signing.aws import Chain, Fixed, Source, find, from_environment, from_file, open_session
from gateway.signing.refreshing import CredentialsUnavailable
from gateway.signing.sigv4 import Credentials

KEYS = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"}
FILE = """[default]
aws_access_key_id = FILEID
aws_secret_access_key = a%b=c
[work]
aws_access_key_id = WORKID
aws_secret_access_key = s
aws_session_token = t
[role]
role_arn = arn:aws:iam::123456789012:role/x
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text(FILE)
    return tmp_path


def still() -> float:
    return 0.0


async def credentials_of(source: Source | None) -> Credentials:
    assert isinstance(source, Fixed)
    return await source.credentials()


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        (KEYS, Credentials("AKID", "secret")),
        (KEYS | {"AWS_SESSION_TOKEN": "t"}, Credentials("AKID", "secret", "t")),
        ({"AWS_ACCESS_KEY_ID": "AKID"}, None),
        (KEYS | {"AWS_SECRET_ACCESS_KEY": ""}, None),
        ({}, None),
    ],
)
def test_keys_of_the_environment(environ: dict[str, str], found: Credentials | None) -> None:
    assert from_environment(environ) == found


@pytest.mark.parametrize(
    ("profile", "found"),
    [
        ("default", Credentials("FILEID", "a%b=c")),
        ("work", Credentials("WORKID", "s", "t")),
        ("role", None),
        ("nobody", None),
    ],
)
def test_keys_of_a_profile(home: Path, profile: str, found: Credentials | None) -> None:
    assert from_file(home / ".aws" / "credentials", profile) == found


def test_a_file_that_is_none_holds_no_keys(home: Path) -> None:
    (home / "broken").write_text("no section")
    assert from_file(home / "broken", "default") is None
    assert from_file(home / "missing", "default") is None


async def test_the_nearest_place_wins(home: Path) -> None:
    elsewhere = home / "elsewhere"
    elsewhere.write_text("[default]\naws_access_key_id=E\naws_secret_access_key=e\n")
    named = {"AWS_SHARED_CREDENTIALS_FILE": str(elsewhere)}
    assert (await credentials_of(find(KEYS, home, still))).key_id == "AKID"
    assert (await credentials_of(find({}, home, still))).key_id == "FILEID"
    assert (await credentials_of(find(named, home, still))).key_id == "E"
    assert (await credentials_of(find({"AWS_PROFILE": "work"}, home, still))).key_id == "WORKID"
    assert (await credentials_of(find(KEYS, home, still, profile="work"))).key_id == "WORKID"


def test_what_no_file_holds_is_left_to_botocore(home: Path) -> None:
    assert isinstance(find({}, home, still, profile="role"), Chain)


class Session:
    """botocore's session with keys that change each time they are asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failure: Exception | None = None
        self.empty = False

    def get_credentials(self) -> "Session | None":
        return None if self.empty else self

    def get_frozen_credentials(self) -> SimpleNamespace:
        self.asked.append(threading.current_thread().name)
        if self.failure is not None:
            raise self.failure
        return SimpleNamespace(access_key=f"ID{len(self.asked)}", secret_key="s", token="t")


async def test_botocore_is_asked_in_a_thread_and_again_after_a_while() -> None:
    session, now = Session(), [0.0]
    chain = Chain(lambda: session, lambda: now[0])
    assert await chain.credentials() == await chain.credentials() == Credentials("ID1", "s", "t")
    now[0] = 60
    assert (await chain.credentials()).key_id == "ID2"
    assert threading.main_thread().name not in session.asked


async def test_what_botocore_cannot_find_is_said_without_its_words() -> None:
    session, now = Session(), [0.0]
    chain = Chain(lambda: session, lambda: now[0])
    session.failure = OSError("secret path")
    with pytest.raises(CredentialsUnavailable) as failed:
        await chain.credentials()
    assert str(failed.value) == "botocore found no AWS credentials (OSError)"
    session.failure = None
    assert (await chain.credentials()).key_id == "ID2"
    session.failure = OSError("away")
    now[0] = 599
    assert (await chain.credentials()).key_id == "ID2"
    now[0] = 600
    with pytest.raises(CredentialsUnavailable):
        await chain.credentials()


async def test_nothing_found_says_what_to_do() -> None:
    session = Session()
    session.empty = True
    with pytest.raises(CredentialsUnavailable, match="AWS_ACCESS_KEY_ID"):
        await Chain(lambda: session, still).credentials()


async def test_botocores_own_search_runs_a_process_that_the_profile_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"Version": 1, "AccessKeyId": "PROCESS", "SecretAccessKey": "s", "SessionToken": "t"}
    script = tmp_path / "keys.py"
    script.write_text(f"print({json.dumps(json.dumps(said))})")
    (tmp_path / "config").write_text(f"[profile p]\ncredential_process = {sys.executable} {script}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    chain = Chain(lambda: open_session("p"), still)
    assert await chain.credentials() == Credentials("PROCESS", "s", "t")
