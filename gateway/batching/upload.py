"""Parses a file upload as it arrives.

https://platform.openai.com/docs/api-reference/files/create https://www.rfc-editor.org/rfc/rfc7578
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable

from dialects.errors import Malformed
from gateway.errors import BadRequest
from gateway.relaying.forms import boundary_of

_MOST_HEADERS = 16 * 1024  # bytes of one part's headers
_MOST_FIELD = 16 * 1024  # bytes of all fields other than the file
_PARAMETER = re.compile(rb";\s*([\w*-]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;\"]+))")
_DISPOSITION = re.compile(rb"content-disposition:\s*form-data(.*)", re.IGNORECASE)

Next = Callable[[], Awaitable[bytes]]  # the next piece of a body, b"" at its end


class Upload:
    """One form: call `until_file`, `content`, then `finish`. Each raises BadRequest on a malformed form."""

    def __init__(self, content_type: bytes, following: Next) -> None:
        try:
            self._delimiter = b"\r\n--" + boundary_of(content_type)
        except Malformed as error:
            raise BadRequest(error.message) from None
        self.fields: dict[str, str] = {}
        self.filename = ""
        self.read: list[bytes] = []  # the pieces read so far to reach the file
        self._following = following
        # As if a line had just ended, so that the first boundary looks like the others.
        self._rest = b"\r\n"
        self._ended = False
        self._size = 0

    async def until_file(self) -> bool:
        """Read the fields before the file; False if there is no file."""
        await self._pieces_until_boundary(self.read)
        while not self._ended:
            name, filename = await self._headers(self.read)
            if name == "file":
                self.filename = filename
                return True
            await self._field(name, self.read)
        return False

    async def content(self) -> AsyncIterator[bytes]:
        """The file's bytes."""
        async for piece in self._part(None):
            yield piece

    async def finish(self) -> None:
        """Read the fields after the file, to the end of the form."""
        while not self._ended:
            name, _ = await self._headers(None)
            if name == "file":
                raise BadRequest("The form has two files; send one.", param="file")
            await self._field(name, None)

    async def _field(self, name: str, keep: list[bytes] | None) -> None:
        value = b""
        async for piece in self._part(keep):
            value += piece
            self._size += len(piece)
            if self._size > _MOST_FIELD:
                raise BadRequest(f"The form's fields have more than {_MOST_FIELD} bytes.", param=name)
        self.fields[name] = value.decode("utf-8", "replace")

    async def _pieces_until_boundary(self, keep: list[bytes] | None) -> None:
        async for piece in self._part(keep):
            if piece.strip():
                raise BadRequest("The form does not begin with its boundary.")

    async def _headers(self, keep: list[bytes] | None) -> tuple[str, str]:
        """A part's field name and file name."""
        while (end := self._rest.find(b"\r\n\r\n")) < 0:
            if len(self._rest) > _MOST_HEADERS:
                raise BadRequest(f"A part of the form has more than {_MOST_HEADERS} bytes of headers.")
            await self._more(keep)
        block, self._rest = self._rest[:end], self._rest[end + 4 :]
        for line in block.split(b"\r\n"):
            found = _DISPOSITION.match(line)
            if found is not None:
                named = {key.lower(): quoted or plain for key, quoted, plain in _PARAMETER.findall(found[1])}
                name, filename = (named.get(key, b"").decode("utf-8", "replace") for key in _NAMES)
                return name, filename[:255]
        raise BadRequest("A part of the form has no content-disposition.")

    async def _part(self, keep: list[bytes] | None) -> AsyncIterator[bytes]:
        """The rest of the part; its boundary is consumed too."""
        while True:
            at = self._rest.find(self._delimiter)
            if at >= 0 and len(self._rest) >= at + len(self._delimiter) + 2:
                if at:
                    yield self._rest[:at]
                await self._bounded(at + len(self._delimiter))
                return
            if at < 0 and (safe := len(self._rest) - len(self._delimiter)) > 0:
                yield self._rest[:safe]
                self._rest = self._rest[safe:]
            await self._more(keep)

    async def _bounded(self, end: int) -> None:
        follows = self._rest[end : end + 2]
        if follows not in (b"\r\n", b"--"):
            raise BadRequest("The form's boundary appears inside a part.")
        self._ended = follows == b"--"
        self._rest = self._rest[end + 2 :]

    async def _more(self, keep: list[bytes] | None) -> None:
        piece = await self._following()
        if not piece:
            raise BadRequest("The form ends too early: its closing boundary is missing.")
        if keep is not None:
            keep.append(piece)
        self._rest += piece


_NAMES = (b"name", b"filename")
