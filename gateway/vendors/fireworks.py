"""Fireworks AI: model names are paths, `accounts/fireworks/models/…`."""

from config.kinds import VendorKind

VENDOR = VendorKind(
    name="fireworks",
    title="Fireworks AI",
    base_url="https://api.fireworks.ai/inference/v1",  # https://docs.fireworks.ai/tools-sdks/openai-compatibility
    env_keys=("FIREWORKS_API_KEY",),
    prices="fireworks",
    bare_models=("accounts/fireworks/*",),
)
