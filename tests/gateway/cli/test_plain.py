"""What is read without typer is read as typer does, and everything else is left to it."""

from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from gateway.cli.plain import plainly
from gateway.cli.serve import serve

PLAIN: list[tuple[list[str], dict[str, str]]] = [
    ([], {}),
    (["--config", "a.yaml", "--state=some/place", "--json"], {}),
    (["-c", "a.yaml", "--port", "0", "--workers=256", "--host", "::1"], {}),
    ([], {"SIGNALBOX_CONFIG": "b.yaml", "SIGNALBOX_DATABASE": "sqlite:///x"}),
    (["--config", "a.yaml"], {"SIGNALBOX_CONFIG": "b.yaml"}),
    (["--worker", "3:4", "--port", "65535"], {"SIGNALBOX_CONFIG": ""}),
]
LEFT = [
    ["--help"],
    ["-h"],
    ["--port", "65536"],
    ["--port", "-1"],
    ["--port", "eight"],
    ["--workers", "0"],
    ["--port"],
    ["--port", "1", "--port", "2"],
    ["--state", ""],
    ["--json=yes"],
    ["-ca.yaml"],
    ["-c=a.yaml"],
    ["--nothing", "1"],
    ["a.yaml"],
]


@pytest.mark.parametrize(("arguments", "environ"), PLAIN)
def test_its_values_are_those_of_typer(
    arguments: list[str], environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SIGNALBOX_CONFIG", raising=False)
    monkeypatch.delenv("SIGNALBOX_DATABASE", raising=False)
    given: dict[str, Any] = {}
    app = typer.Typer(add_completion=False)

    @app.command()
    def noting(**values: Any) -> None:
        given.update(values)

    noting.__signature__ = signature(serve)  # type: ignore[attr-defined]
    noting.__annotations__ = serve.__annotations__
    result = CliRunner().invoke(app, arguments, env=dict(environ))
    assert result.exit_code == 0, result.output
    read = plainly(serve, arguments, environ)
    assert read is not None
    unsaid = {name: value.default for name, value in signature(serve).parameters.items()}
    assert {**unsaid, **read} == given


@pytest.mark.parametrize("arguments", LEFT, ids=" ".join)
def test_what_takes_a_closer_look_is_left_to_typer(arguments: list[str]) -> None:
    assert plainly(serve, arguments, {}) is None


def test_a_path_is_a_path() -> None:
    assert plainly(serve, ["--state", "x"], {}) == {"state": Path("x")}
