"""How an attempt's times and failures stand in its row."""

from gateway.upstream import UpstreamFailure


def status_of(failure: UpstreamFailure, otherwise: str) -> str:
    """`timeout` where a deadline passed, else what the attempt came to."""
    return "timeout" if failure.kind.endswith("timeout") else otherwise


def milliseconds(moment: float, since: float) -> float:
    """From one moment to another, to a microsecond's precision; 0 for what never happened."""
    return int((moment - since) * 1e6) / 1e3 if moment else 0.0
