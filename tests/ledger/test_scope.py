"""Model scopes: a truth table, and that an intersection allows what both sides allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.scope import compile_scope, intersect

NAMES = st.text("ab-", max_size=4)
PATTERNS = st.lists(st.one_of(NAMES.filter(bool), NAMES.map(lambda name: name + "*")), max_size=4)
SCOPES = st.one_of(st.none(), PATTERNS.map(compile_scope))


@pytest.mark.parametrize(
    ("patterns", "model", "allowed"),
    [
        pytest.param(["fast"], "fast", True, id="exact"),
        pytest.param(["fast"], "faster", False, id="exact is not a prefix"),
        pytest.param(["gpt-*"], "gpt-4o", True, id="prefix"),
        pytest.param(["gpt-*"], "gpt-", True, id="prefix alone"),
        pytest.param(["gpt-*"], "o3", False, id="another name"),
        pytest.param(["*"], "anything", True, id="star"),
        pytest.param([], "fast", False, id="nothing allows nothing"),
        pytest.param(["gpt-*", "gpt-4*"], "gpt-3", True, id="the wider prefix counts"),
    ],
)
def test_a_scope_allows_names_and_prefixes(patterns, model, allowed) -> None:
    assert compile_scope(patterns).allows(model) is allowed


@given(PATTERNS, NAMES)
def test_a_compiled_scope_allows_what_any_pattern_allows(patterns, name) -> None:
    plain = any(name.startswith(p[:-1]) if p.endswith("*") else name == p for p in patterns)
    assert compile_scope(patterns).allows(name) is plain


@given(SCOPES, SCOPES, NAMES)
def test_an_intersection_allows_what_both_allow(team, key, name) -> None:
    both = all(scope is None or scope.allows(name) for scope in (team, key))
    met = intersect(team, key)
    assert (met is None or met.allows(name)) is both


@given(PATTERNS)
def test_a_scope_compiled_from_its_own_patterns_is_the_same(patterns) -> None:
    scope = compile_scope(patterns)
    assert compile_scope(scope.patterns) == scope
