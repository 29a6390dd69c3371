"""Tests that run in forked processes end as they would in one, whatever a test does to its process."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.forking import Weight, ordered, weights, written

ROOT = Path(__file__).parents[1]
SEVERAL = ("--processes", "3")


def begun(place: Path, *options: str) -> subprocess.Popen[str]:
    """Pytest over the files of this folder, alone with the plugin."""
    return subprocess.Popen(
        (sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(place), "-p", "tests.forking")
        + ("-p", "no:cacheprovider", "--basetemp", str(place / "tmp"), *options, str(place)),
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # they take most of a start
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def told(place: Path, *options: str) -> tuple[int, str]:
    """The exit status and what pytest said."""
    running = begun(place, *options)
    said, _ = running.communicate(timeout=100)
    return running.returncode, said


def write(place: Path, **files: str) -> None:
    for name, text in files.items():
        (place / f"test_{name}.py").write_text(text)


def test_every_test_runs_once_and_a_files_tests_in_one_process(tmp_path: Path) -> None:
    one = (
        "import os, pathlib, pytest\n"
        "@pytest.mark.parametrize('n', range(3))\n"
        f"def test_it(n):\n    with open({str(tmp_path / 'ran')!r}, 'a') as ran:\n"
        "        ran.write(f'{pathlib.Path(__file__).name} {n} {os.getpid()}\\n')\n"
    )
    write(tmp_path, **{letter: one for letter in "abcdef"})
    status, said = told(tmp_path, *SEVERAL)
    assert (status, "18 passed" in said) == (0, True), said
    ran = [line.split() for line in (tmp_path / "ran").read_text().splitlines()]
    assert len(ran) == 18
    for letter in "abcdef":
        mine = [(number, process) for name, number, process in ran if name == f"test_{letter}.py"]
        assert [number for number, _ in mine] == ["0", "1", "2"]
        assert len({process for _, process in mine}) == 1
    assert len({process for *_, process in ran}) > 1


def test_a_file_that_measures_runs_when_no_other_does(tmp_path: Path) -> None:
    other = (
        "import pathlib, time\n"
        f"def test_it():\n    with open({str(tmp_path / 'ran')!r}, 'a') as ran:\n"
        "        time.sleep(0.2)\n        ran.write(pathlib.Path(__file__).stem + '\\n')\n"
    )
    quiet = other.replace("import", "import pytest,", 1) + "pytestmark = pytest.mark.quiet\n"
    write(tmp_path, a=quiet, b=other, c=other, d=other, e=quiet, f=other)
    status, said = told(tmp_path, *SEVERAL)
    assert (status, "6 passed" in said) == (0, True), said
    ran = [line[-1] for line in (tmp_path / "ran").read_text().split()]
    assert (sorted(ran[:4]), sorted(ran[4:])) == (list("bcdf"), list("ae"))


def test_each_kind_of_end_is_told(tmp_path: Path) -> None:
    write(
        tmp_path,
        ends="import pytest\ndef test_good(): pass\ndef test_bad(): assert [1] == [2]\n"
        "def test_left(): pytest.skip('no server')\n"
        "@pytest.mark.xfail\ndef test_foreseen(): assert False\n"
        "@pytest.fixture\ndef torn():\n    yield\n    raise ValueError('torn')\ndef test_torn(torn): pass\n",
        other="def test_other(): pass\n",
    )
    status, said = told(tmp_path, *SEVERAL, "-rs")
    assert status == 1
    assert "1 failed, 3 passed, 1 skipped, 1 xfailed, 1 error" in said
    for words in ("assert [1] == [2]", "no server", "ValueError: torn"):
        assert words in said


def test_a_test_that_ends_its_process_fails_and_the_rest_is_run(tmp_path: Path) -> None:
    write(
        tmp_path,
        end="import os\ndef test_one(): pass\ndef test_two(): os._exit(7)\ndef test_three(): pass\n",
        last="def test_four(): pass\n",
    )
    status, said = told(tmp_path, *SEVERAL)
    assert status == 1
    assert "1 failed, 3 passed" in said
    assert "the process of this test ended with 7" in said


FIXTURES = """\
import pathlib, time, pytest
@pytest.fixture(scope="session")
def kept():
    yield
    pathlib.Path(__file__).with_name("closed").touch()
def test_first(kept): pass
def test_second(kept):
    pathlib.Path(__file__).with_name("begun").touch()
    time.sleep(0.5)
def test_third(kept): pass
def test_fourth(kept): time.sleep(30)
"""


def test_what_was_opened_for_all_is_closed_at_the_end(tmp_path: Path) -> None:
    write(tmp_path, kept=FIXTURES.replace("30", "0"), other="def test_other(): pass\n")
    assert told(tmp_path, *SEVERAL)[0] == 0
    assert (tmp_path / "closed").exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def test_and_when_the_first_process_is_gone(tmp_path: Path, number: signal.Signals) -> None:
    write(tmp_path, kept=FIXTURES, other="import time\ndef test_other(): time.sleep(1)\n")
    running = begun(tmp_path, *SEVERAL)
    deadline = time.monotonic() + 90
    while not (tmp_path / "begun").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    running.send_signal(number)
    running.communicate(timeout=90)
    while not (tmp_path / "closed").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert running.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 2)


def test_the_first_failure_ends_all_when_that_is_asked_for(tmp_path: Path) -> None:
    later = "import time\ndef test_a(): time.sleep(1)\n" + "".join(
        f"def test_{n}(): pass\n" for n in range(9)
    )
    write(tmp_path, a="def test_bad(): assert False\n", b=later, c=later)
    status, said = told(tmp_path, *SEVERAL, "-x")
    assert (status, "stopping after 1 failures" in said) == (1, True), said
    assert "19 passed" not in said


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, a="import nothing_of_this_name\n", b="def test_b(): pass\n")
    status, said = told(tmp_path, *SEVERAL)
    assert (status, "1 error" in said) == (2, True), said


def test_an_object_that_fails_when_it_goes_is_told_of(tmp_path: Path) -> None:
    text = "class Bad:\n    def __del__(self): raise ValueError('late')\n"
    text += "def test_it():\n    bad = Bad(); bad.self = bad\n"
    write(tmp_path, a=text, b="def test_b(): pass\n")
    status, said = told(tmp_path, *SEVERAL, "-W", "error")
    assert (status != 0, "ValueError: late" in said) == (True, True), said


class File:
    def __init__(self, path: str) -> None:
        self.nodeid = f"{path}::test_it"


def test_who_waits_comes_first_and_who_works_comes_last() -> None:
    items = [File(name) for name in ("short", "waits", "works", "waits more", "works more", "waits")]
    known = {
        "waits": Weight(10, 2),
        "waits more": Weight(20, 2),
        "works": Weight(10, 9),
        "works more": Weight(20, 15),
    }
    assert ordered(items, known) == [[3], [1, 5], [0], [2], [4]]  # type: ignore[arg-type]


def test_what_is_written_down_is_read() -> None:
    assert (
        written({"a": Weight(0.2, 0.1), "c": Weight(3.04, 1), "b": Weight(2, 1)}) == "2.0 1.0 b\n3.0 1.0 c\n"
    )
    assert all(each.seconds >= max(each.worked, 1) for each in weights().values())
