"""Peers: installed once, in a folder named by their version, and told to ask our upstream."""

import sys
from pathlib import Path

import pytest

from bench.peers import PEERS, NotInstalled, Peer, litellm_configuration
from bench.servers import Server
from bench.subjects import Place


def peer(*commands: list[str], version: str = "1.0") -> Peer:
    return Peer(
        version, lambda _version, _folder: list(commands), lambda _, place: Server("x", ("x",), place.port)
    )


def _touching(file: Path) -> list[str]:
    return [sys.executable, "-c", f"open({str(file)!r}, 'a').write('x')"]


def test_a_peer_is_installed_once(tmp_path: Path) -> None:
    said = tmp_path / "said"
    for _ in range(2):
        folder = peer(_touching(said)).installed("x", tmp_path)
    assert (folder.name, said.read_text()) == ("x-1.0", "x")


def test_another_version_is_another_installation(tmp_path: Path) -> None:
    said = tmp_path / "said"
    for version in ("1.0", "1.1"):
        peer(_touching(said), version=version).installed("x", tmp_path)
    assert said.read_text() == "xx"


def test_an_installation_that_broke_off_is_begun_again(tmp_path: Path) -> None:
    with pytest.raises(NotInstalled, match="ended with 3"):
        peer([sys.executable, "-c", "raise SystemExit(3)"]).installed("x", tmp_path)
    said = tmp_path / "said"
    peer(_touching(said)).installed("x", tmp_path)
    assert said.exists()


def test_a_missing_tool_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotInstalled, match="x needs 'no-such-tool'"):
        peer(["no-such-tool"]).installed("x", tmp_path)


@pytest.mark.parametrize("name", PEERS)
def test_every_peer_is_pinned_and_asks_our_upstream(name: str, tmp_path: Path) -> None:
    found = PEERS[name]
    assert all(part.isdigit() for part in found.version.split("."))
    assert any(found.version in str(command) for command in found.install(found.version, tmp_path)) or any(
        found.version in file.read_text() for file in tmp_path.iterdir()
    )
    server = found.start(tmp_path, Place(5001, 5002, ("fast",), tmp_path))
    told = str(server.headers) + "".join(file.read_text() for file in tmp_path.glob("*.yaml"))
    assert (server.name, server.port) == (name, 5001)
    assert "http://127.0.0.1:5002/v1" in told


def test_litellm_knows_each_model() -> None:
    made = litellm_configuration(Place(1, 2, ("fast", "fast-50x5ms"), Path("/nowhere")))
    assert [model["model_name"] for model in made["model_list"]] == ["fast", "fast-50x5ms"]  # type: ignore[attr-defined]
