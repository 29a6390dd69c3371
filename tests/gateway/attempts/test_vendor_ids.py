"""A vendor's id for a request is found wherever vendors put it."""

from typing import cast

import pytest

from gateway.attempts.vendor_ids import vendor_request_id
from gateway.upstream import Response


class Answer:
    """Just so much of a response as an id is read from."""

    def __init__(self, **headers: bytes) -> None:
        self._headers = {name.replace("_", "-").encode(): value for name, value in headers.items()}

    def header(self, name: bytes) -> bytes | None:
        return self._headers.get(name)


@pytest.mark.parametrize("name", ["x_request_id", "request_id", "x_amzn_requestid"])
def test_the_id_is_found(name: str) -> None:
    assert vendor_request_id(cast(Response, Answer(**{name: b"req_1"}))) == "req_1"


def test_without_an_answer_or_an_id_there_is_none() -> None:
    assert vendor_request_id(None) == vendor_request_id(cast(Response, Answer(other=b"x"))) == ""


def test_a_long_one_is_cut() -> None:
    assert len(vendor_request_id(cast(Response, Answer(request_id=b"x" * 5000)))) == 200
