"""What a caller is told about its limits, in the headers of answers and when one stands in the way."""

from collections.abc import Sequence
from datetime import UTC, datetime

from config.limit import SPEND
from gateway.errors import GatewayError, Header, OverBudget, OverLimit
from gateway.failures import MAX_RETRY_AFTER_SECONDS
from ledger.meters.allowance import Lack, Part
from ledger.meters.windows import NEVER
from ledger.money import format_dollars

NO_RETRY: Header = (b"x-should-retry", b"false")  # OpenAI's and Anthropic's SDKs then give up at once
_LINES = b"x-ratelimit-limit-%b: %%d\r\nx-ratelimit-remaining-%b: %%d\r\nx-ratelimit-reset-%b: %%b\r\n"
_REQUESTS, _TOKENS = (_LINES % (name, name, name) for name in (b"requests", b"tokens"))
_SPANS: list[bytes] = []  # by seconds: of a window of a minute, as most are
_IN_WORDS = {"once": "at the same time", "total": "in total"}


def header_lines(requests: Sequence[Part], tokens: Sequence[Part], now: int) -> bytes:
    """The lines of the narrowest limit of each family, as OpenAI has them.

    https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
    """
    if not tokens:
        return _of_narrowest(_REQUESTS, requests, now) if requests else b""
    lines = _of_narrowest(_TOKENS, tokens, now)
    return _of_narrowest(_REQUESTS, requests, now) + lines if requests else lines


def _of_narrowest(lines: bytes, parts: Sequence[Part], now: int) -> bytes:
    part = parts[0] if len(parts) == 1 else min(parts, key=lambda each: _left(each, now))
    meter = part.meter
    left = meter.left(now) - part.spare
    return lines % (meter.limit.amount, left if left > 0 else 0, _span(meter.resets_at - now))


def refusal(lack: Lack, told: bytes, now: int) -> GatewayError:
    """The error for a meter that has no room."""
    part, meter = lack.part, lack.part.meter
    if meter.limit.kind == SPEND:
        return over_budget(lack, told)
    unit = part.kind.unit
    window = _IN_WORDS.get(meter.limit.per, f"a {meter.limit.per}")
    left = max(0, _left(part, now))
    said = f"The limit of {part.owner} is {meter.limit.amount} {unit} {window}{_of_models(part)}: "
    said += f"{lack.asked} asked for, {left} left."
    wait = _wait_ms(lack, now)
    headers = _headers(told)
    if lack.asked + part.spare > meter.limit.amount:
        said += " It is more than the whole limit: make the request smaller."
        headers.append(NO_RETRY)
    elif wait is None:
        said += " Nothing becomes free by itself; ask the operator."
        headers.append(NO_RETRY)
    else:
        said += f" Enough is free in {_span(wait).decode()}, if nothing else is used."
        seconds = max(1, -(-wait // 1000))
        # Some SDKs sleep for whatever it says. A minute that slides takes up to a second more.
        if seconds > MAX_RETRY_AFTER_SECONDS + 1:
            headers.append(NO_RETRY)
        else:
            headers.append((b"retry-after", b"%d" % min(seconds, MAX_RETRY_AFTER_SECONDS)))
    return OverLimit(said, part.kind.family or "requests", tuple(headers))


def over_budget(lack: Lack, told: bytes = b"") -> OverBudget:
    """The figures of a budget that cannot pay a call."""
    part, meter = lack.part, lack.part.meter
    window = "in total" if meter.limit.per == "total" else f"a {meter.limit.per}"
    said = (
        f"The budget of {part.owner} is {format_dollars(meter.limit.amount)} {window}{_of_models(part)}: "
        f"{format_dollars(meter.used)} spent, {format_dollars(meter.held)} held for calls under way; "
        f"this call may cost {format_dollars(lack.asked)}."
    )
    if meter.resets_at < NEVER:
        ends = datetime.fromtimestamp(meter.resets_at / 1000, UTC).isoformat(timespec="seconds")
        said += f" It begins again at {ends.replace('+00:00', 'Z')}."
    return OverBudget(said, headers=(*_headers(told), NO_RETRY))


def _left(part: Part, now: int) -> int:
    return part.meter.left(now) - part.spare


def _wait_ms(lack: Lack, now: int) -> int | None:
    meter = lack.part.meter
    if lack.part.kind.when == "while":
        return 1000  # somebody's call ends, nobody knows when
    frees = meter.frees_at(lack.asked + lack.part.spare)
    if frees < NEVER:
        return max(0, frees - now)
    return 1000 if meter.held else None


def _headers(told: bytes) -> list[Header]:
    pairs = (line.split(b": ", 1) for line in told.split(b"\r\n") if line)
    return [(name, value) for name, value in pairs]


def _of_models(part: Part) -> str:
    models = part.meter.limit.models
    return "" if models is None else f" for {', '.join(models)}"


def _span(ms: int) -> bytes:
    """A stretch of time as OpenAI writes it: `120ms`, `8s`, `6m0s`, `1h0m0s`."""
    if ms <= 0:
        return b"0s"
    if ms < 1000:
        return b"%dms" % ms
    seconds = -(-ms // 1000)
    if seconds < len(_SPANS):
        return _SPANS[seconds]
    if seconds < 60:
        return b"%ds" % seconds
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return b"%dm%ds" % (minutes, seconds)
    return b"%dh%dm%ds" % (*divmod(minutes, 60), seconds)


_SPANS += [_span(1000 * seconds) for seconds in range(64)]
