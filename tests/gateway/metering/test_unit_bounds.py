"""What a relayed call may cost is known before, as far as its request says it."""

import pytest

from config.kinds import Operation
from gateway.metering.unit_bounds import MOST_IMAGES, SECONDS, cost_bound
from ledger.money import MILLION, rates
from ledger.price import FREE, Price

IMAGE = Price(FREE.base, per="image", amount=40)
LETTER = Price(FREE.base, per="character", amount=15, every=1000)
CALL = Price(rates(0, 0, call=7 * MILLION))
TOKENS = Price(rates(2 * MILLION, 5 * MILLION))  # nano-dollars of one
SEARCH = Price(FREE.base, per="search", amount=2)
SECOND = Price(FREE.base, per="second", amount=100)


def ranked(documents: int, size: int) -> bytes:
    return b'{"query":"which?","documents":[%b]}' % b",".join([b'"%b"' % (b"x" * size)] * documents)


@pytest.mark.parametrize(
    ("body", "operation", "prices", "most"),
    [
        pytest.param(b'{"model":"draw"}', Operation.IMAGES, [IMAGE], 40, id="one picture"),
        pytest.param(b'{"n":3}', Operation.IMAGES, [IMAGE, FREE], 120, id="three, at the dearest"),
        pytest.param(b'{"n":2.0}', Operation.IMAGES, [IMAGE], 80, id="two, with a point"),
        pytest.param(b'{"n":"x"}', Operation.IMAGES, [IMAGE], 40, id="no number"),
        pytest.param(b'{"n":-4}', Operation.IMAGES, [IMAGE], 40, id="less than one"),
        pytest.param(b'{"n":9999}', Operation.IMAGES, [IMAGE], 40 * MOST_IMAGES, id="more than there may be"),
        pytest.param(b"", Operation.IMAGES, [IMAGE], 40 * MOST_IMAGES, id="a form"),
        pytest.param(b"x" * 100, Operation.SPEECH, [LETTER], 2, id="letters, rounded up"),
        pytest.param(b"", Operation.TRANSCRIPTIONS, [SECOND], 100 * SECONDS, id="a recording"),
        pytest.param(b"{", Operation.IMAGES, [IMAGE], 40, id="no JSON"),
        pytest.param(b'{"n":3}', Operation.IMAGES, [FREE], 0, id="free"),
        pytest.param(ranked(100, 9), Operation.RERANK, [SEARCH], 2, id="a hundred documents"),
        pytest.param(ranked(101, 9), Operation.RERANK, [SEARCH], 4, id="one more"),
        pytest.param(ranked(30, 2000), Operation.COHERE_RERANK, [SEARCH], 4, id="long ones, each in pieces"),
        pytest.param(b'{"query":"q","documents":[]}', Operation.RERANK, [SEARCH], 2, id="no documents"),
        pytest.param(b'{"documents":"' + b"," * 101, Operation.RERANK, [SEARCH], 4, id="who knows what"),
        pytest.param(b'{"n":3}', Operation.IMAGES, [], 0, id="no price"),
        pytest.param(
            b'{"n":3}', Operation.IMAGES, [TOKENS], 2 * 7 + 5 * (3 * 13_000 + 300), id="pictures in tokens"
        ),
        pytest.param(
            b'{"quality":"low"}', Operation.IMAGES, [TOKENS], 2 * 17 + 5 * 1_300, id="one that is not sharp"
        ),
        pytest.param(b'{"quality":[1]}', Operation.IMAGES, [TOKENS], 2 * 15 + 5 * 13_300, id="who knows how"),
        pytest.param(
            b"",
            Operation.IMAGE_EDITS,
            [TOKENS],
            2 * (32_000 + 16 * 13_000) + 5 * (MOST_IMAGES * 13_000 + 300),
            id="a form with pictures",
        ),
        pytest.param(
            b"",
            Operation.TRANSCRIPTIONS,
            [TOKENS, SECOND],
            2 * (SECONDS * 17 + 32_000) + 5 * 2_000,
            id="a recording in tokens",
        ),
        pytest.param(b"x" * 100, Operation.SPEECH, [TOKENS], 2 * 100 + 5 * 800, id="speech in tokens"),
        pytest.param(b"x" * 100, Operation.RERANK, [TOKENS], 2 * 100, id="documents in tokens"),
        pytest.param(b'{"n":3}', Operation.IMAGES, [CALL, FREE], 7, id="by the call"),
    ],
)
def test_what_it_may_cost(body: bytes, operation: Operation, prices: list[Price], most: int) -> None:
    assert cost_bound(body, operation, prices) == most
