"""OpenAI's other endpoints through its own SDK: pictures, sound, judgements, each to the nano-dollar."""

import time
from base64 import b64decode
from typing import Any

import httpx
import pytest

from tests.journeys.program import Gateway, Row, Simulator
from tests.journeys.sdk import Sdk

# The SDK warns of what OpenAI will take away some day.
OLD = pytest.mark.filterwarnings(
    "ignore:deprecated:DeprecationWarning", "ignore:.*deprecated.*:DeprecationWarning"
)


def row_of(gateway: Gateway, response: Any) -> Row:
    """The one row of a call."""
    [row] = gateway.attempts(response.headers["x-request-id"])
    return row


def post(gateway: Gateway, path: str, **options: Any) -> httpx.Response:
    with gateway.client() as client:
        return client.post(path, **options)


def test_pictures_come_as_the_sdk_wants_them(sdk: Sdk) -> None:
    drawn = sdk.ask(lambda client: client.images.generate(model="sim/draw", prompt="a signal box", n=2))
    assert [b64decode(each.b64_json)[:4] for each in drawn.data] == [b"\x89PNG"] * 2


@OLD
def test_a_picture_can_be_edited_and_varied(sdk: Sdk) -> None:
    picture = ("box.png", b"\x89PNG", "image/png")
    edited = sdk.ask(
        lambda client: client.images.edit(model="sim/draw", image=picture, prompt="at night", n=3)
    )
    varied = sdk.ask(lambda client: client.images.create_variation(model="sim/draw", image=picture))
    assert (len(edited.data), len(varied.data)) == (3, 1)


def test_pictures_are_billed_by_the_piece(gateway: Gateway) -> None:
    body = {"model": "sim/draw", "prompt": "a signal box", "n": 2}
    answer = post(gateway, "/v1/images/generations", json=body)
    row = row_of(gateway, answer)
    assert (row["units"], row["unit"], row["cost_nano"]) == (2, "image", 80_000_000)
    assert (row["status"], row["priced"], row["estimated"], row["endpoint"]) == ("ok", 1, 0, "images")
    assert answer.headers["x-signalbox-cost"] == "0.080000000"
    assert answer.headers["x-signalbox-target"] == "sim/draw"
    assert answer.headers["x-signalbox-attempts"] == "1"


def test_pictures_of_a_model_that_counts_tokens_are_billed_by_them(gateway: Gateway) -> None:
    body = {"model": "sim/draw-tokens", "prompt": "a signal box", "n": 2}
    row = row_of(gateway, post(gateway, "/images/generations", json=body))
    assert row["output_tokens"] == 2 * 272
    assert row["cost_nano"] == row["input_tokens"] * 5_000 + row["output_tokens"] * 40_000
    assert (row["units"], row["unit"], row["priced"]) == (2, "image", 1)


def test_speech_is_streamed_to_the_sdk(gateway: Gateway, sdk: Sdk) -> None:
    heard = sdk.ask(
        lambda client: client.audio.speech.create(model="sim/speak", voice="alto", input="All clear. " * 9)
    )
    content = heard.read() if hasattr(heard, "read") else heard.content
    assert content[:4] == b"RIFF"
    assert len(content) == 44 + 99 * 480
    [row] = gateway.attempts(heard.response.headers["x-request-id"])
    assert (row["units"], row["unit"], row["cost_nano"]) == (99, "character", 99 * 15_000)


def test_speech_comes_while_it_is_made(gateway: Gateway) -> None:
    behaviour = {"sim": {"tokens_per_second": 20}}
    body = {"model": "sim/speak", "voice": "alto", "input": "x" * 80, "metadata": behaviour}
    with gateway.client() as client, client.stream("POST", "/v1/audio/speech", json=body) as answer:
        assert answer.headers["content-type"] == "audio/wav"
        moments = [time.monotonic() for _ in answer.iter_raw()]
    assert moments[-1] - moments[0] > 0.3  # ten pieces, twenty a second


@OLD
@pytest.mark.parametrize("kind", ["transcriptions", "translations"])
def test_sound_is_written_down(sdk: Sdk, kind: str) -> None:
    file = ("speech.wav", b"\1" * 40_000, "audio/wav")
    heard = sdk.ask(lambda client: getattr(client.audio, kind).create(model="sim/hear", file=file))
    assert heard.text == "40000 bytes of sound"


@pytest.mark.parametrize("form", ["json", "verbose_json"])
def test_sound_is_billed_by_the_second(gateway: Gateway, form: str) -> None:
    answer = post(
        gateway,
        "/v1/audio/transcriptions",
        data={"model": "sim/hear", "response_format": form},
        files={"file": ("speech.wav", b"\1" * 40_000)},
    )
    row = row_of(gateway, answer)
    assert (row["units"], row["unit"], row["cost_nano"]) == (3, "second", 300_000)  # 2.5 s


