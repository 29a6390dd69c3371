"""LangChain with Gemini's format."""

from checks import ADDRESS, KEY, QUESTION, check, expect, model
from langchain_checks import errors, stream, structured, text, tools
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_google_genai.chat_models import ChatGoogleGenerativeAIError


def speaking(name: str, **more: object) -> ChatGoogleGenerativeAI:
    wanted = {"vertexai": False, "retries": 1, **more}
    return ChatGoogleGenerativeAI(base_url=ADDRESS, api_key=KEY, model=model(name), **wanted)


def thinking() -> None:
    answer = speaking("reasoner", include_thoughts=True, thinking_budget=1024).invoke(QUESTION)
    expect("thinking" in str(answer.content), answer)


check("generate", lambda: text(speaking))
check("stream", lambda: stream(speaking))
check("tools", lambda: tools(speaking))
check("structured output", lambda: structured(speaking))
check("thinking", thinking)
check("errors", lambda: errors(speaking, ChatGoogleGenerativeAIError))
