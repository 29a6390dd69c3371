"""Amazon Bedrock, through its Converse API."""

from types import MappingProxyType

from config.kinds import Operation, VendorKind

# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
_MODEL = "/model/{model}"

VENDOR = VendorKind(
    name="bedrock",
    title="Amazon Bedrock",
    base_url="https://bedrock-runtime.{region}.amazonaws.com",
    # https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html
    env_keys=("AWS_BEARER_TOKEN_BEDROCK",),
    key_required=False,
    auth="aws",
    region_keys=("AWS_REGION", "AWS_DEFAULT_REGION"),
    paths=MappingProxyType({Operation.CONVERSE: f"{_MODEL}/converse"}),
    stream_paths=MappingProxyType({Operation.CONVERSE: f"{_MODEL}/converse-stream"}),
    stream_usage="always",
    prices="aws",
)
