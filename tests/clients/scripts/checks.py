"""What each script of Python starts from: where the gateway is, a line for each thing that was asked."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

ADDRESS = os.environ["SIGNALBOX_ADDRESS"]
BASE_URL = f"{ADDRESS}/v1"
KEY = os.environ["SIGNALBOX_KEY"]
FORMAT = os.environ["SIGNALBOX_FORMAT"]
EMBEDS = FORMAT in {"openai", "openai-like", "cohere", "ollama"}
QUESTION = "Is the signal green?"
ERRAND = "Use get_weather for Oslo."
WEATHER = "rain, 7 degrees"


class Verdict(BaseModel):
    """Whether the signal is green."""

    verdict: str
    sure: bool


def model(name: str) -> str:
    """The name of the simulator's model behind the vendor format that is being tried."""
    return f"{FORMAT}/{name}"


BROKEN = "small@fault=cut_text,after=3"  # a stream that ends in the middle


def get_weather(city: str) -> str:
    """The weather of a city."""
    return WEATHER if city else "no city was given"


def check(asked: str, ask: Callable[[], object]) -> None:
    """Do one thing, and print whether it went well."""
    why = ""
    try:
        ask()
    except Exception as error:  # noqa: BLE001 — whatever a client raises is what is to be told
        why = f"{type(error).__name__}: {error}"
    sys.stdout.write(json.dumps({"asked": asked, "why": why}) + "\n")
    sys.stdout.flush()


def expect(holds: object, otherwise: Any) -> None:
    """Complain about an answer that is not what it should be."""
    if not holds:
        raise AssertionError(repr(otherwise))


def refused(ask: Callable[[], object], *kinds: type[Exception]) -> Exception:
    """The error that a call ends with; it must be one of these."""
    try:
        ask()
    except kinds as error:
        return error
    raise AssertionError("it was answered, and should have been refused")
