"""Rules of the house: each takes paths or text, and returns the findings as sentences."""

import ast
import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

MAX_FILE = 400
MAX_FUNCTION = 40
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
METRICS = frozenset({"Counter", "Gauge", "Histogram", "Summary", "Info"})
METRIC_NAME = re.compile(r"signalbox_[a-z][a-z0-9_]*")
FAMILY = "MetricFamily"  # how the names of prometheus-client's collector classes end

# Written in pieces, so that the file that holds the rule does not break it.
REGISTRIES = re.compile(
    "|".join(
        re.escape(host)
        for host in (
            "pypi" + ".org",
            "python" + "hosted.org",
            "pypa" + ".io",
            "npmjs" + ".org",
            "npmjs" + ".com",
            "crates" + ".io",
        )
    )
)
MACHINE_PATHS = re.compile(r"(?<![\w.$}/:-])/(?:home/\w|root/|Users/\w|work/|tmp/\w|opt/wheels)")


def python_files(folders: Iterable[Path]) -> list[Path]:
    """Every Python file below the folders, in a steady order."""
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*.py")
        if not _is_hidden(path.relative_to(folder))
    )


def text_files(root: Path) -> list[Path]:
    """Every text file a commit would hold: what is hidden by a leading dot is left out, except the CI's."""
    found = []
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if path.is_file() and (relative.parts[0] == ".ci" or not _is_hidden(relative)):
            found.append(path)
    return [path for path in found if b"\0" not in path.read_bytes()[:8192]]


def _is_hidden(relative: Path) -> bool:
    return any(
        part.startswith(".") or part in {"__pycache__", "node_modules", "dist"} for part in relative.parts
    )


def parse(path: Path) -> ast.Module:
    """The file's syntax tree, which several rules look at."""
    return _parsed(path, path.read_bytes())


@cache
def _parsed(path: Path, source: bytes) -> ast.Module:
    return ast.parse(source, filename=str(path))


def _statements(path: Path) -> Iterator[ast.AST]:
    """Those of a file, nested ones too. Expressions are not entered: there are ten times as many."""
    waiting = deque[ast.AST](parse(path).body)
    while waiting:
        node = waiting.popleft()
        yield node
        for blocks in ("body", "handlers", "orelse", "finalbody", "cases"):
            waiting += getattr(node, blocks, ())


def forget() -> None:
    """Give up the trees that were parsed, which take a few hundred megabytes."""
    _parsed.cache_clear()


def long_files(paths: Iterable[Path], limit: int = MAX_FILE) -> list[str]:
    """Files with more lines than the limit."""
    counts = ((path, len(path.read_text().splitlines())) for path in paths)
    return [f"{path}: {lines} lines, at most {limit}: split it" for path, lines in counts if lines > limit]


def long_functions(paths: Iterable[Path], limit: int = MAX_FUNCTION) -> list[str]:
    """Functions with more lines than the limit, their docstring included, their decorators not."""
    found = []
    for path in paths:
        for node in _statements(path):
            if isinstance(node, FUNCTIONS):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > limit:
                    found.append(f"{path}:{node.lineno}: {node.name} has {lines} lines, at most {limit}")
    return found


def without_opening_sentence(paths: Iterable[Path]) -> list[str]:
    """Files whose docstring is missing, or does not begin with exactly one sentence on one line."""
    found = []
    for path in paths:
        first = (ast.get_docstring(parse(path)) or "").split("\n\n")[0].strip()
        if not first:
            found.append(f"{path}: no docstring: begin with one sentence that says what the file is for")
        elif "\n" in first or not first.endswith((".", "?")):
            found.append(
                f"{path}: the docstring must begin with one sentence on one line, ended by a full stop"
            )
        elif re.search(r"[^.][.?!] [A-Z]", first):
            found.append(f"{path}: the docstring's first paragraph is more than one sentence")
    return found


def global_statements(paths: Iterable[Path]) -> list[str]:
    """Every `global`: state belongs to a value that `app.create_app` makes."""
    return [
        f"{path}:{node.lineno}: global {', '.join(node.names)}"
        for path in paths
        for node in _statements(path)
        if isinstance(node, ast.Global)
    ]


def mirror(source: Path, root: Path) -> Path:
    """Where the test of a source file is: `ledger/prices.py` → `tests/ledger/test_prices.py`."""
    relative = source.relative_to(root)
    return root / "tests" / relative.parent / f"test_{relative.stem.strip('_')}.py"


def untested(sources: Iterable[Path], root: Path, together: Mapping[str, str]) -> list[str]:
    """Source files without their test file.

    `together` maps a folder to the one test that takes all files right in it; that test must exist too.
    """
    found = []
    for source in sources:
        if source.name == "__init__.py":
            continue
        shared = [root / test for folder, test in together.items() if root / folder == source.parent]
        wanted = [mirror(source, root), *shared]
        if not any(test.is_file() for test in wanted):
            missing = " or ".join(str(test.relative_to(root)) for test in wanted)
            found.append(f"{source.relative_to(root)} has no {missing}")
    return found


