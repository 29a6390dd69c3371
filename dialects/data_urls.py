"""Content inside a `data:` URL: https://www.rfc-editor.org/rfc/rfc2397."""

from dialects.conversation import Inline, Url

_DEFAULT = "text/plain"


def read_url(url: str) -> Inline | Url:
    """The content of a base64 `data:` URL; any other URL as it is."""
    head, comma, data = url.partition(",")
    scheme, colon, described = head.partition(":")
    kind, *parameters = described.split(";")
    if not (
        comma and colon and scheme.lower() == "data" and parameters and parameters[-1].lower() == "base64"
    ):
        return Url(url)
    return Inline(kind.strip().lower() or _DEFAULT, data)


def write_url(source: Inline | Url) -> str:
    """The URL for either."""
    return source.url if isinstance(source, Url) else f"data:{source.media_type};base64,{source.data}"
