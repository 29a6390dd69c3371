"""Whose SDK asks is known by what it alone sends."""

import pytest

from gateway.endpoints.askers import Asker, asker


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ((b"anthropic-version", b"2023-06-01"), Asker.ANTHROPIC),
        ((b"x-goog-api-key", b"sk-sb-1"), Asker.GOOGLE),
        ((b"x-goog-api-client", b"google-genai-sdk/3.6.1"), Asker.GOOGLE),
        ((b"user-agent", b"cohere/7.3.1"), Asker.COHERE),
        ((b"x-fern-sdk-name", b"cohere"), Asker.COHERE),
        ((b"user-agent", b"mistral-client-python/3.7.0"), Asker.MISTRAL),
        ((b"user-agent", b"OpenAI/Python 3.57.0"), Asker.OPENAI),
        ((b"x-fern-sdk-name", b"elevenlabs"), Asker.OPENAI),
    ],
    ids=str,
)
def test_an_sdk_is_known_by_its_header(header: tuple[bytes, bytes], expected: Asker) -> None:
    assert asker([(b"accept", b"*/*"), header]) is expected


@pytest.mark.parametrize("known", Asker)
def test_each_has_a_format_for_errors(known: Asker) -> None:
    assert callable(known.face.dialect.write_error)
