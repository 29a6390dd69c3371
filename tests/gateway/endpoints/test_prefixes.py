"""What SDKs put before our paths is taken away, and nothing else."""

import pytest

from gateway.endpoints.prefixes import unprefixed


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (b"/openai/v1/chat/completions?x=/v1/v1/models", b"/v1/chat/completions?x=/v1/v1/models"),
        (b"/openai/files/file-1/content", b"/files/file-1/content"),
        (b"/openai/v1/vector_stores", b"/v1/vector_stores"),
        (b"/v1/openai/v1/responses", b"/v1/responses"),
        (b"/v1/openai/deployments/m/chat/completions", b"/openai/deployments/m/chat/completions"),
        (b"/v1/v1/messages", b"/v1/messages"),
        (b"/v1/v1beta/models/m:countTokens", b"/v1beta/models/m:countTokens"),
        (b"/v1/api/tags", b"/api/tags"),
        (b"//v1/chat/completions", b"/v1/chat/completions"),
        (b"/v1//chat/completions", b"/chat/completions"),
        (b"/v1//v1/messages", b"/v1/messages"),
        (b"//openai/v1/chat/completions", b"/v1/chat/completions"),
        (b"//v1beta/models/m:generateContent", b"/v1beta/models/m:generateContent"),
        *(
            (path, path)
            for path in (
                *(b"/", b"/v1", b"/v1/v1", b"/v1/models", b"/v1/models/openai/v1/models", b"/openai"),
                *(b"/openai/deployments/m/embeddings", b"/openai/modelsx", b"/v1/chat?/openai/v1/chat"),
                *(b"//admin/v1/keys", b"/v1//admin/v1/keys", b"//metrics", b"//v1/../admin/v1/keys"),
                *(b"/openai/admin/v1/keys", b"/openai/metrics", b"/v1/v1/organization/costs"),
                *(b"/v1/v1/runs", b"/openai/passthrough/openai/files", b"/openai/v1/../admin/v1/keys"),
            )
        ),
    ],
)
def test_a_path_is_what_follows(path: bytes, found: bytes) -> None:
    assert unprefixed(path) == found
