"""Logs for people or machines; bodies and keys are never passed to a logger."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal, TextIO

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object per line: time, level, logger, message, then the `extra` values."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name, value in vars(record).items():
            if name not in _PLAIN:
                line.setdefault(name, value)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class Human(logging.Formatter):
    """Time, level and message on one line."""

    def format(self, record: logging.LogRecord) -> str:
        text = f"{_time(record)[11:19]} {record.levelname.lower():7} {record.getMessage()}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def configure(form: Literal["auto", "json", "human"], level: str, stream: TextIO = sys.stderr) -> None:
    """Sends all logs to `stream`; "auto" is for people if that is a terminal."""
    human = stream.isatty() if form == "auto" else form == "human"
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Human() if human else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error"):  # undoes uvicorn's own configuration
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # The gateway logs requests and shutdown itself; uvicorn's warnings are passed on.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    # These log URLs, including what an agent passed to its tool, and at `debug` headers.
    for name in ("httpx", "httpcore", "httpx2", "httpcore2", "mcp"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
