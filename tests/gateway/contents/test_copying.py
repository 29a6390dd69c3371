"""What passes a caller is remembered within bounds, and never slows anybody down."""

import msgspec

from gateway.contents import copying
from gateway.contents.copying import Copies, Copy
from tests.gateway.contents.copies import HEAD, catalog_keeping, copied
from tests.gateway.road import WHO, Answer, Caller, Road


def call_of(store: str):
    road = Road({"one": [Answer()]})
    call = road.call()
    deployment = road.services.deployment
    deployment.catalog = catalog_keeping(store)
    return msgspec.structs.replace(call, deployment=deployment)


def test_the_caller_gets_what_it_got_before() -> None:
    caller = Caller([], room=0)
    copy = Copy(caller, call_of("full"), WHO, "full", 60.0)
    copy.hold(HEAD, b": wait")
    copy.begin(HEAD, b"a")
    copy.write(b"b")
    assert copy.paused and not copy.complete
    copy.end()
    assert (caller.body, caller.complete, len(caller.held)) == (b"ab", True, 1)
    assert (copy.pieces, copy.begun, copy.complete) == ([b"a", b"b"], True, True)


def test_only_a_team_that_keeps_contents_has_a_copy() -> None:
    copies, caller = Copies(), Caller([])
    for store, there in (("full", True), ("masked", True), ("metadata", False), ("off", False)):
        call = call_of(store)
        assert (copies.copy(call, WHO, caller) is not caller) == there
        assert (call.copied is not None) == there


def test_a_long_answer_is_kept_up_to_a_bound() -> None:
    piece = b"x" * (copying.MOST_ANSWER // 4)
    copy = copied(*[piece] * 6)
    assert copy.cut and b"".join(copy.pieces) == piece * 4


def test_what_there_is_no_room_for_is_counted_and_gone() -> None:
    copies, woken = Copies(), []
    copies.wake(lambda: woken.append(1))
    big = copied(b"x" * copying.MOST_ANSWER)
    for _ in range(copying.MOST_WAITING // big.size + 1):
        copies.put(big)
    assert (copies.dropped, len(copies)) == (1, len(woken))
    taken = copies.take(1000)
    copies.untake(taken)
    assert copies.take(1000) == taken
    copies.done(taken)
    copies.put(big)
    assert (copies.dropped, len(copies)) == (1, 1)
