"""LangChain with Anthropic's Messages."""

import anthropic
from checks import ADDRESS, KEY, QUESTION, check, expect, model
from langchain_anthropic import ChatAnthropic
from langchain_checks import errors, stream, structured, text, tools
from langchain_core.messages import HumanMessage


def speaking(name: str, **more: object) -> ChatAnthropic:
    return ChatAnthropic(base_url=ADDRESS, api_key=KEY, model=model(name), max_tokens=2000, **more)


def thinking() -> None:
    thinks = speaking("reasoner", thinking={"type": "enabled", "budget_tokens": 1024})
    first = thinks.invoke(QUESTION)
    expect(any(block["type"] == "thinking" for block in first.content), first)
    expect("And now" in thinks.invoke([HumanMessage(QUESTION), first, HumanMessage("And now?")]).text, first)


check("messages", lambda: text(speaking))
check("stream", lambda: stream(speaking))
check("tools", lambda: tools(speaking))
check("structured output", lambda: structured(speaking))
check("thinking", thinking)
check("errors", lambda: errors(speaking, anthropic.APIStatusError))
