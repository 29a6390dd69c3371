"""The vendor's own request id, for its support and its bill."""

from gateway.upstream import Response

# OpenAI's, Anthropic's (https://docs.anthropic.com/en/api/errors#request-id) and AWS's.
_ID_HEADERS = (b"x-request-id", b"request-id", b"x-amzn-requestid")
_LONGEST = 200


def vendor_request_id(response: Response | None) -> str:
    """The id in an answer's headers; "" if there is no answer, or it has none."""
    if response is None:
        return ""
    for name in _ID_HEADERS:
        value = response.header(name)
        if value is not None:
            return value[:_LONGEST].decode("latin-1")
    return ""
