"""An operation goes to the vendor's own, or to the first of its sort that the vendor has."""

import pytest

from config.kinds import OPENAI_PATHS, Operation
from dialects.translating import Same
from gateway.formats import ONLY_IN, SPOKEN, passage, relayed_by, served_by


@pytest.mark.parametrize(
    ("asked", "offered", "served"),
    [
        pytest.param(Operation.CHAT, OPENAI_PATHS, Operation.CHAT, id="its own"),
        pytest.param(Operation.MESSAGES, OPENAI_PATHS, Operation.CHAT, id="the first of its sort"),
        pytest.param(Operation.COHERE_EMBED, OPENAI_PATHS, Operation.EMBEDDINGS, id="vectors"),
        pytest.param(Operation.EMBEDDINGS, [Operation.CHAT], None, id="no vectors there"),
        pytest.param(Operation.CHAT, [Operation.EMBEDDINGS], None, id="no conversation there"),
    ],
)
def test_what_is_asked_is_served_by(
    asked: Operation, offered: list[Operation], served: Operation | None
) -> None:
    assert served_by(asked, offered) is served


@pytest.mark.parametrize("operation", [each for each in SPOKEN if not each.counts])
def test_bytes_pass_between_speakers_of_one_format(operation: Operation) -> None:
    assert isinstance(passage(operation, operation), Same)


def test_no_conversation_becomes_a_count_and_no_count_a_vector() -> None:
    for asked in SPOKEN:
        for offered in SPOKEN:
            served = served_by(asked, [offered])
            assert (served is not None) == (asked.embeds == offered.embeds and asked.counts == offered.counts)


@pytest.mark.parametrize(
    ("asked", "offered", "served"),
    [
        pytest.param(Operation.SPEECH, [Operation.SPEECH], Operation.SPEECH, id="its own"),
        pytest.param(Operation.SPEECH, [Operation.CHAT, Operation.TRANSCRIPTIONS], None, id="nothing else"),
        pytest.param(Operation.RERANK, [Operation.COHERE_RERANK], Operation.COHERE_RERANK, id="its twin"),
        pytest.param(Operation.COHERE_RERANK, [Operation.RERANK], Operation.RERANK, id="the other way"),
    ],
)
def test_what_passes_as_it_is_is_served_by(
    asked: Operation, offered: list[Operation], served: Operation | None
) -> None:
    assert relayed_by(asked, offered) is served


def test_twins_share_no_member_that_only_one_knows() -> None:
    assert not ONLY_IN[Operation.RERANK] & ONLY_IN[Operation.COHERE_RERANK]


def test_what_passes_as_it_is_has_no_format() -> None:
    assert [operation for operation in SPOKEN if operation.relayed] == []


@pytest.mark.parametrize("operation", SPOKEN, ids=lambda each: each.value)
def test_a_picture_is_in_no_format_as_many_tokens_as_its_bytes_would_be(operation: Operation) -> None:
    body = b'{"image":{"source":{"media_type":"image/png","data":"%b"}}}' % (b"iVBORw0KGgo" * 50_000)
    assert SPOKEN[operation].input_estimate(body) < 2_000
