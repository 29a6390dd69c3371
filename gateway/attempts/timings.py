"""How an attempt's times and failures are written to its row."""

from gateway.upstream import UpstreamFailure


def status_of(failure: UpstreamFailure, otherwise: str) -> str:
    """`timeout` if a deadline passed, else `otherwise`."""
    return "timeout" if failure.kind.endswith("timeout") else otherwise


def milliseconds(since: float, sent: float, first: float, ended: float) -> tuple[float, float, float]:
    """Milliseconds from `since` to each moment, to the microsecond; 0 for a moment that never came."""
    return (
        int((sent - since) * 1e6) / 1e3 if sent else 0.0,
        int((first - since) * 1e6) / 1e3 if first else 0.0,
        int((ended - since) * 1e6) / 1e3,
    )
