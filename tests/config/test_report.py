"""What a report keeps, orders and hides."""

import pytest

from config.errors import ConfigError, Problem
from config.node import Node
from config.report import Report, is_secret, shown
from config.source import parse


def report_on(document: str) -> tuple[Report, Node]:
    parsed = parse(document.encode(), "f")
    return Report("f", parsed.root, parsed.lines), parsed.root


def problems(report: Report) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        report.finish([])
    return caught.value.problems


def at(root: Node, *steps: str | int) -> Node:
    node = root.get(*steps)
    assert node is not None
    return node


def test_problems_come_in_the_order_of_the_file() -> None:
    report, root = report_on("a: 1\nb: 2\n")
    report.wrong(at(root, "b"), "x", "y")
    report.wrong_key(at(root, "a"), "x", "y")
    assert [(problem.path, problem.column) for problem in problems(report)] == [("a", 1), ("b", 4)]


def test_the_first_problem_of_a_place_wins() -> None:
    report, root = report_on("a: 1")
    report.wrong(at(root, "a"), "first", "")
    report.wrong(at(root, "a"), "second", "")
    assert [problem.found for problem in problems(report)] == ["first"]


def test_a_gap_is_no_news_where_something_is_wrong_already() -> None:
    report, root = report_on("a: {b: 1}\nab: {}")
    report.wrong(at(root, "a", "b"), "x", "y")
    report.gap(at(root, "a"), "no c", "c")
    report.gap(at(root, "ab"), "no c", "c")
    assert [problem.path for problem in problems(report)] == ["a.b", "ab"]


def test_warnings_alone_are_no_error() -> None:
    report, root = report_on("a: 1")
    report.warn(at(root, "a"), "x", "y")
    assert [(warning.path, warning.excerpt) for warning in report.finish([])] == [("a", "a: 1")]


@pytest.mark.parametrize(
    ("line", "covered"),
    [
        ('api_key: "${A}"', 'api_key: "${A}"'),
        ("api_key: file:/x", "api_key: file:/x"),
        ("api_key: abc", "api_key: •••"),
        ("x_token: 'a b', y: 1", "x_token: •••••, y: 1"),
        ("{Authorization: Bearer x, b: 1}", "{Authorization: ••••••••, b: 1}"),
        ("any: sk-abcdefgh", "any: •••••••••••"),
        ("url: postgresql://u:p@h/d", "url: postgresql://•••@h/d"),
        ("keyboard: abc", "keyboard: •••"),
        ("host: example", "host: example"),
    ],
)
def test_a_shown_line_hides_what_may_be_secret_and_keeps_its_columns(line: str, covered: str) -> None:
    report, root = Report("f", Node({}, 1, 1), [line]), Node(1, 1, 1, path="x")
    report.wrong(root, "x", "y")
    (problem,) = problems(report)
    assert problem.excerpt == covered
    assert len(covered) == len(line)


def test_a_long_line_is_cut() -> None:
    report = Report("f", Node({}, 1, 1), ["x" * 1000])
    report.wrong(Node(1, 1, 1, path="x"), "x", "y")
    assert len(problems(report)[0].excerpt) == 200


@pytest.mark.parametrize(
    ("path", "secret"),
    [
        ("vendors.a.api_key", True),
        ("admin_key", True),
        ("stores.database", True),
        ("vendors.a.headers.x", True),
    ]
    + [('vendors.a.headers["x y"]', True), ("vendors.a.proxy", True), ("vendors.a.deadlines.headers", False)]
    + [("vendors.a.base_url", False), ("models.admin_key.strategy", False)],
)
def test_which_places_are_secret(path: str, secret: bool) -> None:
    assert is_secret(path) is secret


@pytest.mark.parametrize(
    ("document", "says"),
    [("a: 5", "5"), ("a: '5'", '"5"'), ("a: true", "true"), ("a: {}", "a mapping"), ("a: []", "a list")]
    + [("a:", "nothing"), ("a: http://u:pw@h", '"http://•••@h"')],
)
def test_a_value_is_shown_as_it_was_written(document: str, says: str) -> None:
    assert shown(at(report_on(document)[1], "a")) == says
