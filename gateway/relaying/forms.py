"""Streams multipart forms: finds the model's name anywhere, passes everything else unchanged.

Forms that a vendor's parser might read differently are refused, so that no caller can name one model to us
and another to the vendor: https://www.rfc-editor.org/rfc/rfc7578 https://www.rfc-editor.org/rfc/rfc2046#section-5.1
"""

import re
from collections.abc import Callable

from dialects.account_names import leads
from dialects.errors import Malformed

Piece = bytes | None
"""Bytes of a form that pass as they are; None stands where the model's name belongs."""

_MOST_HEADERS = 16 * 1024  # bytes of one part's headers
_MOST_NAME = 1024  # bytes of a model's name
_TYPE = re.compile(rb"multipart/form-data((?:\s*;\s*[\w.-]+=(?:\"[^\"\\]*\"|[^\s;\"]+))*)\s*", re.IGNORECASE)
_PARAMETER = re.compile(rb";\s*([\w.*-]+)\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^\s;\"]+)")
_DISPOSITION = re.compile(
    rb"form-data((?:\s*;\s*[\w.*-]+\s*=\s*(?:\"(?:[^\"\\]|\\.)*\"|[^\s;\"]+))*)\s*;?\s*", re.IGNORECASE
)
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
_AS_IT_IS = (b"7bit", b"8bit", b"binary")


def boundary_of(content_type: bytes) -> bytes:
    """The boundary in a form's content type. Raises Malformed."""
    found = _TYPE.fullmatch(content_type)
    values = [value for name, value in _parameters(found[1]) if name == b"boundary"] if found else []
    if len(values) != 1 or not 0 < len(values[0]) <= 70:
        raise Malformed("The content type of a form needs one boundary: multipart/form-data; boundary=…")
    return values[0]


class Form:
    """An incremental parser of one form; `model` is the caller's name for the model, once found."""

    def __init__(self, boundary: bytes) -> None:
        self.model: str | None = None
        self._delimiter = b"--" + boundary
        self._rest = b""
        self._state: Callable[[list[Piece]], bool] = self._delimited

    def feed(self, data: bytes) -> list[Piece]:
        """Parse more bytes; returns the pieces that may be sent by now. Raises Malformed."""
        self._rest += data
        pieces: list[Piece] = []
        while self._state(pieces):
            pass
        return pieces

    def end(self) -> None:
        """The body has ended. Raises Malformed unless the form has, too."""
        if self._state != self._ended:
            raise Malformed("The form ends too early: its closing boundary is missing.")

    def _pass(self, pieces: list[Piece], size: int) -> None:
        if size > 0:
            pieces.append(self._rest[:size])
            self._rest = self._rest[size:]

    def _delimited(self, pieces: list[Piece]) -> bool:
        """State: at a boundary, followed by another part or the end."""
        size = len(self._delimiter)
        if len(self._rest) < size + 2:
            if not self._delimiter.startswith(self._rest[:size]):
                raise Malformed("The form does not begin with its boundary.")
            return False
        follows = self._rest[size : size + 2]
        if not self._rest.startswith(self._delimiter) or follows not in (b"\r\n", b"--"):
            raise Malformed("The form's boundary is not where one belongs, or stands inside of a part.")
        self._pass(pieces, size + 2)
        self._state = self._headed if follows == b"\r\n" else self._ended
        return True

    def _headed(self, pieces: list[Piece]) -> bool:
        """State: in the headers of a part."""
        end = self._rest.find(b"\r\n\r\n")
        if end < 0 or end > _MOST_HEADERS:
            if len(self._rest) > _MOST_HEADERS:
                raise Malformed(f"A part of the form has more than {_MOST_HEADERS} bytes of headers.")
            return False
        name = _name_of(self._rest[:end])
        if leads(name.decode("latin-1")):  # its vendor would have to be known before sending
            raise Malformed(
                "A form cannot name what lies at a vendor: send the file itself.",
                param=name.decode("latin-1"),
            )
        self._pass(pieces, end + 4)
        self._state = self._naming if name == b"model" else self._passing
        return True

    def _passing(self, pieces: list[Piece]) -> bool:
        """State: in a part that passes unread."""
        end = self._rest.find(self._delimiter)
        if end < 0:
            # The end may be the beginning of a boundary and the line end before it.
            self._pass(pieces, len(self._rest) - len(self._delimiter) - 1)
            return False
        self._closed_by_line(end)
        self._pass(pieces, end)
        self._state = self._delimited
        return True

    def _naming(self, pieces: list[Piece]) -> bool:
        """State: in the part with the model's name."""
        end = self._rest.find(self._delimiter)
        if (len(self._rest) - len(self._delimiter) if end < 0 else end) > _MOST_NAME:
            raise Malformed(f"The model's name has more than {_MOST_NAME} bytes.", param="model")
        if end < 0:
            return False
        self._closed_by_line(end)
        self._named(self._rest[: end - 2])
        self._rest = self._rest[end - 2 :]
        pieces.append(None)
        self._pass(pieces, 2)
        self._state = self._delimited
        return True

    def _named(self, value: bytes) -> None:
        try:
            name = value.decode()
        except UnicodeDecodeError:
            raise Malformed("The model's name is not valid UTF-8.", param="model") from None
        if self.model not in (None, name):
            raise Malformed("The form names two models.", param="model")
        self.model = name

    def _closed_by_line(self, end: int) -> None:
        if self._rest[max(0, end - 2) : end] != b"\r\n":
            raise Malformed("The form's boundary appears inside a part.")

    def _ended(self, pieces: list[Piece]) -> bool:
        if self._rest.strip(b"\r\n"):
            raise Malformed("Something follows the form's closing boundary.")
        self._pass(pieces, len(self._rest))
        return False


def _name_of(headers: bytes) -> bytes:
    """The name of a part's field."""
    names = []
    for line in headers.split(b"\r\n"):
        header = _HEADER.fullmatch(line)
        if header is None:
            raise Malformed("A part of the form has a header that cannot be read.")
        name, value = header[1].lower(), header[2]
        if name == b"content-transfer-encoding" and value.lower() not in _AS_IT_IS:
            raise Malformed("A part of the form is encoded: send its bytes as they are.")
        if name == b"content-disposition":
            names.append(_disposed(value))
    if len(names) != 1:
        raise Malformed("A part of the form needs one content-disposition.")
    return names[0]


def _disposed(value: bytes) -> bytes:
    found = _DISPOSITION.fullmatch(value)
    parameters = _parameters(found[1]) if found else []
    names = [value for name, value in parameters if name in (b"name", b"name*")]
    if len(names) != 1 or any(name == b"name*" for name, _ in parameters) or b"\\" in names[0]:
        raise Malformed("A part of the form has a content-disposition without one plain name.")
    if names[0] == b"model" and len(parameters) > 1:
        raise Malformed("The model's name cannot be a file.", param="model")
    return names[0]


def _parameters(text: bytes) -> list[tuple[bytes, bytes]]:
    return [(name.lower(), value.strip(b'"')) for name, value in _PARAMETER.findall(text)]
