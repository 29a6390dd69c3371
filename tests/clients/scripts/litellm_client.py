"""LiteLLM's SDK as a client: OpenAI's formats, Anthropic's and Gemini's."""

import litellm
from checks import (
    ADDRESS,
    BASE_URL,
    BROKEN,
    EMBEDS,
    ERRAND,
    KEY,
    QUESTION,
    WEATHER,
    check,
    expect,
    model,
    refused,
)

litellm.telemetry = False
ASKS = [{"role": "user", "content": QUESTION}]
WHERE = {
    "openai": {"api_base": BASE_URL, "api_key": KEY},
    "anthropic": {"api_base": ADDRESS, "api_key": KEY},
}
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": PARAMETERS}}]


def chat(provider: str) -> None:
    answer = litellm.completion(f"{provider}/{model('small')}", ASKS, **WHERE[provider])
    expect("signal green" in answer.choices[0].message.content, answer)
    expect(answer.usage.completion_tokens > 0, answer)


def stream(provider: str) -> None:
    pieces = list(litellm.completion(f"{provider}/{model('small')}", ASKS, stream=True, **WHERE[provider]))
    expect("signal green" in "".join(piece.choices[0].delta.content or "" for piece in pieces), pieces)


def tools(provider: str) -> None:
    name, asks = f"{provider}/{model('small')}", [{"role": "user", "content": ERRAND}]
    first = litellm.completion(name, asks, tools=TOOLS, **WHERE[provider]).choices[0].message
    [call] = first.tool_calls
    result = {"role": "tool", "tool_call_id": call.id, "name": "get_weather", "content": WEATHER}
    second = litellm.completion(name, [*asks, first, result], tools=TOOLS, **WHERE[provider])
    expect(WEATHER in second.choices[0].message.content, second)


def errors(provider: str) -> None:
    name = f"{provider}/{model('nobody@')}"
    refused(lambda: litellm.completion(name, ASKS, **WHERE[provider]), litellm.NotFoundError)
    broken = litellm.completion(f"{provider}/{model(BROKEN)}", ASKS, stream=True, **WHERE[provider])
    refused(lambda: list(broken), Exception)


def responses() -> None:
    answer = litellm.responses(input=QUESTION, model=f"openai/{model('small')}", **WHERE["openai"])
    expect("signal green" in answer.output[-1].content[0].text, answer)


def embeddings() -> None:
    made = litellm.embedding(f"openai/{model('embed-small')}", ["red", "green"], **WHERE["openai"])
    expect(len(made.data) == 2, made)


for each in WHERE:
    for asked in (chat, stream, tools, errors):
        check(f"{each}: {asked.__name__}", lambda asked=asked, each=each: asked(each))
check("openai: responses", responses)
if EMBEDS:
    check("openai: embeddings", embeddings)
