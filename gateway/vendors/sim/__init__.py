"""The built-in vendor: a model simulator with faults on demand that keeps its own bill."""

from config.kinds import VendorKind

VENDOR = VendorKind(
    name="sim",
    title="Built-in simulator",
    key_required=False,
    bare_models=("sim-*",),
)
