"""NVIDIA NIM: the hosted catalogue; for your own container, set base_url."""

from config.kinds import VendorKind

VENDOR = VendorKind(
    name="nvidia-nim",
    title="NVIDIA NIM",
    base_url="https://integrate.api.nvidia.com/v1",  # https://docs.api.nvidia.com/nim/reference/llm-apis
    env_keys=("NVIDIA_API_KEY", "NVIDIA_NIM_API_KEY"),
)
