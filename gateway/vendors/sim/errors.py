"""The simulator's exceptions, independent of dialect."""


class Refused(Exception):
    """A request that is answered with an error, which each dialect writes in its own form."""

    def __init__(
        self, status: int, message: str, *, param: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code


class ClientLeft(Exception):
    """The caller disconnected before the answer was complete."""
