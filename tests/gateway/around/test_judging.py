"""A judge gets data and says one word; what it says beyond that is not listened to."""

import json

import pytest

from gateway.around.judging import Judge
from gateway.call import Cleared
from tests.gateway.crossing import call, crossing, said
from tests.gateway.road import WHO, Answer


async def verdict(answer: Answer, **headers: str) -> tuple[bool | None, list[str]]:
    script = {"cheap": [said("x")], "strong": [said("x")], "judge": [answer]}
    on = crossing(script, "cascade", cheap="cheap", strong="strong", judge="judge", verify=("judge",))
    asked = call(on)
    asked.headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    route = on.deployment.route("auto")
    assert route is not None
    means = on.services.around._means
    judge = route.cascades["auto"].judge
    found = await Judge(means).approves(Cleared(asked, WHO, asked.body), route, judge, ('say "yes"', "no"))
    assert asked.attempts == len(on.rows)
    assert asked.spent == sum(row.cost for row in on.rows)
    return found, [body.decode() for _, _, body in on.vendors.requests]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("yes", True),
        ("Yes, it is.", True),
        ("**NO**", False),
        ("no", False),
        ("nobody knows", None),
        ("I think yes", None),
        ("", None),
    ],
)
async def test_the_first_word_counts(words: str, found: bool | None) -> None:
    assert (await verdict(said(words)))[0] is found


async def test_what_is_judged_is_data() -> None:
    _, (sent,) = await verdict(said("yes"))
    shown = json.loads(json.loads(sent)["messages"][1]["content"])
    assert shown == {"question": 'say "yes"', "answer": "no"}


async def test_a_judge_whose_vendor_the_caller_does_not_want_is_not_asked() -> None:
    found, sent = await verdict(said("yes"), x_signalbox_vendors="cheap,strong")
    assert (found, sent) == (None, [])
