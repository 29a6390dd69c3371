"""Cheap first, over real sockets: one answer for the caller, and a true row for every attempt."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from config.kinds import Operation
from gateway.routing.learning import read_learnt
from tests.formats import FORMATS
from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running
from tests.journeys.vendors import price_lines, vendor_lines

WORDS = "Name the train."
CALLERS = (Operation.CHAT, Operation.RESPONSES, Operation.MESSAGES, Operation.GENERATE_CONTENT)
GROUPS = """\
models:
  plain: { targets: ["chat/small@text=cheap"] }
  empty: { targets: ['chat/small@{"text":""}'] }
  dead: { targets: ["messages/small@fault=status,status=503"] }
  strong: { targets: ["messages/large@text=strong"] }
  nod: { targets: ["chat/small@text=Yes."] }
  shake: { targets: ["chat/small@text=no"] }
  maybe: { targets: ["chat/small@text=perhaps"] }
  good: { strategy: { kind: cascade, cheap: plain, strong: strong } }
  bad: { strategy: { kind: cascade, cheap: empty, strong: strong, learn: true } }
  down: { strategy: { kind: cascade, cheap: dead, strong: strong } }
  approved: { strategy: { kind: cascade, cheap: plain, strong: strong, verify: [state, judge], judge: nod } }
  rejected: { strategy: { kind: cascade, cheap: plain, strong: strong, verify: judge, judge: shake } }
  doubted: { strategy: { kind: cascade, cheap: plain, strong: dead, verify: judge, judge: shake } }
  shaded:
    targets: ["chat/small@text=seven", "messages/large@text=eight"]
    strategy: { kind: shadow, target: "messages/large@text=eight", share: 100% }
  fallen: { targets: ["messages/small@fault=status,status=503"], fallback: [rejected] }
  hard: { strategy: { kind: difficulty, cheap: plain, strong: rejected, dial: 1, explore: 0 } }
  best: { targets: ["messages/large@text=best"] }
  twice: { strategy: { kind: cascade, cheap: rejected, strong: best, verify: judge, judge: nod } }
  trusting:
    strategy: { kind: cascade, cheap: plain, strong: strong, verify: judge, judge: maybe, unsure: accept }
