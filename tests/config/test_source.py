"""YAML into a tree with places."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from config.source import MAX_BYTES, MAX_DEPTH, parse


def found(document: str) -> list[str]:
    return [problem.found for problem in parse(document.encode(), "f").problems]


def test_a_node_knows_its_line_column_path_and_key() -> None:
    root = parse(b"a:\n  b: [x, {c: 1}]\n", "f").root
    node = root.get("a", "b", 1, "c")
    assert node is not None
    assert (node.value, node.line, node.column, node.path) == (1, 2, 14, "a.b[1].c")
    assert (node.key_line, node.key_column) == (2, 11)


def test_columns_count_characters_behind_a_byte_order_mark() -> None:
    node = parse("\ufeffé: ü\n".encode(), "f").root.get("é")
    assert node is not None
    assert (node.value, node.column) == ("ü", 4)


def test_a_quoted_word_is_text() -> None:
    assert parse(b"a: '7'", "f").root.to_plain() == {"a": "7"}


def test_nesting_is_bounded() -> None:
    assert found("a: " + "[" * MAX_DEPTH) == ["values nested too deeply"]
    assert found("a: " + "[" * 100_000) == ["values nested too deeply"]


def test_a_bomb_of_aliases_is_defused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert found("\n".join(lines)) == ["more than 100,000 values"]


def test_aliases_cannot_pile_up_depth() -> None:
    lines = ["a0: &a0 x"] + [f"a{n}: &a{n} [[[[[*a{n - 1}]]]]]" for n in range(1, 30)]
    assert found("\n".join(lines)) == ["more than 100,000 values"]


def test_too_large_a_file_is_not_parsed() -> None:
    parsed = parse(b"#" * (MAX_BYTES + 1), "f")
    assert not parsed.whole and parsed.problems[0].found == "1,000,001 bytes"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("a: é\nb: x".encode() + b"\xff", "byte 10 that is not UTF-8"),
        ("a: é\nb: x\x07".encode(), "a control character"),
    ],
    ids=["encoding", "control character"],
)
def test_what_is_no_text_is_said_with_its_place(data: bytes, found: str) -> None:
    (problem,) = parse(data, "f").problems
    assert (problem.found, problem.line, problem.column) == (found, 2, 5)


def test_a_list_may_be_merged_and_the_first_wins() -> None:
    root = parse(b"x: &x {a: 1}\ny: &y {a: 2, b: 2}\nz: {<<: [*x, *y], c: 3}", "f").root
    node = root.get("z")
    assert node is not None and node.to_plain() == {"a": 1, "b": 2, "c": 3}


def test_a_merge_of_a_word_stays_to_be_refused() -> None:
    assert parse(b"z: {<<: x}", "f").root.to_plain() == {"z": {"<<": "x"}}


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc é-", min_size=1), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.dictionaries(st.text("abc", min_size=1, max_size=5), _VALUES, max_size=5))
def test_what_was_written_is_what_is_read(tree: dict[str, object]) -> None:
    parsed = parse(yaml.safe_dump(tree, allow_unicode=True).encode(), "f")
    assert not parsed.problems
    assert parsed.root.to_plain() == tree


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=50) | st.text("ab:-{}[]&*!|>'\"#%@\n\t ,?<~", max_size=50).map(str.encode))
def test_any_bytes_give_a_tree_or_a_problem(data: bytes) -> None:
    parsed = parse(data, "f")
    assert parsed.whole or parsed.problems
    assert all(node.line >= 0 for node in parsed.root.walk())
