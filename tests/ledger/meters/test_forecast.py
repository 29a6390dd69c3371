"""When a limit will be reached, if use goes on."""

import pytest

from ledger.meters.forecast import reached_at

WINDOW = (1000, 2000)


@pytest.mark.parametrize(
    ("used", "now", "at"),
    [
        pytest.param(50, 1500, None, id="half at half: at the end, which is another window"),
        pytest.param(51, 1500, 1980, id="a little faster"),
        pytest.param(50, 1250, 1500, id="twice as fast"),
        pytest.param(10, 1500, None, id="slow"),
        pytest.param(0, 1500, None, id="nothing"),
        pytest.param(50, 1049, None, id="too early to say"),
        pytest.param(100, 1001, 1001, id="reached"),
        pytest.param(150, 1500, 1500, id="overrun"),
    ],
)
def test_when(used: int, now: int, at: int | None) -> None:
    assert reached_at(used, 100, WINDOW, now) == at
