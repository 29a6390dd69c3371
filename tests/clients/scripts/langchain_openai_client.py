"""LangChain with OpenAI's formats."""

from functools import partial

import openai
from checks import BASE_URL, EMBEDS, KEY, check, expect, model
from langchain_checks import errors, stream, structured, text, tools
from langchain_openai import ChatOpenAI, OpenAIEmbeddings


def speaking(name: str, **more: object) -> ChatOpenAI:
    return ChatOpenAI(base_url=BASE_URL, api_key=KEY, model=model(name), stream_usage=True, **more)


def embeddings() -> None:
    # Without this, texts are sent as the token ids of OpenAI's own models.
    embedder = OpenAIEmbeddings(
        base_url=BASE_URL, api_key=KEY, model=model("embed-small"), check_embedding_ctx_length=False
    )
    expect(len(embedder.embed_documents(["red", "green"])) == 2, "not two vectors")


check("chat", lambda: text(speaking))
check("stream", lambda: stream(speaking))
check("tools", lambda: tools(speaking))
check("structured output, json_schema", lambda: structured(speaking, method="json_schema"))
check("structured output, function_calling", lambda: structured(speaking, method="function_calling"))
responding = partial(speaking, use_responses_api=True)
check("responses", lambda: text(responding))
check("responses, streamed", lambda: stream(responding))
check("responses, tools", lambda: tools(responding))
if EMBEDS:
    check("embeddings", embeddings)
check("errors", lambda: errors(speaking, openai.APIStatusError))
