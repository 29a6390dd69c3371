"""The model's name is found in every form, and nobody can hide a second one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.errors import Malformed
from gateway.relaying.forms import Form, Piece, boundary_of

BOUNDARY = b"xYzZy"

names = st.sampled_from(["file", "prompt", "n", "modelx", "response_format"])
values = st.binary(max_size=200).filter(lambda value: b"--" + BOUNDARY not in value)
fields = st.lists(st.tuples(names, values), max_size=4)


def part(name: str, value: bytes, more: bytes = b"") -> bytes:
    return b'--%b\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n' % (
        BOUNDARY,
        name.encode(),
        more,
        value,
    )


END = b"--" + BOUNDARY + b"--\r\n"


def fed(form: Form, body: bytes, cuts: list[int]) -> list[Piece]:
    """The pieces of a body that comes cut at these places."""
    pieces: list[Piece] = []
    start = 0
    for end in [*sorted(cut % (len(body) + 1) for cut in cuts), len(body)]:
        pieces += form.feed(body[start:end])
        start = end
    form.end()
    return pieces


def joined(pieces: list[Piece], name: bytes) -> bytes:
    return b"".join(name if piece is None else piece for piece in pieces)


@given(before=fields, after=fields, cuts=st.lists(st.integers(0, 5000), max_size=30))
def test_the_model_is_found_and_all_else_passes_wherever_the_network_cuts(
    before: list[tuple[str, bytes]], after: list[tuple[str, bytes]], cuts: list[int]
) -> None:
    head = b"".join(part(name, value) for name, value in before)
    tail = b"".join(part(name, value, b'; filename="a\\"b"') for name, value in after) + END
    form = Form(BOUNDARY)
    pieces = fed(form, head + part("model", b"whisper-1") + tail, cuts)
    assert form.model == "whisper-1"
    assert pieces.count(None) == 1
    assert joined(pieces, b"small") == head + part("model", b"small") + tail


@given(body=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300), max_size=5))
def test_what_is_no_form_is_refused_and_never_breaks(body: bytes, cuts: list[int]) -> None:
    with pytest.raises(Malformed):
        fed(Form(BOUNDARY), body, cuts)


@pytest.mark.parametrize("name", ["file_id", "fileId", "images[][file_id]", "file_ids[]"])
def test_a_form_names_nothing_that_lies_at_a_vendor(name: str) -> None:
    with pytest.raises(Malformed, match="send the file itself"):
        fed(Form(BOUNDARY), part("model", b"m") + part(name, b"file_of_another") + END, [])


def test_a_large_file_is_not_held() -> None:
    form = Form(BOUNDARY)
    form.feed(part("model", b"m") + part("file", b"")[:-2])
    passed = form.feed(b"\0" * 100_000)
    assert 100_000 - 100 < len(joined(passed, b"")) <= 100_000


def test_the_same_model_twice_is_named_twice() -> None:
    form = Form(BOUNDARY)
    pieces = fed(form, part("model", b"m") + part("model", b"m") + END, [])
    assert pieces.count(None) == 2


MODEL = part("model", b"cheap")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        pytest.param(MODEL + part("model", b"dear") + END, "two models", id="another model"),
        pytest.param(
            MODEL + part("file", b"a\n--" + BOUNDARY + b"\nb") + END,
            "inside a part",
            id="a boundary by LF",
        ),
        pytest.param(part("a", b"\r\n--" + BOUNDARY + b"z") + END, "stands inside", id="a longer boundary"),
        pytest.param(part("model", b"--" + BOUNDARY) + END, "inside a part", id="a boundary as a name"),
        pytest.param(b"preamble\r\n" + MODEL + END, "where one belongs", id="a preamble"),
        pytest.param(MODEL + END + MODEL, "follows", id="an epilogue"),
        pytest.param(MODEL, "ends too early", id="no end"),
        pytest.param(part("model", b"m" * 2000) + END, "1024 bytes", id="a long name"),
        pytest.param(part("model", b"\xff") + END, "UTF-8", id="a name that is no text"),
        pytest.param(part("model", b"m", b'; filename="x"') + END, "cannot be a file", id="a file"),
        pytest.param(part("x", b"m", b'; name="model"') + END, "one plain name", id="two names"),
        pytest.param(part("x", b"m", b"; name*=utf-8''model") + END, "one plain name", id="an extended name"),
        pytest.param(part("mod\\el", b"m") + END, "one plain name", id="an escaped name"),
        pytest.param(
            part("x", b"m", b"\r\nContent-Transfer-Encoding: base64") + END, "encoded", id="an encoding"
        ),
        pytest.param(part("x", b"m", b"\r\n folded: y") + END, "cannot be read", id="a folded header"),
        pytest.param(
            part("x", b"m", b'\r\ncontent-disposition: form-data; name="model"') + END,
            "needs one",
            id="two dispositions",
        ),
        pytest.param(part("x", b"m", b"\r\na: " + b"b" * 20_000) + END, "headers", id="long headers"),
    ],
)
def test_what_a_vendor_might_read_otherwise_is_refused(body: bytes, complaint: str) -> None:
    with pytest.raises(Malformed, match=complaint):
        fed(Form(BOUNDARY), body, [])


@pytest.mark.parametrize(
    "content_type",
    [b"multipart/form-data; boundary=ab", b'Multipart/Form-Data;charset=utf-8; boundary="ab"'],
)
def test_a_boundary_is_read(content_type: bytes) -> None:
    assert boundary_of(content_type) == b"ab"


@pytest.mark.parametrize(
    "content_type",
    [
        b"multipart/form-data",
        b"multipart/form-data; boundary=",
        b"multipart/form-data; boundary=a; boundary=b",
        b"multipart/form-data; boundary=" + b"a" * 71,
        b"multipart/mixed; boundary=a",
    ],
)
def test_a_form_without_one_boundary_is_none(content_type: bytes) -> None:
    with pytest.raises(Malformed, match="boundary"):
        boundary_of(content_type)
