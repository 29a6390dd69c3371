"""The whole program with guards that somebody else keeps: over real sockets, at its vendor and its rows."""

import json
import threading
from collections.abc import Iterator

import httpx
import pytest

from config.kinds import Operation
from tests.formats import FORMATS
from tests.gateway.guard_service import Service, guard_service
from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running, until

CONFIGURATION = """
vendors: {{ sim: {{ kind: sim, base_url: "{base_url}" }} }}
models:
  echo: {{ targets: [sim/echo] }}
  moderator: {{ targets: [sim/moderate] }}
  nod: {{ targets: ["sim/small@text=Yes."] }}
  shake: {{ targets: ["sim/small@text=No."] }}
  mumble: {{ targets: ["sim/small@text=Perhaps."] }}
  down: {{ targets: ["sim/small@fault=status"], retries: 0 }}
guards:
  far: {{ {far} }}
  names: {{ {far}, action: mask, types: [person] }}
  quiet: {{ {far}, mode: shadow }}
  violent: {{ kind: moderation, model: moderator, types: [violence] }}
  no_moderator: {{ kind: moderation, model: down }}
  nodding: {{ kind: judge, model: nod, question: "Is it about birds?", types: [birds], budget: 10s }}
  shaking: {{ kind: judge, model: shake, question: "Is it about birds?", budget: 10s }}
  mumbling: {{ kind: judge, model: mumble, question: "Is it about birds?", budget: 10s }}
  absent: {{ kind: judge, model: down, question: "Is it about birds?", budget: 10s }}
  counting: {{ kind: judge, model: nod, question: "Birds?", types: [birds], budget: 10s, action: flag }}
  after: {{ {far}, stages: [output], budget: 10s }}
  counted_after: {{ {far}, stages: [output], action: flag, budget: 10s }}
  nod_after: {{ kind: judge, model: nod, question: "Birds?", types: [birds], budget: 10s, stages: [output] }}
teams:
  judged_after: {{ guardrails: [nod_after] }}
  answered: {{ guardrails: [after, pii] }}
  overheard: {{ guardrails: [counted_after] }}
  moderated: {{ guardrails: [violent], models: [echo] }}
  nodded: {{ guardrails: [nodding] }}
  shaken: {{ guardrails: [shaking], models: [echo], limits: {{ requests: 1/min }} }}
  mumbled: {{ guardrails: [mumbling] }}
  unjudged: {{ guardrails: [absent] }}
  unmoderated: {{ guardrails: [no_moderator] }}
  counted: {{ guardrails: [counting] }}
  strict: {{ guardrails: [far] }}
  masking: {{ guardrails: [names, pii] }}
  watched: {{ guardrails: [quiet] }}
admin_key: {admin_key}
"""


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with guard_service() as found:
        yield found


@pytest.fixture(scope="module")
def gateway(
    simulator: Simulator, service: Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    far = f'kind: webhook, url: "{service.url}", secret: hush, private: [127.0.0.0/8]'
    configuration = CONFIGURATION.format(far=far, base_url=simulator.base_url, admin_key=ADMIN_KEY)
    made = Gateway(tmp_path_factory.mktemp("distant"), configuration)
    with running(made):
        yield made


def ask(gateway: Gateway, team: str, words: str, *, stream: bool = False) -> httpx.Response:
    with gateway.client(gateway.new_key(team=team)[1]) as client:
        body = {"model": "echo", "messages": [{"role": "user", "content": words}], "stream": stream}
        return client.post("/chat/completions", json=body)


def finding(question: dict[str, list[str]]) -> object:
    """Of each Kestrel its place."""
    return {
        "findings": [
            {"type": "person", "text": number, "start": text.find("Kestrel"), "end": text.find("Kestrel") + 7}
            for number, text in enumerate(question["texts"])
            if "Kestrel" in text
        ]
    }


def test_what_a_service_finds_is_refused_and_never_sent(
    gateway: Gateway, service: Service, simulator: Simulator
) -> None:
    service.answer = finding
    assert ask(gateway, "strict", "a bird").status_code == 200
    refused = ask(gateway, "strict", "I am Kestrel Strictly")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "content_filter")
    [row] = gateway.attempts(refused.headers["x-request-id"])
    assert (row["status"], row["guard"]) == ("refused", "block") and "Kestrel" not in row["trail"]
    assert "Kestrel Strictly" not in str(simulator.get("requests?limit=1000"))


def test_what_it_finds_is_masked_and_comes_back_and_it_sees_no_address(
    gateway: Gateway, service: Service, simulator: Simulator
) -> None:
    service.answer = finding
    words = "Kestrel writes to kestrel@kestrels-own.example"
    answer = ask(gateway, "masking", words)
    assert answer.json()["choices"][0]["message"]["content"] == words
    sent = str(simulator.get("requests?limit=1000"))
    assert "<PERSON_" in sent and "<EMAIL_" in sent and "kestrels-own" not in sent
    assert b"kestrels-own" not in service.requests[-1][1] and b"<EMAIL_" in service.requests[-1][1]


@pytest.mark.parametrize("failing", ["crashes", "lies", "is down"])
def test_nobody_passes_by_it_when_it_fails(gateway: Gateway, service: Service, failing: str) -> None:
    service.crashes = failing == "crashes"
    service.answer = lambda question: {"verdict": "allow"}
    service.status = 500 if failing == "is down" else 200
    answer = ask(gateway, "strict", "a bird")
    watched = ask(gateway, "watched", "a bird")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "guard_failed")
    assert watched.status_code == 200
    reason = "answer" if failing == "lies" else "error"
    for guard in ("far", "quiet"):
        labels = {"guard": guard, "reason": reason}
        until(lambda at=labels: gateway.metric("signalbox_guard_failures_total", **at) >= 1, "not counted")
    service.crashes, service.status, service.answer = False, 200, finding


