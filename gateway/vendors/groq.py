"""Groq: open models on its own chips."""

from types import MappingProxyType

from config.kinds import OBJECT_PATHS, RESPONSES_PATHS, Operation, VendorKind, media

# https://console.groq.com/docs/speech-to-text https://console.groq.com/docs/text-to-speech
_MEDIA = media(Operation.SPEECH, Operation.TRANSCRIPTIONS, Operation.TRANSLATIONS)
_OBJECTS = {each: OBJECT_PATHS[each] for each in (Operation.FILES, Operation.BATCHES)}

VENDOR = VendorKind(
    name="groq",
    title="Groq",
    base_url="https://api.groq.com/openai/v1",
    paths=MappingProxyType({**RESPONSES_PATHS, **_MEDIA, **_OBJECTS}),
    env_keys=("GROQ_API_KEY",),
    # "Currently unsupported": each is answered with a 400. https://console.groq.com/docs/openai
    drops=frozenset({"logprobs", "logit_bias", "top_logprobs"}),
    cannot=frozenset(["thinking"]),  # https://console.groq.com/docs/reasoning: only in answers
    prices="groq",
)
