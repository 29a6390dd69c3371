"""A call's text becomes a number here, and the number is compared with the team's own late calls."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from dialects.anthropic.messages import AnthropicMessages
from dialects.openai.chat import OpenAIChat
from dialects.openai.embeddings import OpenAIEmbeddings
from gateway.around.judges import prior
from gateway.routing.scoring import UNJUDGED, Scoring, question, seen_in, shape
from routing.difficulty.features import Shape

TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "First?"},
    {"role": "assistant", "content": "Yes."},
    {"role": "user", "content": [{"type": "text", "text": "Prove it."}, {"type": "text", "text": "Now."}]},
]


def cleared(body: dict[str, Any], dialect: Any = None, team: str = "t", model: str = "auto") -> Any:
    call = SimpleNamespace(dialect=dialect or OpenAIChat(), asked=SimpleNamespace(model=model))
    return SimpleNamespace(call=call, principal=SimpleNamespace(team=team), body=json.dumps(body).encode())


def test_the_last_question_is_what_is_judged() -> None:
    conversation = OpenAIChat().read_request(json.dumps({"model": "m", "messages": TALK}).encode())
    assert question(conversation) == "Prove it.\nNow."
    assert shape(conversation) == Shape(turns=2, tools=0, schema=False, system=True)


def test_the_same_question_is_the_same_in_every_format() -> None:
    ask = [{"role": "user", "content": "Why is the sky blue?"}]
    chat = seen_in(cleared({"model": "m", "messages": ask}))
    messages = seen_in(cleared({"model": "m", "max_tokens": 9, "messages": ask}, AnthropicMessages()))
    assert chat == messages is not None


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(cleared({"model": "m", "input": "x"}, OpenAIEmbeddings()), id="an embedding"),
        pytest.param(cleared({"model": "m", "messages": "nonsense"}), id="no request"),
        pytest.param(cleared({"model": "m", "messages": []}), id="no question"),
    ],
)
def test_where_there_is_no_text_there_is_no_score(asked: Any) -> None:
    assert Scoring().judge(asked, prior()) == UNJUDGED


def test_teams_and_groups_are_compared_with_themselves_alone() -> None:
    scoring = Scoring()
    ask = {"model": "m", "messages": [{"role": "user", "content": "Prove that the eigenvalues are real."}]}
    for _ in range(200):
        found = scoring.judge(cleared(ask), prior())
    assert found.rank == 0.5
    assert scoring.judge(cleared(ask, team="other"), prior()).rank != 0.5
    assert scoring.judge(cleared(ask, model="other"), prior()).rank != 0.5
    assert found.score is not None
