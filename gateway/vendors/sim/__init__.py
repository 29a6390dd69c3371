"""The built-in vendor: a model simulator with faults on demand that keeps its own bill."""

from types import MappingProxyType

from config.kinds import MEDIA_PATHS, OBJECT_PATHS, OPENAI_PATHS, Operation, VendorKind

VENDOR = VendorKind(
    name="sim",
    title="Built-in simulator",
    paths=MappingProxyType({**OPENAI_PATHS, **MEDIA_PATHS, **OBJECT_PATHS, Operation.RERANK: "/rerank"}),
    key_required=False,
    bare_models=("sim-*",),
)
