"""A log line is for a person or for a machine, and one line for either."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.telemetry.logs import Human, JsonLines, configure

AT = 1_800_000_000.25  # 2027-01-15 08:00:00.250 UTC


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def record(
    message: str, *arguments: Any, error: BaseException | None = None, **extra: Any
) -> logging.LogRecord:
    trace = None if error is None else (type(error), error, error.__traceback__)
    made = logging.LogRecord("signalbox.calls", logging.WARNING, __file__, 1, message, arguments, trace)
    made.created = AT
    vars(made).update(extra)
    return made


CLIENTS = ("httpx", "httpcore", "httpx2", "httpcore2", "mcp")


@pytest.fixture
def loggers() -> Iterator[None]:
    """The loggers of the process, as they were before."""
    touched = [logging.getLogger(name) for name in (None, "uvicorn.error", *CLIENTS)]
    before = [(logger, logger.level, logger.handlers[:]) for logger in touched]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


def test_a_machine_reads_one_object_a_line() -> None:
    line = JsonLines().format(record("took %d ms\nin all", 7, request="req_1", cost=3))
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2027-01-15T08:00:00.250+00:00",
        "level": "warning",
        "logger": "signalbox.calls",
        "message": "took 7 ms\nin all",
        "request": "req_1",
        "cost": 3,
    }


def test_what_was_passed_along_never_hides_the_line_itself() -> None:
    line = json.loads(JsonLines().format(record("m", time="never", level="none", logger="nobody")))
    assert (line["time"], line["level"], line["logger"]) == (
        "2027-01-15T08:00:00.250+00:00",
        "warning",
        "signalbox.calls",
    )


def test_what_json_cannot_say_is_said_as_a_text() -> None:
    assert json.loads(JsonLines().format(record("m", path=ValueError("x"))))["path"] == "x"


@pytest.mark.parametrize("form", [JsonLines(), Human()], ids=["json", "human"])
def test_a_failure_comes_with_its_traceback(form: logging.Formatter) -> None:
    assert "KeyError: 'lost'" in form.format(record("m", error=KeyError("lost")))


def test_a_person_reads_time_level_and_message() -> None:
    assert Human().format(record("it %s", "broke")) == "08:00:00 warning it broke"


@pytest.mark.usefixtures("loggers")
@pytest.mark.parametrize(
    ("form", "stream", "machine"),
    [
        pytest.param("auto", io.StringIO(), True, id="auto into a file"),
        pytest.param("auto", Terminal(), False, id="auto on a terminal"),
        pytest.param("json", Terminal(), True, id="json on a terminal"),
        pytest.param("human", io.StringIO(), False, id="human into a file"),
    ],
)
def test_the_form_is_the_streams_unless_it_is_named(form: Any, stream: io.StringIO, machine: bool) -> None:
    configure(form, "info", stream)
    logging.getLogger("signalbox.test").info("hello")
    assert stream.getvalue().startswith("{") == machine
    assert stream.getvalue().count("\n") == 1


@pytest.mark.usefixtures("loggers")
def test_configuring_again_writes_each_line_once() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure("json", "info", first)
    configure("json", "warning", second)
    logging.getLogger("signalbox.test").info("quiet")
    logging.getLogger("signalbox.test").warning("loud")
    assert first.getvalue() == ""
    assert [json.loads(line)["message"] for line in second.getvalue().splitlines()] == ["loud"]


@pytest.mark.usefixtures("loggers")
def test_the_servers_chatter_is_left_out_and_its_warnings_are_not() -> None:
    stream = io.StringIO()
    configure("json", "debug", stream)
    server = logging.getLogger("uvicorn.error")
    server.info("chatter")
    server.warning("trouble")
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["trouble"]


@pytest.mark.usefixtures("loggers")
@pytest.mark.parametrize("client", CLIENTS)
def test_no_client_of_a_tool_writes_where_it_goes_and_what_with(client: str) -> None:
    stream = io.StringIO()
    configure("json", "debug", stream)
    logging.getLogger(client).info("HTTP Request: GET https://shop.example/orders?mail=ada@example.com")
    logging.getLogger(f"{client}.http11").debug("send_request_headers")
    logging.getLogger(client).warning("trouble")
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["trouble"]
