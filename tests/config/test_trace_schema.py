"""The form of `tracing`: an endpoint is needed, all else has a default."""

import pytest
from pydantic import ValidationError

from config.trace_schema import TracingEntry


def test_traces_without_an_endpoint_are_refused() -> None:
    with pytest.raises(ValidationError):
        TracingEntry.model_validate({"share": 0.5})
    entry = TracingEntry(endpoint="http://127.0.0.1:4318")
    assert (entry.share, entry.service, entry.headers) == (0.1, "signalbox", {})
