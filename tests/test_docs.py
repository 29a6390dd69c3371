"""The documentation is true: its commands run, its configuration loads, its links lead somewhere."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from config.discover import discover
from config.kinds import VendorKind
from config.load import load_file
from tests.nursery import nursery
from tests.snippets import Snippet, broken_links, missing_files, sessions, shows, snippets, unmarked

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
SNIPPETS = [snippet for page in PAGES for snippet in snippets(page)]
START_SECONDS = 120
ROOMS = [place.parent.name for place in sorted(ROOT.glob("*/__init__.py"))]


@dataclass(frozen=True)
class Gateway:
    """A running gateway with a state of its own."""

    port: int
    key: str
    place: Path  # its state
    banner: str = ""  # what it printed

    def named_in(self, text: str) -> str:
        """The text, with the documentation's address and stand-in key replaced by this gateway's."""
        text = re.sub(r"(localhost|127\.0\.0\.1):8080", rf"127.0.0.1:{self.port}", text)
        return re.sub(r"sk-sb-(?:\.\.\.|…)", self.key, text)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway started without any configuration, as the documentation's reader starts one."""
    place = tmp_path_factory.mktemp("gateway")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gateway.cli", "serve", "--state", str(place), "--port", str(port)]
    with (place / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=place, env=reader(place), stdout=output, stderr=output)
    try:
        wait_until_healthy(process, port, place / "output")
        banner = (place / "output").read_text()
        minted = re.search(r"sk-sb-[\w-]{8,}", banner)
        assert minted, banner
        yield Gateway(port, minted.group(), place, banner)
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def wait_until_healthy(process: subprocess.Popen[bytes], port: int, output: Path) -> None:
    """Returns when /healthz answers 200; fails with what the gateway printed when it ends or stays silent."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"the gateway did not start:\n{output.read_text()}")


def reader(home: Path, gateway: Gateway | None = None) -> dict[str, str]:
    """The environment of a reader: this checkout's commands, no vendor key, one gateway's key and state."""
    path = os.pathsep.join((str(nursery().place), str(Path(sys.executable).parent), os.environ["PATH"]))
    own = {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    if gateway is None:
        return own
    return {**own, "SIGNALBOX_KEY": gateway.key, "SIGNALBOX_STATE": str(gateway.place)}


def play(snippet: Snippet, home: Path, gateway: Gateway | None) -> None:
    """Runs a snippet as a reader would; a console's shown output must be what comes out."""
    text = gateway.named_in(snippet.text) if gateway else snippet.text
    environ = reader(home, gateway)

    def run(*command: str) -> str:
        done = subprocess.run(
            command, cwd=home, env=environ, capture_output=True, text=True, check=False, timeout=200
        )
        assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    if snippet.language == "python":
        run(sys.executable, "-c", text)
    elif snippet.language == "console":
        for command, shown in sessions(text):
            printed = run("bash", "-euo", "pipefail", "-c", command)
            assert shows(shown, printed), f"shown:\n{shown}\nprinted:\n{printed}"
    else:
        run("bash", "-euo", "pipefail", "-c", text)


def test_every_block_of_code_says_whether_it_is_run() -> None:
    assert unmarked(SNIPPETS) == []


@pytest.mark.parametrize(
    "snippet",
    [each for each in SNIPPETS if each.runs and not each.needs_gateway],
    ids=lambda each: each.place,
)
def test_a_snippet_runs(snippet: Snippet, tmp_path: Path) -> None:
    play(snippet, tmp_path, None)


@pytest.mark.parametrize(
    "snippet", [each for each in SNIPPETS if each.needs_gateway], ids=lambda each: each.place
)
def test_a_snippet_runs_against_a_gateway(snippet: Snippet, tmp_path: Path, gateway: Gateway) -> None:
    play(snippet, tmp_path, gateway)


@pytest.mark.parametrize(
    "snippet", [each for each in SNIPPETS if each.is_config], ids=lambda each: each.place
)
def test_a_configuration_loads(snippet: Snippet, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("stand-in-secret")
    file = tmp_path / "signalbox.yaml"
    file.write_text(re.sub(r"file:/run/secrets/\w+", f"file:{tmp_path}/secret", snippet.text))
    kinds = discover("gateway.vendors", "VENDOR", VendorKind)
    keys = [name for kind in kinds.values() for name in kind.env_keys]
    named = dict.fromkeys([*keys, *re.findall(r"\$\{(\w+)\}", snippet.text)], "stand-in-secret")
    named["RETENTION_KEY"] = "aGFsZiBhIGR1emVuIG93bHMgaW4gYSBiZWxsIHRvd2U="
    assert load_file(file, kinds, named).catalog.source == str(file)


def test_the_readme_shows_what_a_start_prints(gateway: Gateway) -> None:
    [shown] = [each for each in SNIPPETS if each.mark == "shown: serve"]
    assert shows(gateway.named_in(shown.text), gateway.banner), gateway.banner


@pytest.mark.parametrize("begins", ["curl", "from openai"])
def test_what_a_start_prints_works_when_it_is_pasted(gateway: Gateway, tmp_path: Path, begins: str) -> None:
    blocks = [block for block in gateway.banner.split("\n\n") if not block.startswith(" ")]
    [export] = [block for block in blocks if block.startswith("export")]
    [code] = [block for block in blocks if block.startswith(begins)]
    if begins == "curl":
        play(Snippet(ROOT / "banner", 1, "bash", "run", f"{export}\n{code} --fail"), tmp_path, None)
    else:
        play(Snippet(ROOT / "banner", 1, "python", "run", code), tmp_path, None)


@pytest.mark.parametrize(
    ("language", "text", "complaint"),
    [
        ("bash", "false | true\n", "exit 1"),
        ("python", "raise SystemExit('broken')\n", "broken"),
        ("console", "$ echo one\ntwo\n", r"shown:\s+two\s+printed:\s+one"),
    ],
)
def test_a_snippet_that_is_not_true_fails(language: str, text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=complaint):
        play(Snippet(ROOT / "x.md", 1, language, "run", text), tmp_path, None)


def test_a_snippet_is_played_against_the_gateway_of_the_test() -> None:
    shown = 'curl http://localhost:8080/v1 -H "Authorization: Bearer sk-sb-…"'
    assert Gateway(4000, "sk-sb-real", ROOT).named_in(shown) == (
        'curl http://127.0.0.1:4000/v1 -H "Authorization: Bearer sk-sb-real"'
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert broken_links(page) == []


def test_every_page_can_be_reached_from_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text()
    pages = [str(page.relative_to(ROOT / "docs")) for page in PAGES if (ROOT / "docs") in page.parents]
    assert [page for page in pages if page != "index.md" and f"({page})" not in index] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_files_that_a_page_names_exist(page: Path) -> None:
    assert missing_files(page, ROOT, ROOMS) == []
