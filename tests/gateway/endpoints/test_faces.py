"""Each path of each vendor's SDK leads to what is spoken there."""

import re

import pytest

from config.kinds import Operation
from gateway.endpoints.faces import PATHS, Face, Faces, Pattern, exact, patterns
from gateway.formats import SPOKEN


def test_every_path_speaks_its_operations_format() -> None:
    found = dict(exact())
    for path, operation in PATHS:
        if operation in SPOKEN:
            assert found[path].operation is operation
        assert found[path].dialect is SPOKEN[operation]


def test_a_pattern_reads_the_model_as_it_was_meant() -> None:
    face = Face(Operation.CHAT)
    pattern = Pattern(re.compile(rb"/model/(?P<model>[^/]+)/converse"), face)
    assert pattern.model(b"/model/vendor%2Fmodel%3A0/converse") == "vendor/model:0"
    assert pattern.model(b"/model/a/b/converse") is None
    assert pattern.model(b"/model/%ff/converse") == "�"


@pytest.mark.parametrize("path", [b"/", b"/v1/models", b"/v1/chat/completions", b"/model//converse"])
def test_what_names_no_model_is_no_such_path(path: bytes) -> None:
    assert all(pattern.model(path) is None for pattern in patterns())


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (b"/v1/messages?beta=true", (Operation.MESSAGES, "")),
        (b"/messages", (Operation.MESSAGES, "")),
        (b"/v1beta/models/m%40x:streamGenerateContent?alt=sse", (Operation.GENERATE_CONTENT, "m@x")),
        (b"/v1beta/models/m:streamGenerateContent?", (Operation.GENERATE_CONTENT_ARRAY, "m")),
        (b"/model/m/converse?", (Operation.CONVERSE, "m")),
        (
            b"/v1beta1/projects/p/locations/l/publishers/google/models/demo:generateContent",
            (Operation.GENERATE_CONTENT, "demo"),
        ),
        (
            b"/v1/projects/p/locations/l/publishers/openai/models/gpt%40x:countTokens",
            (Operation.COUNT_CONTENTS, "openai/gpt@x"),
        ),
        (b"/models/a/b:streamGenerateContent?alt=sse", (Operation.GENERATE_CONTENT, "a/b")),
        (b"/openai/deployments/a/b/chat/completions?api-version=1", (Operation.CHAT, "a/b")),
        (b"/openai/deployments/a%2Fb/embeddings", (Operation.EMBEDDINGS, "a/b")),
        (b"/v1/models", None),
    ],
)
def test_what_is_spoken_is_found_by_path_and_query(url: bytes, found: tuple[Operation, str] | None) -> None:
    at = Faces().at(url)
    assert (at and (at[0].operation, at[1])) == found
