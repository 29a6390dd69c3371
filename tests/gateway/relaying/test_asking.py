"""Of a request only its model is read, and what it is billed by."""

from typing import Any, cast

import pytest

from config.catalog import Settings
from config.kinds import Operation
from gateway.deployment import Line, Relay
from gateway.errors import BadRequest, UnsupportedMedia
from gateway.relaying.asking import FormBody, JsonBody, read
from gateway.relaying.counting import Asked
from tests.gateway.relaying.asgi import Server

RELAY = Relay(b"", frozenset({"return_documents"}))
FORM = "multipart/form-data; boundary=xx"
MODEL = b'--xx\r\ncontent-disposition: form-data; name="model"\r\n\r\nbig\r\n'
FILE = b'--xx\r\ncontent-disposition: form-data; name="file"\r\n\r\nabc\r\n'
END = b"--xx--\r\n"


class Target:
    model = "small"


LINE = cast(Line, Target())


async def sent(body: FormBody) -> bytes:
    return b"".join([piece async for piece in body.sent(LINE, RELAY)])


@pytest.mark.parametrize(
    ("operation", "body", "model", "asked"),
    [
        (Operation.IMAGES, b'{"n": 3}', "dall-e-2", Asked(images=3)),
        (Operation.IMAGES, b'{"model": "m", "n": "3"}', "m", Asked()),
        (Operation.IMAGES, b'{"model": "m", "n": 99999999999999999999}', "m", Asked()),
        (Operation.MODERATIONS, b'{"input": ["a"]}', "omni-moderation-latest", Asked()),
        (Operation.SPEECH, '{"model": "m", "input": "é\\n😀"}'.encode(), "m", Asked(characters=3)),
        (Operation.RERANK, b'{"model": "m", "documents": [{}, "a"]}', "m", Asked(documents=2)),
    ],
)
async def test_json_says_its_model_and_its_size(
    operation: Operation, body: bytes, model: str, asked: Asked
) -> None:
    wanted = await read(Server(body[:3], body[3:]).caller(), operation, Settings())
    assert (wanted.model, wanted.asked) == (model, asked)


async def test_json_is_written_for_its_target() -> None:
    body = b'{"model": "m", "return_documents": true, "x": [1, 2 ], "stream": true}'
    wanted = await read(Server(body).caller(), Operation.RERANK, Settings())
    assert isinstance(wanted.body, JsonBody) and wanted.stream
    assert wanted.body.sent(LINE, RELAY) == b'{"model":"small","x":[1, 2 ],"stream":true}'


async def test_a_form_is_read_no_further_than_its_model() -> None:
    wanted = await read(
        Server(MODEL, FILE, END, content_type=FORM).caller(), Operation.TRANSCRIPTIONS, Settings()
    )
    body = cast(FormBody, wanted.body)
    assert (wanted.model, body.repeatable) == ("big", False)
    assert await sent(body) == MODEL.replace(b"big", b"small") + FILE + END
    assert not body.repeatable


async def test_a_kept_form_can_be_sent_again() -> None:
    server = Server(FILE, MODEL, FILE, END, content_type=FORM)
    wanted = await read(server.caller(), Operation.TRANSCRIPTIONS, Settings())
    body = cast(FormBody, wanted.body)
    await body.keep()
    assert body.repeatable
    assert await sent(body) == await sent(body) == FILE + MODEL.replace(b"big", b"small") + FILE + END
    body.close()


async def test_a_form_without_a_model_gets_the_usual_one() -> None:
    wanted = await read(Server(FILE, END, content_type=FORM).caller(), Operation.IMAGE_EDITS, Settings())
    assert wanted.model == "dall-e-2"
    assert await sent(cast(FormBody, wanted.body)) == MODEL.replace(b"big", b"small") + FILE + END


async def test_the_path_may_name_the_model() -> None:
    caller = Server(FILE, END, content_type=FORM).caller(model="deployed")
    assert (await read(caller, Operation.TRANSCRIPTIONS, Settings())).model == "deployed"


@pytest.mark.parametrize(
    ("pieces", "headers", "error"),
    [
        ([b""], {}, BadRequest),
        ([b"{"], {}, BadRequest),
        ([b'{"model": 5}'], {}, BadRequest),
        ([b"{}"], {}, BadRequest),
        ([b"{}"], {"content_type": "text/plain"}, UnsupportedMedia),
        ([b"x"], {"content_type": "multipart/form-data"}, BadRequest),
        ([FILE, END], {"content_type": FORM}, BadRequest),
        ([FILE], {"content_type": FORM}, BadRequest),
        ([b"x" * 99], {"content_type": FORM}, BadRequest),
    ],
)
async def test_what_names_no_model_is_refused(
    pieces: list[bytes], headers: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await read(Server(*pieces, **headers).caller(), Operation.TRANSCRIPTIONS, Settings())
