"""Guards that know what a text is about, over real sockets: by a model of the gateway, and by none."""

from collections.abc import Iterator

import httpx
import pytest

from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running, until

CLAIMS = "How do I file a claim for my car?"
VOTES = "Whom should I vote for in the election?"
TOPICS = f'{{ claims: ["{CLAIMS}"], votes: ["{VOTES}"] }}'
USUAL = (
    f"kind: topics, model: embed, budget: 10s, topics: {TOPICS}, "
    "thresholds: { claims: 0.6, votes: 0.6, off_topic: 0.6 }"
)


@pytest.fixture(scope="module")
def gateway(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    configuration = f"""
vendors: {{ sim: {{ kind: sim, base_url: "{simulator.base_url}" }} }}
models:
  echo: {{ targets: [sim/echo] }}
  embed: {{ targets: [sim/embed-small] }}
  down: {{ targets: ["sim/embed-small@fault=status"], retries: 0 }}
guards:
  desk: {{ {USUAL}, only: [claims] }}
  votes: {{ {USUAL}, stages: [output], only: [claims] }}
  absent: {{ kind: topics, model: down, budget: 10s, topics: {TOPICS} }}
  nowhere: {{ kind: topics, topics: {TOPICS} }}
  passed_by: {{ kind: topics, on_error: allow, topics: {TOPICS} }}
teams:
  desk: {{ guardrails: [desk] }}
  curious: {{ guardrails: [desk] }}
  answers: {{ guardrails: [votes] }}
  absent: {{ guardrails: [absent] }}
  nowhere: {{ guardrails: [nowhere] }}
  passed_by: {{ guardrails: [passed_by] }}
admin_key: {ADMIN_KEY}
"""
    made = Gateway(tmp_path_factory.mktemp("topics"), configuration)
    with running(made):
        yield made


def ask(gateway: Gateway, team: str, *words: str, stream: bool = False) -> httpx.Response:
    with gateway.client(gateway.new_key(team=team)[1]) as client:
        messages = [{"role": "system", "content": "Be brief and say nothing of elections."}]
        messages += [{"role": "user", "content": each} for each in words]
        return client.post(
            "/chat/completions", json={"model": "echo", "messages": messages, "stream": stream}
        )


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ([CLAIMS], ""),
        (["How can I file a claim for my car, please?"], ""),
        ([CLAIMS, "Thanks."], ""),
        ([VOTES], "VOTES"),
        (["Sing something about the green hills of the north."], "OFF_TOPIC"),
        ([CLAIMS, "Sing something about the green hills of the north."], "OFF_TOPIC"),
    ],
)
def test_a_desk_is_asked_what_it_is_there_for(gateway: Gateway, words: list[str], kind: str) -> None:
    answer = ask(gateway, "desk", *words)
    assert answer.status_code == (400 if kind else 200), answer.text
    if kind:
        assert answer.json()["error"]["code"] == "content_filter"
        assert kind in answer.json()["error"]["message"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_nothing_of_an_answer_about_what_is_forbidden_leaves(gateway: Gateway, stream: bool) -> None:
    assert ask(gateway, "answers", CLAIMS, stream=stream).status_code == 200
    refused = ask(gateway, "answers", VOTES, stream=stream)
    assert refused.status_code == 400 and "VOTES" in refused.text and "election" not in refused.text


@pytest.mark.parametrize(("team", "status"), [("absent", 503), ("nowhere", 503), ("passed_by", 200)])
def test_without_a_model_it_does_what_the_file_says(gateway: Gateway, team: str, status: int) -> None:
    assert ask(gateway, team, CLAIMS).status_code == status
    # For whatever reason: on a machine that is busy its time may be over before its model's is.
    until(lambda: gateway.metric("signalbox_guard_failures_total", guard=team) >= 1, "not counted")


def test_what_it_asks_is_in_the_callers_name_and_asked_once(gateway: Gateway) -> None:
    words = "How may I file a claim for my old car?"

    def rows(model: str) -> int:
        asked = f"SELECT team FROM usage WHERE model_asked = '{model}' AND team = 'curious'"
        return len(gateway.query(asked + (" AND tags LIKE '%\"guard\"%'" if model == "embed" else "")))

    for said in (words, words, "How could I file a claim for my car?"):
        assert ask(gateway, "curious", said).status_code == 200
    until(lambda: rows("echo") == 3, "the calls have no rows")
    assert rows("embed") == 2, "what is known was asked again"
