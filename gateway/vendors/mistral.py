"""Mistral: rejects every field that it does not know."""

from types import MappingProxyType

from config.kinds import OBJECT_PATHS, OPENAI_PATHS, Operation, Prefill, VendorKind, media

# https://docs.mistral.ai/api#tag/classifiers https://docs.mistral.ai/api#tag/audio.transcriptions
_MEDIA = {
    **media(Operation.TRANSCRIPTIONS, Operation.MODERATIONS),
    Operation.FILES: OBJECT_PATHS[Operation.FILES],
}

VENDOR = VendorKind(
    name="mistral",
    title="Mistral",
    base_url="https://api.mistral.ai/v1",  # https://docs.mistral.ai/api
    paths=MappingProxyType({**OPENAI_PATHS, **_MEDIA}),
    env_keys=("MISTRAL_API_KEY",),
    # stream_options gets a 422; the usage is in the last chunk anyway: https://docs.mistral.ai/api#tag/chat
    stream_usage="always",
    # OpenAI's fields that the schema lacks; each gets a 422 "extra_forbidden".
    drops=frozenset(
        ["logit_bias", "logprobs", "top_logprobs", "service_tier", "store", "user", "safety_identifier"]
        + ["functions", "function_call", "modalities", "audio", "verbosity", "web_search_options"]
    ),
    renames=MappingProxyType({"max_completion_tokens": "max_tokens", "seed": "random_seed"}),
    # https://docs.mistral.ai/guides/prefix: the examples strip the prefix from the answer.
    prefill=Prefill(MappingProxyType({"prefix": True}), echoes=True),
    prices="mistral",
    bare_models=(
        *("mistral-*", "ministral-*", "magistral-*", "codestral-*", "devstral-*", "pixtral-*"),
        *("open-mistral-*", "open-mixtral-*", "voxtral-*"),
    ),
)
