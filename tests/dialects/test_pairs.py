"""Between any two formats, what is lost is what the vendor's format says it cannot say, and nothing else."""

from typing import cast

import pytest
from hypothesis import given, settings

from config.kinds import Operation
from dialects.conversation import Conversation
from dialects.dialect import Asked, Destination, Dialect
from dialects.features import fit
from dialects.translating import Translated
from gateway.formats import SPOKEN
from tests.dialects.conversations import conversations
from tests.dialects.essence import said, wanted

# One prompt in, one text out: a conversation's turns are not told apart there.
FLAT = (Operation.COMPLETIONS, Operation.OLLAMA_GENERATE, Operation.GENERATE_CONTENT_ARRAY)
DIALECTS = {
    operation.value: cast(Dialect, spoken)
    for operation, spoken in SPOKEN.items()
    if not operation.embeds and operation not in FLAT
}
PAIRS = [(caller, vendor) for caller in DIALECTS for vendor in DIALECTS if caller != vendor]
TO = Destination("some-model", unsupported="drop", output_limit=4096)


def spoken_by(dialect: Dialect, conversation: Conversation) -> bytes:
    """The conversation as a client of this format would send it, without what it cannot say."""
    return dialect.write_request(fit(conversation, dialect, TO)[0], TO)


@pytest.mark.parametrize(("caller", "vendor"), PAIRS, ids=[f"{a}-{b}" for a, b in PAIRS])
@settings(max_examples=15, deadline=None)
@given(conversations())
def test_what_is_lost_is_what_the_table_says(caller: str, vendor: str, conversation: Conversation) -> None:
    ours, theirs = DIALECTS[caller], DIALECTS[vendor]
    body = spoken_by(ours, conversation)
    asked = ours.read_request(body)
    expected, dropped = fit(asked, theirs, TO)
    sent = Translated(ours, theirs).request(body, Asked("some-model", stream=asked.stream), TO)
    told = theirs.read_request(sent.body)
    assert sent.dropped == dropped
    assert set(dropped) <= theirs.cannot | {"extra", "native", "tools.native", "thinking.foreign"}
    assert said(told) == said(expected)
    told_wishes, expected_wishes = wanted(told), wanted(expected)
    if expected_wishes["limit"] is None:
        del told_wishes["limit"], expected_wishes["limit"]  # some formats demand one
    assert told_wishes == expected_wishes
