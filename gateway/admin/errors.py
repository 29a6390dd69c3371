"""How a failure of the administrative API is said, in OpenAI's error shape."""

from typing import Literal

from gateway.admin.routes import Strict

ErrorType = Literal["invalid_request_error", "permission_error", "server_error"]


class ErrorDetail(Strict):
    """The four keys that every OpenAI SDK reads."""

    message: str
    type: ErrorType
    param: str | None = None
    code: str | None = None


class ErrorBody(Strict):
    """The body of every answer that is not a success."""

    error: ErrorDetail


class AdminError(Exception):
    """A refusal whose text is ours and safe to show."""

    def __init__(self, status: int, message: str, code: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param

    @property
    def body(self) -> ErrorBody:
        return ErrorBody(
            error=ErrorDetail(
                message=self.message, type=error_type(self.status), param=self.param, code=self.code
            )
        )


def error_type(status: int) -> ErrorType:
    """OpenAI's word for whose fault a status is."""
    if status >= 500:
        return "server_error"
    return "permission_error" if status == 403 else "invalid_request_error"
