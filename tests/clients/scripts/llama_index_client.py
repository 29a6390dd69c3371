"""LlamaIndex with a server that is like OpenAI."""

import openai
from checks import (
    BASE_URL,
    ERRAND,
    KEY,
    QUESTION,
    WEATHER,
    Verdict,
    check,
    expect,
    get_weather,
    model,
    refused,
)
from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai_like import OpenAILike


def speaking(name: str) -> OpenAILike:
    told = {"is_chat_model": True, "is_function_calling_model": True, "context_window": 128_000}
    return OpenAILike(api_base=BASE_URL, api_key=KEY, model=model(name), max_retries=1, **told)


def chat() -> None:
    answer = speaking("small").chat([ChatMessage(role="user", content=QUESTION)])
    expect("signal green" in answer.message.content, answer)


def stream() -> None:
    pieces = list(speaking("small").stream_chat([ChatMessage(role="user", content=QUESTION)]))
    expect("signal green" in pieces[-1].message.content, pieces[-1:])


def tools() -> None:
    tool = FunctionTool.from_defaults(get_weather)
    # Left alone it asks for one call at a time, which Gemini, Cohere and Ollama have no word for.
    answer = speaking("small").predict_and_call([tool], user_msg=ERRAND)
    expect(answer.response == WEATHER, answer)


def structured() -> None:
    made = speaking("small").as_structured_llm(Verdict).complete(QUESTION)
    expect(isinstance(made.raw, Verdict), made)


check("chat", chat)
check("stream", stream)
check("tools", tools)
check("structured output", structured)
check("errors", lambda: refused(lambda: speaking("nobody@").complete(QUESTION), openai.APIStatusError))
