"""Of a team that wants nothing kept, rows are figures."""

from types import MappingProxyType

import msgspec

from config.retention import KeepPolicy, RetentionFacts
from gateway.contents.trimming import trimmed
from tests.ledger.facts import ROW

TOLD = msgspec.structs.replace(ROW, trail='[["route","ok","",{}]]', vendor_request_id="v1")


def test_figures_stay_and_words_go() -> None:
    other = msgspec.structs.replace(TOLD, team="others")
    facts = RetentionFacts(teams=MappingProxyType({ROW.team: KeepPolicy("off")}))
    assert trimmed([TOLD, other], facts) == [ROW, other]
    rows = [TOLD]
    assert trimmed(rows, RetentionFacts()) is rows
