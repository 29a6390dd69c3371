"""References to the environment and to files."""

from collections.abc import Mapping

import pytest

from config.node import Node
from config.references import References, resolve
from config.source import parse

ENVIRON = {"A": "one", "B": "two", "EMPTY": "", "D": "/run", "TRICK": "file:/run/key"}
FILES = {"/run/key": b"  secret\n", "/cfg/near": b"near"}


def resolved(text: str) -> tuple[Node, list[str], References]:
    references = References(ENVIRON, "/cfg", lambda path: FILES[path] if path in FILES else _none(path))
    root = parse(f"a: {text}".encode(), "f").root
    problems = resolve(root, "f", references)
    node = root.get("a")
    assert node is not None
    return node, [problem.found for problem in problems], references


def _none(path: str) -> bytes:
    raise FileNotFoundError(2, "No such file or directory", path)


VALUES: Mapping[str, tuple[object, str]] = {
    "plain": ("plain", ""),
    "'${A}'": ("one", "env A"),
    "x-${A}-${B}": ("x-one-two", "env A, env B"),
    "${NONE:-three}": ("three", ""),
    "${A:-three}": ("one", "env A"),
    "${EMPTY:-}": (None, ""),
    "'${NONE:-}${EMPTY:-}'": (None, ""),
    "'$${A}'": ("${A}", ""),
    "$A": ("$A", ""),
    "file:/run/key": ("secret", "file /run/key"),
    "file:near": ("near", "file /cfg/near"),
    "file:${D}/key": ("secret", "file /run/key"),
    "'${TRICK}'": ("file:/run/key", "env TRICK"),
}


@pytest.mark.parametrize("written", VALUES)
def test_a_reference_becomes_its_value_and_says_its_origin(written: str) -> None:
    node, problems, _ = resolved(written)
    assert (node.value, node.origin) == VALUES[written]
    assert problems == []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("${NONE}", "${NONE}, but the environment variable NONE is not set"),
        ("${EMPTY}", "${EMPTY}, but the environment variable EMPTY is empty"),
        ("'${A'", '"${A", a reference that is not finished or stands in another'),
        ("'${1x}'", '"${1x}", a reference that is not finished or stands in another'),
        ("'${A:-${B:-x}}'", '"${A:-${B:-x}}", a reference that is not finished or stands in another'),
        ("file:/none", "file:/none, which cannot be read (No such file or directory)"),
    ],
)
def test_a_reference_to_nothing_is_a_problem_and_leaves_no_value(written: str, found: str) -> None:
    node, problems, _ = resolved(written)
    assert problems == [found]
    assert node.value is None


def test_every_file_that_was_looked_for_is_remembered() -> None:
    assert list(resolved("file:/none")[2].contents) == ["/none"]
    assert resolved("file:near")[2].contents == {"/cfg/near": b"near"}