def test_a_moderation_of_the_gateway_is_asked_and_what_it_flags_is_refused(gateway: Gateway) -> None:
    fine, refused = (ask(gateway, "moderated", words) for words in ("a bird", "how do I build a bomb?"))
    assert fine.status_code == 200, fine.text
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "content_filter")
    assert "VIOLENCE" in refused.json()["error"]["message"]


def test_a_judge_is_asked_in_the_callers_name_and_its_row_says_for_which_guard(gateway: Gateway) -> None:
    refused = ask(gateway, "nodded", "a bird")
    assert refused.status_code == 400 and "BIRDS" in refused.json()["error"]["message"]
    fine = ask(gateway, "shaken", "a bird")  # of one request a minute, as what a guard asks is none
    assert fine.status_code == 200, fine.text

    def tagged() -> list[dict[str, object]]:
        return gateway.query("SELECT model_asked FROM usage WHERE tags LIKE '%\"guard\"%'")

    until(lambda: {"nod", "shake"} <= {row["model_asked"] for row in tagged()}, "the judges have no rows")


@pytest.mark.parametrize("team", ["mumbled", "unjudged", "unmoderated"])
def test_nobody_passes_by_a_model_that_does_not_say(gateway: Gateway, team: str) -> None:
    answer = ask(gateway, team, "a bird")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "guard_failed")


def test_a_judge_that_only_counts_is_asked_beside_the_call(gateway: Gateway) -> None:
    assert ask(gateway, "counted", "a bird").status_code == 200
    labels = {"guard": "counting", "type": "BIRDS", "action": "flag", "mode": "enforce"}
    until(lambda: gateway.metric("signalbox_guard_findings_total", **labels) >= 1, "not counted")


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_nothing_of_an_answer_leaves_before_a_guard_elsewhere_has_seen_it(
    gateway: Gateway, service: Service, stream: bool
) -> None:
    service.answer = finding
    words = "a wren, says wren@night-train.example"
    fine = ask(gateway, "answered", words, stream=stream)
    assert fine.status_code == 200 and FORMATS[Operation.CHAT].text(fine.content, stream=stream) == words
    question = json.loads(service.requests[-1][1])
    assert (question["stage"], question["roles"]) == ("output", ["assistant"])
    assert "<EMAIL_" in question["texts"][0] and "night-train" not in question["texts"][0]
    refused = ask(gateway, "answered", "here comes Kestrel", stream=stream)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "content_filter")
    assert "comes" not in refused.text and "PERSON" in refused.text
    [row] = gateway.attempts(refused.headers["x-request-id"])
    assert (row["status"], row["guard"], row["error_code"]) == ("blocked", "block", "content_filter")
    assert '"guard answer","block","after"' in row["trail"]
    [row] = gateway.attempts(fine.headers["x-request-id"])
    assert row["status"] == "ok"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_no_answer_passes_by_a_guard_elsewhere_that_lies(
    gateway: Gateway, service: Service, stream: bool
) -> None:
    service.answer = lambda question: {"verdict": "allow"}
    answer = ask(gateway, "answered", "a wren", stream=stream)
    service.answer = finding
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "guard_failed")
    assert "wren" not in answer.text


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_an_answer_does_not_wait_for_a_guard_that_only_counts(
    gateway: Gateway, service: Service, stream: bool
) -> None:
    answered = threading.Event()
    service.answer = lambda question: finding(question) if answered.wait(60) else {}
    labels = {"guard": "counted_after", "type": "PERSON", "action": "flag", "mode": "enforce"}
    before = gateway.metric("signalbox_guard_findings_total", **labels)
    answer = ask(gateway, "overheard", "here comes Kestrel", stream=stream)
    assert gateway.metric("signalbox_guard_findings_total", **labels) == before
    answered.set()
    assert FORMATS[Operation.CHAT].text(answer.content, stream=stream) == "here comes Kestrel"
    until(lambda: gateway.metric("signalbox_guard_findings_total", **labels) > before, "not counted")


def test_a_judge_may_stop_an_answer(gateway: Gateway) -> None:
    refused = ask(gateway, "judged_after", "a wren")
    assert refused.status_code == 400 and "BIRDS" in refused.json()["error"]["message"]


def test_whose_refusal_is_an_end_gets_one_from_a_judge_too(
    simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    configuration = f"""
vendors: {{ sim: {{ kind: sim, base_url: "{simulator.base_url}" }} }}
models: {{ echo: {{ targets: [sim/echo] }}, nod: {{ targets: ["sim/small@text=Yes."] }} }}
guards:
  nod_after: {{ kind: judge, model: nod, question: "Birds?", types: [birds], budget: 10s, stages: [output] }}
guarding: {{ refusal: finish }}
teams: {{ judged_after: {{ guardrails: [nod_after] }} }}
admin_key: {ADMIN_KEY}
"""
    made = Gateway(tmp_path_factory.mktemp("finish"), configuration)
    with running(made):
        ended = ask(made, "judged_after", "a wren")
        stream = ask(made, "judged_after", "a wren", stream=True)
    assert ended.status_code == 200 and "wren" not in ended.text
    assert ended.json()["choices"][0]["finish_reason"] == "content_filter"
    assert "wren" not in stream.text and "content_filter" in stream.text  # the error's code
