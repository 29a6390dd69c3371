"""Amazon's own reading of the bytes: botocore's parsers and its model of the service."""

from collections.abc import Iterator
from typing import Any

from botocore.eventstream import EventStream
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import EventStreamJSONParser, RestJSONParser
from botocore.validate import ParamValidator

_MODEL = ServiceModel(Loader().load_service_model("bedrock-runtime", "service-2"))


class _Raw:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def stream(self) -> Iterator[bytes]:
        yield self._data

    def close(self) -> None:
        pass


def problems_of(request: dict[str, Any]) -> str:
    """What boto3 would refuse to send of a request; "" where nothing."""
    shape = _MODEL.operation_model("Converse").input_shape
    report = ParamValidator().validate({**request, "modelId": "m"}, shape)
    return str(report.generate_report())


def parsed_answer(body: bytes, status: int = 200, **headers: str) -> dict[str, Any]:
    """An answer as boto3 hands it to its caller."""
    shape = _MODEL.operation_model("Converse").output_shape
    raw = {"status_code": status, "headers": headers, "body": body}
    found: dict[str, Any] = RestJSONParser().parse(raw, shape)
    return found


def parsed_events(stream: bytes) -> list[dict[str, Any]]:
    """The events of a stream as boto3 hands them to its caller; raises EventStreamError for exceptions."""
    shape = _MODEL.operation_model("ConverseStream").output_shape.members["stream"]
    return list(EventStream(_Raw(stream), shape, EventStreamJSONParser(), "ConverseStream"))
