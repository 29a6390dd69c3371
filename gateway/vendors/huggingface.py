"""Hugging Face: the router in front of its inference providers."""

from config.kinds import VendorKind

VENDOR = VendorKind(
    name="huggingface",
    title="Hugging Face",
    base_url="https://router.huggingface.co/v1",  # https://huggingface.co/docs/inference-providers/tasks/chat-completion
    env_keys=("HF_TOKEN", "HUGGINGFACE_API_KEY"),
    # The price depends on the provider that the router chooses, so no public list fits.
)