"""


@pytest.fixture(scope="module")
def gateway(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    deadlines = "{ connect: 5s, headers: 20s, first_content: 20s, idle: 20s }"
    lines = (*vendor_lines(simulator.base_url, deadlines), *price_lines(), GROUPS, f"admin_key: {ADMIN_KEY}")
    gateway = Gateway(tmp_path_factory.mktemp("cascade"), "\n".join(lines))
    with running(gateway):
        yield gateway


def ask(gateway: Gateway, caller: Operation, model: str, *, stream: bool = False) -> httpx.Response:
    form = FORMATS[caller]
    with gateway.client() as client:
        return client.post(form.at(model, stream=stream), json=form.ask(model, WORDS, stream=stream))


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(("model", "said", "attempts"), [("good", "cheap", 1), ("bad", "strong", 2)])
def test_the_strong_side_answers_where_the_cheap_one_does_not_do(
    gateway: Gateway, caller: Operation, model: str, said: str, attempts: int, stream: bool
) -> None:
    answer = ask(gateway, caller, model, stream=stream)
    form = FORMATS[caller]
    assert answer.status_code == 200, answer.text
    assert form.text(answer.content, stream=stream) == said
    assert not stream or form.clean.search(answer.content)
    assert answer.headers["x-signalbox-attempts"] == str(attempts)
    rows = gateway.attempts(answer.headers["x-request-id"], attempts)
    assert [row["status"] for row in rows] == ["ok"] * attempts
    if not stream:
        told = answer.headers["x-signalbox-cost"].replace(".", "")
        assert int(told) == sum(row["cost_nano"] for row in rows)


def test_the_trail_says_why(gateway: Gateway) -> None:
    request = ask(gateway, Operation.CHAT, "bad").headers["x-request-id"]
    gateway.attempts(request, 2)
    last = gateway.command("explain", request)["attempts"][-1]
    said = [step["reason"] for step in last["trail"] if step["stage"] == "cascade"]
    assert said == ["state: it is empty"]


def test_a_side_that_is_down_is_passed_over(gateway: Gateway) -> None:
    answer = ask(gateway, Operation.CHAT, "down")
    assert FORMATS[Operation.CHAT].text(answer.content, stream=False) == "strong"
    assert [row["status"] for row in gateway.attempts(answer.headers["x-request-id"], 2)] == ["error", "ok"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    ("model", "statuses", "judges"),
    [
        ("fallen", ["error", "ok", "ok", "ok"], [2]),
        ("hard", ["ok", "ok", "ok"], [1]),
        ("twice", ["ok", "ok", "ok", "ok"], [1, 3]),
    ],
)
def test_inside_another_group_it_looks_at_its_answers_too(
    gateway: Gateway, model: str, statuses: list[str], judges: list[int], stream: bool
) -> None:
    answer = ask(gateway, Operation.CHAT, model, stream=stream)
    assert FORMATS[Operation.CHAT].text(answer.content, stream=stream) == "strong"
    rows = gateway.attempts(answer.headers["x-request-id"], len(statuses))
    assert [row["status"] for row in rows] == statuses
    assert [place for place, row in enumerate(rows) if json.loads(row["tags"] or "{}")] == judges
    if not stream:
        told = answer.headers["x-signalbox-cost"].replace(".", "")
        assert int(told) == sum(row["cost_nano"] for row in rows)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    ("model", "said", "asked"),
    [
        ("approved", "cheap", ["approved", "nod"]),
        ("rejected", "strong", ["rejected", "shake", "rejected"]),
        ("trusting", "cheap", ["trusting", "maybe"]),
    ],
)
def test_a_judge_is_asked_and_its_row_says_so(
    gateway: Gateway, model: str, said: str, asked: list[str], stream: bool
) -> None:
    answer = ask(gateway, Operation.CHAT, model, stream=stream)
    assert FORMATS[Operation.CHAT].text(answer.content, stream=stream) == said
    rows = gateway.attempts(answer.headers["x-request-id"], len(asked))
    assert [row["model_asked"] for row in rows] == asked
    assert json.loads(rows[1]["tags"]) == {"judge": model}
    if not stream:
        told = answer.headers["x-signalbox-cost"].replace(".", "")
        assert int(told) == sum(row["cost_nano"] for row in rows)


def test_a_doubtful_answer_is_better_than_none(gateway: Gateway) -> None:
    answer = ask(gateway, Operation.CHAT, "doubted")
    assert answer.status_code == 200
    assert FORMATS[Operation.CHAT].text(answer.content, stream=False) == "cheap"
    rows = gateway.attempts(answer.headers["x-request-id"], 3)
    assert [row["status"] for row in rows] == ["ok", "ok", "error"]
    assert answer.headers["x-signalbox-attempts"] == "3"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_shadow_gets_a_copy_and_its_row_says_what_differs(gateway: Gateway, stream: bool) -> None:
    answer = ask(gateway, Operation.MESSAGES, "shaded", stream=stream)
    assert FORMATS[Operation.MESSAGES].text(answer.content, stream=stream) == "seven"
    request = answer.headers["x-request-id"]
    rows = gateway.attempts(request, 2)
    assert [(row["vendor"], row["team"], row["tags"]) for row in rows] == [
        ("chat", "default", ""),
        ("messages", "", '{"shadow":"shaded","team":"default"}'),
    ]
    (step,) = [each for each in json.loads(rows[1]["trail"]) if each[0] == "shadow"]
    assert step[1] == "different" and step[3]["cost_served_nano"] == rows[0]["cost_nano"]


def test_what_came_of_it_is_learnt(gateway: Gateway) -> None:
    ask(gateway, Operation.CHAT, "bad")
    learnt = read_learnt(Path(gateway.home) / "state" / "router", "bad")
    assert {each.example.weak for each in learnt} == {False}
