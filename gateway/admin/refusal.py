"""Errors of the admin API in OpenAI's format."""

from gateway.admin.errors import AdminError, ErrorType, error_type
from gateway.admin.routes import Strict


class ErrorDetail(Strict):
    """The four fields that every OpenAI SDK reads."""

    message: str
    type: ErrorType
    param: str | None
    code: str | None


class ErrorBody(Strict):
    """The body of every error response."""

    error: ErrorDetail


def error_body(error: AdminError) -> ErrorBody:
    """The response body for an error."""
    kind = error_type(error.status)
    return ErrorBody(error=ErrorDetail(message=error.message, type=kind, param=error.param, code=error.code))
