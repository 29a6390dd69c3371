"""The house keeps its own rules, and each rule catches what it is there to catch."""

import gc
import importlib
import importlib.util
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests import house_rules as rules

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS: list[str] = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
SOURCES = rules.python_files([ROOT / room for room in ROOMS])
WORKSHOP = rules.python_files([ROOT / "tests", ROOT / "bench", ROOT / "deploy", ROOT / "examples"])
# Run in environments of their own, by `make clients`: what they import is nothing that we depend on.
ABROAD = rules.python_files([ROOT / "tests" / "clients" / "scripts"])
RUNTIME: list[str] = PROJECT["project"]["dependencies"]
# Loaded by name where they are configured: these may import what the extra of that name brings.
OPTIONAL = {
    "semantic": ("caching/minilm", "caching/semantic", "gateway/embedders", "gateway/caching/likeness.py"),
    "mcp": ("agentloop/mcp", "agentloop/tools/mcp.py"),
    "otel": ("gateway/tracing/opening.py", "gateway/tracing/spans.py"),
}
EXTRAS = PROJECT["project"]["optional-dependencies"]
DEVELOPMENT = [each for group in PROJECT["dependency-groups"].values() for each in group]

# "path" or "path:line" beginnings of findings that are forgiven. This list may only shrink.
ALLOWED: tuple[str, ...] = ()

# A folder whose files are one thing, and the one test that takes all of them.
TESTED_TOGETHER = {
    "storage/migrations": "tests/storage/test_migrate.py",
    "storage/migrations/versions": "tests/storage/test_migrate.py",
    "gateway/vendors": "tests/gateway/test_vendors.py",
    "config/limits": "tests/config/test_limit.py",
}

# Folders in which every file is a plug-in, found by its name.
PLUGIN_FOLDERS = ("gateway/vendors", "routing/strategies", "guardrails/guards", "config/limits")


@pytest.fixture(scope="module", autouse=True)
def trees() -> Iterator[None]:
    """Every file is parsed once, and nothing of it is left behind.

    Millions of nodes hold one another: a collector that looks at them time and again takes half of it all.
    """
    gc.disable()
    yield
    rules.forget()
    gc.enable()


def unforgiven(findings: list[str]) -> list[str]:
    return [
        finding.removeprefix(f"{ROOT}/")
        for finding in findings
        if not finding.removeprefix(f"{ROOT}/").startswith(ALLOWED or ("\0",))
    ]


def tracked_files() -> list[Path]:
    """The text files that git tracks or would; where git cannot be asked, all that a copy holds."""
    listing = [shutil.which("git") or "false", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    asked = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        return rules.text_files(ROOT)
    found = [ROOT / name for name in asked.stdout.split("\0") if name]
    return [path for path in found if path.is_file() and b"\0" not in path.read_bytes()[:8192]]


# The house as it stands.


def test_no_file_is_too_long_to_read_at_once() -> None:
    assert unforgiven(rules.long_files(SOURCES + WORKSHOP)) == []


def test_no_function_is_longer_than_a_screen() -> None:
    assert unforgiven(rules.long_functions(SOURCES + WORKSHOP)) == []


def test_every_file_says_in_one_sentence_what_it_is_for() -> None:
    assert unforgiven(rules.without_opening_sentence(SOURCES + WORKSHOP)) == []


def test_no_module_keeps_global_state() -> None:
    assert unforgiven(rules.global_statements(SOURCES + WORKSHOP)) == []


def test_every_source_file_has_its_test() -> None:
    sources = SOURCES + rules.python_files([ROOT / "bench"])
    assert unforgiven(rules.untested(sources, ROOT, TESTED_TOGETHER)) == []


def test_the_gateway_imports_only_what_it_declares() -> None:
    ours = [*ROOMS, "bench"] if (ROOT / "bench").is_dir() else ROOMS
    providers = {name: list(by) for name, by in packages_distributions().items()}
    runtime = [rules.project_name(each) for each in RUNTIME]
    both = runtime + [rules.project_name(each) for each in DEVELOPMENT]
    usual = SOURCES
    for name, places in OPTIONAL.items():
        files = [each for each in SOURCES if any(each.is_relative_to(ROOT / place) for place in places)]
        usual = [each for each in usual if each not in files]
        extra = [rules.project_name(each) for each in PROJECT["project"]["optional-dependencies"][name]]
        assert unforgiven(rules.undeclared_imports(files, ROOMS, runtime + extra, providers)) == []
    assert unforgiven(rules.undeclared_imports(usual, ROOMS, runtime, providers)) == []
    at_home = [path for path in WORKSHOP if path not in ABROAD]
    assert unforgiven(rules.undeclared_imports(at_home, [*ours, "tests"], both, providers)) == []


def test_no_room_has_the_name_of_somebody_elses_module() -> None:
    providers = {name: list(by) for name, by in packages_distributions().items()}
    assert rules.shadowing(ROOMS, providers, own=PROJECT["project"]["name"]) == []


@pytest.mark.parametrize("room", ROOMS)
def test_importing_a_room_finds_ours(room: str) -> None:
    found = importlib.util.find_spec(room)
    assert found is not None
    assert found.origin == str(ROOT / room / "__init__.py")


@pytest.mark.parametrize(
    "plugin",
    [file for folder in PLUGIN_FOLDERS for file in rules.python_files([ROOT / folder])],
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_every_plug_in_loads(plugin: Path) -> None:
    name = ".".join(plugin.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    assert importlib.import_module(name).__doc__


def test_every_metric_and_error_code_is_documented() -> None:
    docs = sorted((ROOT / "docs").rglob("*.md"))
    gateway = rules.python_files([ROOT / "gateway"])
    names = {**rules.metric_names(gateway), **rules.error_codes(gateway)}
    assert unforgiven(rules.undocumented(names, docs)) == []


def test_only_the_app_makes_the_services() -> None:
    assert rules.constructed_outside(SOURCES, "Services", home=ROOT / "gateway" / "app.py") == []


def test_no_text_belongs_to_one_machine_or_one_registry() -> None:
    assert unforgiven(rules.foreign_text(tracked_files())) == []


@pytest.mark.parametrize(
    ("lock", "declared"),
    [
        ("requirements.lock", RUNTIME + PROJECT["dependency-groups"]["build"]),
        ("requirements-extras.lock", RUNTIME + [each for extra in EXTRAS.values() for each in extra]),
        ("requirements-dev.lock", RUNTIME + DEVELOPMENT),
    ],
)
def test_a_lock_leaves_nothing_open(lock: str, declared: list[str]) -> None:
    assert rules.loose_lock((ROOT / lock).read_text(), declared) == []


def test_the_allowances_are_all_still_needed() -> None:
    stale = [each for each in ALLOWED if not (ROOT / each.partition(":")[0]).exists()]
    assert stale == [], "these files are gone: take them out of ALLOWED"