def test_a_transcription_can_be_streamed(gateway: Gateway, sdk: Sdk) -> None:
    file = ("speech.wav", b"\1" * 16_000, "audio/wav")
    events = sdk.collect(
        lambda client: client.audio.transcriptions.create(model="sim/hear", file=file, stream=True)
    )
    assert "".join(each.delta for each in events[:-1]).strip() == "16000 bytes of sound"
    assert events[-1].type == "transcript.text.done"


@pytest.mark.parametrize("model_first", [True, False])
@pytest.mark.parametrize("size", [100, 3_000_000])
def test_a_form_may_name_its_model_anywhere(gateway: Gateway, size: int, model_first: bool) -> None:
    model = ("model", (None, "sim/hear"))
    file = ("file", ("speech.wav", b"\1\r\n-" * (size // 4)))
    parts: Any = [model, file] if model_first else [file, model]
    answer = post(gateway, "/v1/audio/transcriptions", files=parts)
    assert answer.json()["text"] == f"{size} bytes of sound"


def test_moderations_answer_the_sdk(sdk: Sdk) -> None:
    judged = sdk.ask(lambda client: client.moderations.create(model="sim/moderate", input=["hi", "a bomb"]))
    assert [each.flagged for each in judged.results] == [False, True]


@pytest.mark.parametrize("path", ["/v1/rerank", "/rerank", "/v2/rerank"])
def test_documents_are_ranked_and_searches_billed(gateway: Gateway, path: str) -> None:
    body = {"model": "sim/rank", "query": "red signal", "documents": ["green", "red signal", "signal"]}
    answer = post(gateway, path, json=body)
    assert [each["index"] for each in answer.json()["results"]] == [1, 2, 0]
    row = row_of(gateway, answer)
    assert (row["units"], row["unit"], row["cost_nano"]) == (1, "search", 2_000_000)


def test_the_ledger_equals_the_vendors_bill(gateway: Gateway, simulator: Simulator) -> None:
    answers = [
        post(gateway, "/v1/images/generations", json={"model": "sim/draw", "prompt": "x", "n": 3}),
        post(gateway, "/v1/audio/speech", json={"model": "sim/speak", "voice": "a", "input": "hello"}),
        post(gateway, "/v1/moderations", json={"model": "sim/moderate", "input": "hello"}),
    ]
    rows = [row_of(gateway, each) for each in answers]
    bill = {line["client_request_id"]: line for line in simulator.settled()}
    assert [row["cost_nano"] for row in rows] == [bill[row["attempt_id"]]["nano_dollars"] for row in rows]


# What is refused.


def test_a_key_that_may_not_use_a_model_is_told_so_in_a_form_too(gateway: Gateway) -> None:
    _, key = gateway.new_key(models=["small"])
    with gateway.client(key) as client:
        answer = client.post("/v1/audio/transcriptions", data={"model": "sim/hear"}, files={"file": b"\1"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "model_not_allowed")
    assert row_of(gateway, answer)["status"] == "refused"


def test_nobody_unknown_sends_a_body(gateway: Gateway) -> None:
    with gateway.client("sk-sb-nobody") as client:
        answer = client.post("/v1/images/generations", json={"model": "sim/draw", "prompt": "x"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("path", "options", "status", "code"),
    [
        ("/v1/audio/speech", {"json": {"input": "x"}}, 400, "invalid_request"),
        ("/v1/audio/speech", {"content": b""}, 400, "invalid_request"),
        ("/v1/audio/speech", {"content": b"{", "headers": {"content-type": "text/plain"}}, 415, None),
        ("/v1/audio/speech", {"json": {"model": "nobody/x"}}, 404, "model_not_found"),
        (
            "/v1/audio/speech",
            {"json": {"model": "sim/hear", "input": "", "voice": "a"}},
            400,
            "invalid_value",
        ),
        ("/v1/audio/transcriptions", {"files": {"model": (None, "sim/hear"), "model2": b""}}, 400, None),
        (
            "/v1/audio/transcriptions",
            {"content": b"--x\r\nbroken", "headers": {"content-type": "multipart/form-data; boundary=x"}},
            400,
            "invalid_request",
        ),
    ],
)
def test_what_cannot_be_is_refused(
    gateway: Gateway, path: str, options: dict[str, Any], status: int, code: str | None
) -> None:
    answer = post(gateway, path, **options)
    assert answer.status_code == status, answer.text
    assert code in (None, answer.json()["error"]["code"])


def test_two_models_in_one_form_are_refused(gateway: Gateway) -> None:
    parts: Any = [
        ("model", (None, "sim/hear")),
        ("file", ("a.wav", b"\1" * 10)),
        ("model", (None, "sim/draw")),
    ]
    answer = post(gateway, "/v1/audio/transcriptions", files=parts)
    assert answer.status_code == 400
    assert "two models" in answer.json()["error"]["message"]
