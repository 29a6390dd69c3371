"""Each rule of the house finds the fault it is for, in a house made up for it."""

from pathlib import Path

import pytest

from tests import house_rules as rules


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_file_one_line_too_long_is_found(tmp_path: Path) -> None:
    fits, too_long = written(tmp_path / "a.py", "x\n" * 400), written(tmp_path / "b.py", "x\n" * 401)
    assert rules.long_files([fits, too_long]) == [f"{too_long}: 401 lines, at most 400: split it"]


@pytest.mark.parametrize("keyword", ["def", "async def"])
def test_a_function_one_line_too_long_is_found(tmp_path: Path, keyword: str) -> None:
    fits = f"{keyword} fits():\n" + "    x = 1\n" * 39
    nested = "class A:\n    @property\n" + f"    {keyword} long(self):\n" + "        x = 1\n" * 40
    file = written(tmp_path / "a.py", fits + nested)
    assert rules.long_functions([file]) == [f"{file}:43: long has 41 lines, at most 40"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param('"""Money: exact."""', "", id="one sentence"),
        pytest.param('"""Adds 1.5 to e.g. a price."""', "", id="full stops inside a sentence"),
        pytest.param('"""Money.\n\nMore. And more."""', "", id="details after an empty line"),
        pytest.param("x = 1", "no docstring", id="none"),
        pytest.param('x = 1\n"""Late."""', "no docstring", id="not first"),
        pytest.param('"""No full stop"""', "one sentence on one line", id="no full stop"),
        pytest.param('"""Runs on\nand on."""', "one sentence on one line", id="two lines"),
        pytest.param('"""One. Two."""', "more than one sentence", id="two sentences"),
    ],
)
def test_a_file_begins_with_one_sentence(tmp_path: Path, text: str, complaint: str) -> None:
    findings = rules.without_opening_sentence([written(tmp_path / "a.py", text)])
    assert findings == [] if not complaint else complaint in findings[0]


def test_a_global_is_found_with_its_line(tmp_path: Path) -> None:
    file = written(tmp_path / "a.py", "def f():\n    global a, b\n    a = b = 1\n")
    assert rules.global_statements([file]) == [f"{file}:2: global a, b"]


@pytest.mark.parametrize(
    ("source", "test"),
    [
        ("ledger/prices.py", "tests/ledger/test_prices.py"),
        ("gateway/admin/keys.py", "tests/gateway/admin/test_keys.py"),
        ("bench/__main__.py", "tests/bench/test_main.py"),
        ("caching/_keys.py", "tests/caching/test_keys.py"),
    ],
)
def test_the_mirror_of_a_file(tmp_path: Path, source: str, test: str) -> None:
    assert rules.mirror(tmp_path / source, tmp_path) == tmp_path / test


def test_a_source_file_without_a_test_is_found(tmp_path: Path) -> None:
    source = written(tmp_path / "ledger/prices.py", "")
    package = written(tmp_path / "ledger/__init__.py", "")
    assert rules.untested([source, package], tmp_path, {}) == [
        "ledger/prices.py has no tests/ledger/test_prices.py"
    ]
    written(tmp_path / "tests/ledger/test_prices.py", "")
    assert rules.untested([source, package], tmp_path, {}) == []


def test_a_folder_may_share_one_test_which_must_exist(tmp_path: Path) -> None:
    source = written(tmp_path / "gateway/vendors/groq.py", "")
    together = {"gateway/vendors": "tests/gateway/test_vendors.py"}
    assert len(rules.untested([source], tmp_path, together)) == 1
    written(tmp_path / "tests/gateway/test_vendors.py", "")
    assert rules.untested([source], tmp_path, together) == []


@pytest.mark.parametrize(
    ("line", "undeclared"),
    [
        ("import json, os.path", []),
        ("from ledger.row import UsageRow", []),
        ("import yaml", []),
        ("from . import sibling", []),
        ("import anyio", ["anyio"]),
        ("def f():\n    from absent.deep import thing", ["absent"]),
    ],
)
def test_an_import_must_be_declared(tmp_path: Path, line: str, undeclared: list[str]) -> None:
    file = written(tmp_path / "a.py", line)
    providers = {"yaml": ["PyYAML"], "anyio": ["anyio"]}
    findings = rules.undeclared_imports([file], ["ledger"], ["pyyaml"], providers)
    assert [finding.split(": ")[1].split()[0] for finding in findings] == undeclared


def test_a_room_named_as_another_module_is_found() -> None:
    providers = {"agents": ["openai-agents"], "gateway": ["signalbox_gateway"]}
    assert rules.shadowing(["gateway", "agents", "queue"], providers, own="signalbox-gateway") == [
        "agents/ has the same import name as openai-agents: rename it",
        "queue/ has the same import name as the standard library: rename it",
    ]