def imported_names(path: Path) -> Iterator[tuple[int, str]]:
    """The line and top-level name of every absolute import."""
    for node in _statements(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module.partition(".")[0]


def undeclared_imports(
    paths: Iterable[Path], ours: Iterable[str], declared: Iterable[str], providers: Mapping[str, list[str]]
) -> list[str]:
    """Imports that are neither ours, nor the standard library's, nor a declared dependency's.

    `declared` are distribution names as `project_name` writes them; `providers` says which
    distributions provide an import name, as `importlib.metadata.packages_distributions` does.
    """
    known = {*ours, *sys.stdlib_module_names}
    allowed = set(declared)
    found = []
    for path in paths:
        for line, name in imported_names(path):
            if name not in known and not allowed & {project_name(each) for each in providers.get(name, [])}:
                found.append(f"{path}:{line}: {name} is not a declared dependency: add it to pyproject.toml")
    return found


def shadowing(ours: Iterable[str], providers: Mapping[str, list[str]], own: str) -> list[str]:
    """Our top-level names that the standard library, or a distribution other than `own`, also has."""
    found = []
    for name in ours:
        others = [each for each in providers.get(name, []) if project_name(each) != own]
        if name in sys.stdlib_module_names:
            others.append("the standard library")
        found += [f"{name}/ has the same import name as {other}: rename it" for other in others]
    return found


def project_name(requirement: str) -> str:
    """The normal form of a requirement's distribution name: `SQLAlchemy[asyncio]>=2` → `sqlalchemy`."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement.strip())
    return re.sub(r"[-_.]+", "-", name.group() if name else "").lower()


def constructed_outside(paths: Iterable[Path], name: str, home: Path) -> list[str]:
    """Calls of `name(...)` in any file but its home."""
    return [
        f"{path}:{node.lineno}: only {home} constructs {name}"
        for path in paths
        if path != home and name.encode() in path.read_bytes()
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call) and _called(node) == name
    ]


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def metric_names(paths: Iterable[Path]) -> dict[str, str]:
    """The names of all metrics, and where: first arguments of metric classes, texts like `signalbox_…`."""
    found = {}
    for path in paths:
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.Call) and node.args and _is_metric(_called(node)):
                node = node.args[0]
            elif not isinstance(node, ast.Constant) or not METRIC_NAME.fullmatch(str(node.value)):
                continue
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found[node.value] = f"{path}:{node.lineno}"
    return found


def _is_metric(called: str) -> bool:
    return called in METRICS or called.endswith(FAMILY)


def error_codes(paths: Iterable[Path]) -> dict[str, str]:
    """The value of every class attribute `code = "..."` and argument `code="..."`, and where."""
    found = {}
    for path in paths:
        for owner in ast.walk(parse(path)):
            for node in owner.body if isinstance(owner, ast.ClassDef) else ():
                found[_string_assigned(node, "code")] = f"{path}:{node.lineno}"
            for given in owner.keywords if isinstance(owner, ast.Call) else ():
                if given.arg == "code" and isinstance(given.value, ast.Constant):
                    found[str(given.value.value)] = f"{path}:{given.value.lineno}"
    return {code: where for code, where in found.items() if re.fullmatch(r"[a-z]\w+", code)}


def _string_assigned(node: ast.stmt, name: str) -> str:
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    else:
        return ""
    named = any(isinstance(target, ast.Name) and target.id == name for target in targets)
    value = node.value.value if named and isinstance(node.value, ast.Constant) else ""
    return value if isinstance(value, str) else ""


def undocumented(names: Mapping[str, str], docs: Iterable[Path]) -> list[str]:
    """Names that no page of the documentation writes as a whole word, or as Prometheus shows a counter."""
    words = set(re.findall(r"\w+", "\n".join(page.read_text() for page in docs)))
    return [
        f"{where}: {name} is in no page of docs/"
        for name, where in names.items()
        if not words & {name, f"{name}_total"}
    ]


def foreign_text(paths: Iterable[Path]) -> list[str]:
    """Paths of one machine, or addresses of package registries: both break on the next machine."""
    found = []
    for path in paths:
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            for rule, what in (
                (REGISTRIES, "a package registry's address"),
                (MACHINE_PATHS, "a machine's path"),
            ):
                match = rule.search(line)
                if match:
                    found.append(f"{path}:{number}: {what}: {match.group()}")
    return found


def loose_lock(lock: str, declared: Iterable[str]) -> list[str]:
    """What a lock leaves open: a dependency it does not pin, a pin without a hash, an index address."""
    entries = re.findall(r"^([A-Za-z0-9._-]+)==\S+(.*(?:\n +.*)*)", lock, re.MULTILINE)
    pinned = {project_name(name) for name, _ in entries}
    wanted = [project_name(each) for each in declared]
    found = [f"{name} is not pinned: run make lock" for name in wanted if name not in pinned]
    found += [f"{name} has no hash" for name, rest in entries if "--hash=sha256:" not in rest]
    found += [f"index address: {line}" for line in lock.splitlines() if re.match(r"(--|-i\b|-f\b)", line)]
    return found
