"""A refusal reads as every OpenAI SDK expects it."""

from gateway.admin.errors import AdminError
from gateway.admin.refusal import error_body


def test_an_error_has_the_four_keys_that_sdks_read() -> None:
    body = error_body(AdminError(404, "m", "c")).model_dump()
    assert body == {"error": {"message": "m", "type": "invalid_request_error", "param": None, "code": "c"}}
