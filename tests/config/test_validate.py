"""Misfits become problems, and what fits is kept."""

import pytest

from config.errors import ConfigError
from config.report import Report
from config.schema import Document
from config.source import parse
from config.validate import validate


def judged(document: str) -> tuple[Document, list[str]]:
    parsed = parse(document.encode(), "f")
    report = Report("f", parsed.root, parsed.lines)
    typed = validate(parsed.root, report)
    try:
        report.finish([])
    except ConfigError as error:
        return typed, [problem.path for problem in error.problems]
    return typed, []


def test_what_fits_beside_a_misfit_is_kept() -> None:
    document, paths = judged(
        "server: {port: x, host: '::'}\nlog: {level: debug, zzz: 1}\nmodels: {a: 1, b: {}}"
    )
    assert paths == ["server.port", "log.zzz", "models.a"]
    assert (document.server.host, document.server.port, document.log.level) == ("::", 8080, "debug")
    assert document.models is not None and list(document.models) == ["b"]


def test_an_item_that_is_cut_out_leaves_the_places_of_the_others() -> None:
    document, paths = judged("models: {a: {targets: [5, {to: x/y, weight: z}, {to: 'a b'}, u/v]}}")
    assert paths == ["models.a.targets[0]", "models.a.targets[1].weight", "models.a.targets[2].to"]
    assert document.models is not None
    assert [target.to for target in document.models["a"].targets] == ["x/y", "u/v"]


def test_something_missing_is_said_once_for_its_block() -> None:
    document, paths = judged("models: {g: {targets: [{weight: 2}, {weight: x}, a/b]}}")
    assert paths == ["models.g.targets[0]", "models.g.targets[1]", "models.g.targets[1].weight"]
    assert document.models is not None
    assert [target.to for target in document.models["g"].targets] == ["a/b"]


@pytest.mark.parametrize("section", list(Document.model_fields))
@pytest.mark.parametrize("value", ["5", "[1]", "x y", "{a: {b: {c: 1}}}", "[[{}]]", "{'': ''}"])
def test_any_shape_of_any_section_ends_in_a_document(section: str, value: str) -> None:
    document, _ = judged(f"{section}: {value}")
    assert isinstance(document, Document)