def test_a_requirement_has_one_name() -> None:
    assert rules.project_name(" SQLAlchemy[asyncio]>=2.0 ; python_version > '3'") == "sqlalchemy"
    assert rules.project_name("prometheus_client") == rules.project_name("prometheus.client>=1")


@pytest.mark.parametrize("call", ["Services(a)", "app.Services(a)"])
def test_a_second_maker_of_services_is_found(tmp_path: Path, call: str) -> None:
    home, other = written(tmp_path / "app.py", call), written(tmp_path / "other.py", call)
    assert rules.constructed_outside([home, other], "Services", home) == [
        f"{other}:1: only {home} constructs Services"
    ]


METRICS = """
from prometheus_client import Counter
import prometheus_client as pc
calls = Counter("calls", "…")
waits = pc.Histogram("wait_seconds", "…")
depth = GaugeMetricFamily("spool_rows", "…")
wrapped = Timing("signalbox_request_seconds", "…", ("endpoint",))
gauges = [("signalbox_open_streams", "…", len)]
other = print("not_a_metric", "a signalbox_sentence")
"""
ERRORS = """
class OverLimit(Exception):
    status = 429
    code = "rate_limit_exceeded"
class NoKey(Exception):
    code: ClassVar[str] = "invalid_api_key"
    code_of_conduct = "none"
failure = UpstreamError("…", status=502, code="vendor_cut")
number = exit(code=3)
code = "not_an_error"
"""


def test_metrics_and_error_codes_are_collected(tmp_path: Path) -> None:
    file = written(tmp_path / "a.py", METRICS + ERRORS)
    metrics = {"calls", "wait_seconds", "spool_rows", "signalbox_request_seconds", "signalbox_open_streams"}
    assert set(rules.metric_names([file])) == metrics
    assert set(rules.error_codes([file])) == {"rate_limit_exceeded", "invalid_api_key", "vendor_cut"}


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("| `wait_seconds` | how long |", 0),
        ("| `wait_seconds_total` | as Prometheus shows it |", 0),
        ("| `wait_seconds_max` | a longer word |", 1),
        ("nothing", 1),
    ],
)
def test_a_name_that_no_page_has_is_found(tmp_path: Path, page: str, found: int) -> None:
    docs = [written(tmp_path / "metrics.md", page)]
    assert len(rules.undocumented({"wait_seconds": "a.py:1"}, docs)) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param("see https://example.com/home/page", 0, id="a URL's path"),
        pytest.param("tmpfs: [/tmp]", 0, id="a bare temporary folder"),
        pytest.param("state in /var/lib/signalbox", 0, id="a path of the system's"),
        pytest.param("$HOME/work/x and docs/root/x", 0, id="relative"),
        pytest.param("open('/ho" + "me/ann/x')", 1, id="a home"),
        pytest.param("cd /ro" + "ot/project", 1, id="root's home"),
        pytest.param("cache: /t" + "mp/x", 1, id="a temporary file"),
        pytest.param("--index-url https://py" + "pi.org/simple", 1, id="an index"),
    ],
)
def test_text_of_one_machine_or_registry_is_found(tmp_path: Path, line: str, found: int) -> None:
    assert len(rules.foreign_text([written(tmp_path / "a.txt", line)])) == found


@pytest.mark.parametrize(
    ("lock", "complaint"),
    [
        pytest.param("a==1 \\\n    --hash=sha256:0f\nb==2 --hash=sha256:1e\n", "", id="whole"),
        pytest.param("a==1 ; python_version > '3' \\\n    --hash=sha256:0f\n", "", id="with a marker"),
        pytest.param("b==1 \\\n    --hash=sha256:0f\n", "a is not pinned", id="missing"),
        pytest.param("a>=1 \\\n    --hash=sha256:0f\n", "a is not pinned", id="not pinned"),
        pytest.param("a==1\n", "a has no hash", id="no hash"),
        pytest.param("--index-url x\na==1 \\\n    --hash=sha256:0f\n", "index address", id="an index"),
    ],
)
def test_what_a_lock_leaves_open_is_found(lock: str, complaint: str) -> None:
    findings = rules.loose_lock(lock, ["A[extra]>=1"])
    assert findings == [] if not complaint else complaint in findings[0]


def test_hidden_and_compiled_files_are_nobodys_source(tmp_path: Path) -> None:
    seen = [written(tmp_path / name, "x") for name in (".ci/run", "docs/a.md", "gateway/app.py")]
    for name in (".venv/lib/a.py", "gateway/.cache/b.py", "gateway/__pycache__/c.py", "dist/d.py"):
        written(tmp_path / name, "x")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0")
    assert rules.text_files(tmp_path) == seen
    assert rules.python_files([tmp_path]) == [tmp_path / "gateway/app.py"]
