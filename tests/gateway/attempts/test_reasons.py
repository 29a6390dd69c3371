"""What vendors say when they refuse a call, in their own words."""

from types import SimpleNamespace
from typing import cast

import pytest

from dialects.errors import VendorError
from gateway.attempts import failures
from gateway.attempts.reasons import of_words, status_inside
from gateway.errors import RefusedByVendor
from gateway.upstream import Response
from routing.faults import RULES, Fault


def said(message: str, code: str | None = None, kind: str | None = None) -> VendorError:
    return VendorError(message, kind, code)


WORDS = [
    # (status, what was said, what was wrong), each as its vendor answers.
    (400, said("Your credit balance is too low to access the Anthropic API."), Fault.CREDENTIALS),
    (400, said("Incorrect API key provided: xa***zz."), Fault.CREDENTIALS),
    (429, said("You exceeded your current quota", "insufficient_quota"), Fault.CREDENTIALS),
    (
        400,
        said("The decoder prompt (length 5) is longer than the maximum model length of 4."),
        Fault.TOO_LONG,
    ),
    (400, said("the request exceeds the available context size.", "400"), Fault.TOO_LONG),
    (400, said("too much", "400", "exceed_context_size_error"), Fault.TOO_LONG),
    (
        400,
        said("This model's maximum prompt length is 13 but the request contains 53 tokens."),
        Fault.TOO_LONG,
    ),
    (400, said("input length and `max_tokens` exceed context limit: 19 + 2 > 20"), Fault.TOO_LONG),
    (422, said("Input validation error: `inputs` must have less than 4096 tokens."), Fault.TOO_LONG),
    (422, said("`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000"), Fault.TOO_LONG),
    (400, said("Request payload size exceeds the limit: 20971520 bytes."), Fault.TOO_LONG),
    (400, said("your prompt was flagged as violating our usage policy.", "invalid_prompt"), Fault.CONTENT),
    (400, said("Content Exists Risk", "invalid_request_error"), Fault.CONTENT),
    (400, said("Input data may contain inappropriate content.", "data_inspection_failed"), Fault.CONTENT),
    (403, said('Your input was flagged for "violence". No credits were charged.', "403"), Fault.CONTENT),
    (403, said("Content flagged by moderation", "1000", "moderation_error"), Fault.CONTENT),
    (403, said("Content violates usage guidelines. Failed check: BIO"), Fault.CONTENT),
    (403, said("You do not have permission to access the File abc or it may not exist."), Fault.REQUEST),
    (403, said("CachedContent not found (or permission denied)"), Fault.REQUEST),
    (404, said("Item with id 'rs_1' not found. Items are not persisted."), Fault.REQUEST),
    (404, said("Previous response with id 'resp_1' not found."), Fault.REQUEST),
    (404, said("File not found: file_011", kind="not_found_error"), Fault.REQUEST),
    (404, said("No such File object: file-abc"), Fault.REQUEST),
    # What is none of these keeps the meaning of its status.
    (403, said("Your team has no access to this model."), None),
    (404, said("The model `m` does not exist or you do not have access to it.", "model_not_found"), None),
    (404, said("models/m is not found for API version v1beta"), None),
    (429, said("Request too large: reduce the length of the messages."), None),
    (400, said("messages.0: got 'your credit balance is too low'"), None),
    (500, said("the prompt is too long"), None),
]


@pytest.mark.parametrize(("status", "words", "fault"), WORDS, ids=[each[1].message[:50] for each in WORDS])
def test_a_refusal_is_understood_in_its_vendors_words(
    status: int, words: VendorError, fault: Fault | None
) -> None:
    assert of_words(status, words) is fault


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (status, words)
        for status, words, fault in WORDS
        if status in (403, 404) and fault in (Fault.CONTENT, Fault.REQUEST)
    ],
    ids=lambda each: each.message[:50] if isinstance(each, VendorError) else None,
)
def test_what_one_caller_asks_sets_no_key_and_no_target_aside_for_the_others(
    status: int, words: VendorError
) -> None:
    answer = SimpleNamespace(status=status, header=lambda name: None)
    error = failures.of_status("v/m", cast(Response, answer), words, 0.0)
    assert isinstance(error, RefusedByVendor)
    assert (error.status, error.shown().message) == (status, words.message)
    assert RULES[error.fault].blame == "alive"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (said("x", "429"), 429),
        (said("x", None, "rate_limit_error"), 429),
        (said("x", "RESOURCE_EXHAUSTED"), 429),
        (said("x", None, "ThrottlingException"), 429),
        (said("x", None, "overloaded_error"), 529),
        (said("prompt is too long", None, "invalid_request_error"), 400),
        (said("x", None, "invalid_request_error"), None),
        (said("x", "server_error"), None),
        (said("x", "1301"), None),
        (said("x", "200"), None),
        (said("x"), None),
    ],
    ids=str,
)
def test_an_error_inside_a_200_may_tell_its_status(words: VendorError, status: int | None) -> None:
    assert status_inside(words) == status
