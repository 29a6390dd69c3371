"""Every fault of a vendor, and what must come of it."""

from dataclasses import dataclass

from tests.journeys.program import Row

ANSWERS, FAILS, BREAKS = "answers", "fails before content", "breaks after content"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as the simulator is told it, and what it does to a stream and to a whole answer."""

    name: str
    told: str
    stream: str
    whole: str
    status: int = 502  # for the caller, when nobody else answers
    code: str = "vendor_unreachable"


# A pace makes sure that content has gone to the caller: what comes in one piece with a fault is held back,
# and another target is asked.
FAULTS = (
    Fault("refuse", "fault=refuse", FAILS, FAILS),
    Fault("status 429", "fault=status,status=429,retry_after=3", FAILS, FAILS, 429, "vendor_rate_limited"),
    Fault("status 500", "fault=status,status=500", FAILS, FAILS, 502, "vendor_failed"),
    Fault("status 503", "fault=status,status=503", FAILS, FAILS, 503, "vendor_overloaded"),
    Fault("status 401", "fault=status,status=401", FAILS, FAILS, 502, "vendor_credentials_rejected"),
    Fault("stall_headers", "fault=stall_headers", FAILS, FAILS, 504, "vendor_timeout"),
    Fault("stall_content", "fault=stall_content", FAILS, FAILS, 504, "vendor_timeout"),
    Fault(
        "stall after 3", "tps=20,length=12,fault=stall_content,after=3", BREAKS, FAILS, 504, "vendor_timeout"
    ),
    Fault("cut at once, RST", "fault=cut_text,after=0", FAILS, FAILS, 502, "vendor_cut"),
    Fault("cut at once, FIN", "fault=cut_text,after=0,end=close", FAILS, FAILS, 502, "vendor_cut"),
    Fault("cut after 3, RST", "tps=20,length=12,fault=cut_text,after=3", BREAKS, FAILS, 502, "vendor_cut"),
    Fault(
        "cut after 3, FIN",
        "tps=20,length=12,fault=cut_text,after=3,end=close",
        BREAKS,
        FAILS,
        502,
        "vendor_cut",
    ),
    Fault("cut amid a tool", "tps=20,fault=cut_tool", BREAKS, FAILS, 502, "vendor_cut"),
    Fault("malformed at once", "fault=malformed,after=0", FAILS, FAILS, 502, "malformed_event"),
    Fault(
        "malformed after 3", "tps=20,length=12,fault=malformed,after=3", BREAKS, FAILS, 502, "malformed_event"
    ),
    Fault("error at once", "fault=inband_error,after=0", FAILS, FAILS, 502, "simulated_failure"),
    Fault(
        "error after 3",
        "tps=20,length=12,fault=inband_error,after=3",
        BREAKS,
        FAILS,
        502,
        "simulated_failure",
    ),
    Fault("no usage", "fault=no_usage", ANSWERS, ANSWERS),
    Fault("no finish", "fault=no_finish", BREAKS, ANSWERS, 502, "vendor_cut"),
)
# What a whole answer's vendor says where a stream's would say something else.
WHOLE_CODES = {"malformed_event": "vendor_failed"}


def the_row_is_true(row: Row) -> None:
    """A refusal costs nothing; what may have cost something is estimated, unless the vendor said what."""
    refused = row["http_status"] not in (0, 200)
    if row["status"] == "ok":
        assert row["cost_nano"] > 0
        assert bool(row["estimated"]) == ("no_usage" in row["model_served"])
    else:
        assert row["error_code"]
        assert bool(row["estimated"]) != refused
        assert bool(row["cost_nano"]) != refused
