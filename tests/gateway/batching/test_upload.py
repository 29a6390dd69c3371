"""The form of an upload is read in whatever pieces it comes."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.batching.upload import Upload
from gateway.errors import BadRequest

TYPE = b"multipart/form-data; boundary=XX"
PURPOSE = b'--XX\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
FILE = (
    b'--XX\r\ncontent-type: application/json\r\nContent-Disposition: form-data; name="file"; '
    b'filename="a \xc3\xa9.jsonl"\r\n\r\n%b\r\n'
)
END = b"--XX--\r\n"


class Body:
    """A body cut into pieces of these sizes, the last one for ever."""

    def __init__(self, data: bytes, *sizes: int) -> None:
        self.data = data
        self.sizes = list(sizes) or [len(data)]

    async def next(self) -> bytes:
        size = self.sizes.pop(0) if len(self.sizes) > 1 else self.sizes[0]
        piece, self.data = self.data[:size], self.data[size:]
        return piece


async def read(upload: Upload) -> bytes:
    content = b"".join([piece async for piece in upload.content()])
    await upload.finish()
    return content


@given(st.binary(max_size=200), st.lists(st.integers(1, 40), min_size=1, max_size=5))
async def test_any_content_in_any_pieces_is_read_whole(content: bytes, sizes: list[int]) -> None:
    request = httpx.Request(
        "POST", "http://x", data={"purpose": "batch", "n": ""}, files={"file": ("in.jsonl", content)}
    )
    upload = Upload(request.headers["content-type"].encode(), Body(request.read(), *sizes).next)
    assert await upload.until_file()
    assert (upload.filename, upload.fields) == ("in.jsonl", {"purpose": "batch", "n": ""})
    assert await read(upload) == content


@pytest.mark.parametrize("size", [1, 7, 10_000])
async def test_fields_may_stand_behind_the_file(size: int) -> None:
    upload = Upload(TYPE, Body(FILE % b"\r\n-\r\n--X\r\n" + PURPOSE + END, size).next)
    assert await upload.until_file()
    assert upload.fields == {}
    assert await read(upload) == b"\r\n-\r\n--X\r\n"
    assert (upload.filename, upload.fields) == ("a é.jsonl", {"purpose": "batch"})


async def test_what_was_read_to_come_to_the_file_is_kept() -> None:
    body = Body(PURPOSE + FILE % b"x" + END, 20)
    upload = Upload(TYPE, body.next)
    await upload.until_file()
    assert b"".join(upload.read) + body.data == PURPOSE + FILE % b"x" + END


async def test_a_form_without_a_file_says_so() -> None:
    assert not await Upload(TYPE, Body(PURPOSE + END).next).until_file()


@pytest.mark.parametrize(
    ("content_type", "body", "said"),
    [
        (b"multipart/form-data", b"", "needs one boundary"),
        (TYPE, b"", "ends too early"),
        (TYPE, b"hello" + PURPOSE + END, "does not begin with its boundary"),
        (TYPE, PURPOSE + FILE % b"x", "ends too early"),
        (TYPE, PURPOSE[:30], "ends too early"),
        (TYPE, FILE % b"x" + FILE % b"y" + END, "two files"),
        (TYPE, FILE % b"a\r\n--XXb" + END, "inside a part"),
        (TYPE, b"--XX\r\ncontent-type: a/b\r\n\r\nx\r\n" + END, "no content-disposition"),
        (TYPE, b"--XX\r\nx: " + b"y" * 20_000, "bytes of headers"),
        (TYPE, PURPOSE.replace(b"batch", b"b" * 20_000) + END, "fields have more"),
    ],
)
async def test_what_is_no_form_is_refused(content_type: bytes, body: bytes, said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        upload = Upload(content_type, Body(body, 4096).next)
        if await upload.until_file():
            await read(upload)
