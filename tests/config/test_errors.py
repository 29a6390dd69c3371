"""How a problem reads."""

import json

from config.errors import ConfigError, Problem, any_of, did_you_mean, quoted

PROBLEM = Problem("f.yaml", "a.b", '"x"', "y", 'Did you mean "y"?', 3, 5, "    b: x")


def test_a_problem_reads_place_path_found_allowed_hint() -> None:
    assert PROBLEM.sentence == 'f.yaml:3:5 a.b: found "x"; allowed: y. Did you mean "y"?'
    assert str(PROBLEM) == PROBLEM.sentence + "\n     3 |     b: x\n       |     ^"


def test_a_problem_without_a_place_names_the_file() -> None:
    assert str(Problem("f.yaml", "", "nothing", "a file")) == "f.yaml: found nothing; allowed: a file"


def test_an_error_counts_its_problems() -> None:
    assert str(ConfigError([PROBLEM])).startswith("1 mistake in the configuration:\n")
    assert str(ConfigError([PROBLEM, PROBLEM])).startswith("2 mistakes in the configuration:\n")


def test_an_error_is_json() -> None:
    (problem,) = json.loads(json.dumps(ConfigError([PROBLEM]).to_json()))["problems"]
    assert problem == {
        "file": "f.yaml",
        "line": 3,
        "column": 5,
        "path": "a.b",
        "found": '"x"',
        "allowed": "y",
        "hint": 'Did you mean "y"?',
    }


def test_words_are_quoted_on_one_line_and_bounded() -> None:
    assert quoted('a\n"b"\t') == '"a\\n\\"b\\"\\t"'
    assert len(quoted("x" * 1000)) == 82


def test_the_nearest_word_is_offered_only_when_it_is_near() -> None:
    assert did_you_mean("anthropc", ["anthropic", "openai"]) == 'Did you mean "anthropic"?'
    assert did_you_mean("zzz", ["anthropic", "openai"]) == ""


def test_a_long_choice_is_cut() -> None:
    assert any_of(["b", "a"]) == "a, b"
    assert any_of([]) == "nothing: none is declared"
    assert any_of([f"{n:03}" for n in range(100)]).endswith("and 68 more")
