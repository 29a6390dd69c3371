"""Instructor over OpenAI's SDK, in the modes that people use."""

import instructor
from checks import BASE_URL, KEY, QUESTION, Verdict, check, expect, model
from openai import OpenAI

ASKS = [{"role": "user", "content": QUESTION}]


def made_by(mode: instructor.Mode) -> None:
    client = instructor.from_openai(OpenAI(base_url=BASE_URL, api_key=KEY), mode=mode)
    made = client.create(model=model("small"), messages=ASKS, response_model=Verdict, max_retries=1)
    expect(isinstance(made, Verdict), made)


def streamed() -> None:
    client = instructor.from_openai(OpenAI(base_url=BASE_URL, api_key=KEY))
    pieces = list(client.create_partial(model=model("small"), messages=ASKS, response_model=Verdict))
    expect(pieces[-1].verdict, pieces)


check("tools", lambda: made_by(instructor.Mode.TOOLS))
check("json_schema", lambda: made_by(instructor.Mode.JSON_SCHEMA))
check("partial, streamed", streamed)
