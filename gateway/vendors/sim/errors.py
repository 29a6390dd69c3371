"""What the simulator rejects, before a dialect formats it."""


class Refused(Exception):
    """A request that is answered with an error, which each dialect puts into its own form."""

    def __init__(
        self, status: int, message: str, *, param: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code


class ClientLeft(Exception):
    """The caller closed the connection before the answer was complete."""
