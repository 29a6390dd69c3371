"""What callers see of their limits: rate-limit headers, and errors if one is exceeded."""

from collections.abc import Iterable
from datetime import UTC, datetime

from config.limit import SPEND
from gateway.attempts.failures import MAX_RETRY_AFTER_SECONDS
from gateway.errors import NO_RETRY, GatewayError, Header, OverBudget, OverLimit
from ledger.meters.allowance import Lack, Part
from ledger.meters.meter import Meter
from ledger.meters.windows import NEVER
from ledger.money import format_dollars

_LIMIT = "x-ratelimit-limit-{0}: {1}\r\nx-ratelimit-remaining-{0}: "
_RESET = "\r\nx-ratelimit-reset-{0}: "
# https://docs.claude.com/en/api/rate-limits#response-headers
_ANTHROPIC = "anthropic-ratelimit-{0}-limit: {1}\r\nanthropic-ratelimit-{0}-remaining: {2}\r\n"
_ANTHROPIC_RESET = "anthropic-ratelimit-{0}-reset: {1}\r\n"
_SPANS: list[str] = []  # by seconds, up to a window of a minute, which is the usual one
_LISTED_MS = 63_000
_IN_WORDS = {"once": "at the same time", "total": "in total", "hour": "an hour"}


class Told:
    """OpenAI's rate-limit headers for the tightest limit per family (requests, tokens), partly precomputed.

    https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
    """

    __slots__ = ("_families", "_names")

    def __init__(self, parts: Iterable[Part]) -> None:
        self._families: list[tuple[list[tuple[Meter, int, str]], str]] = []
        self._names: list[str] = []
        held = list(parts)
        for family in ("requests", "tokens"):
            those = [
                (part.meter, part.spare, _LIMIT.format(family, part.meter.limit.amount))
                for part in held
                if part.kind.family == family
            ]
            if those:
                self._families.append((those, _RESET.format(family)))
                self._names.append(family)

    def lines(self, now: int) -> bytes:
        """The header lines at `now` (Unix milliseconds)."""
        said = ""
        for those, reset in self._families:
            meter, spare, limit = (
                those[0] if len(those) == 1 else min(those, key=lambda each: _left(each[0], each[1], now))
            )
            left, ms = meter.outlook(now)
            left -= spare
            span = _SPANS[-(-ms // 1000)] if 1000 <= ms <= _LISTED_MS else _span(ms)
            said += f"{limit}{left if left > 0 else 0}{reset}{span}\r\n"
        return said.encode()

    def for_messages(self, now: int) -> bytes:
        """The same lines, followed by Anthropic's."""
        said = ""
        for name, (those, _) in zip(self._names, self._families, strict=True):
            meter, spare, _ = min(those, key=lambda each: _left(each[0], each[1], now))
            left, ms = meter.outlook(now)
            said += _ANTHROPIC.format(name, meter.limit.amount, max(0, left - spare))
            if now + ms < NEVER:
                said += _ANTHROPIC_RESET.format(name, _moment(now + max(0, ms)))
        return self.lines(now) + said.encode()


def refusal(lack: Lack, told: bytes, now: int) -> GatewayError:
    """The error for a meter without room. `told`: the header lines."""
    part, meter = lack.part, lack.part.meter
    if meter.limit.kind == SPEND:
        return over_budget(lack, told)
    unit = part.kind.unit
    window = _IN_WORDS.get(meter.limit.per, f"a {meter.limit.per}")
    left = max(0, meter.left(now) - part.spare)
    said = f"The limit of {part.owner} is {meter.limit.amount} {unit} {window}{_of_models(part)}: "
    said += f"{lack.asked} requested, {left} left."
    wait = _wait_ms(lack, now)
    headers = _headers(told)
    if lack.asked + part.spare > meter.limit.amount:
        smaller = "ask for a shorter answer" if unit == "output tokens" else "make the request smaller"
        said += f" The call exceeds the whole limit: {smaller}."
        headers.append(NO_RETRY)
    elif wait is None:
        said += " It does not reset by itself; ask the operator."
        headers.append(NO_RETRY)
    else:
        said += f" Enough is free in {_span(wait)}, if nothing else is used."
        seconds = max(1, -(-wait // 1000))
        # Some SDKs sleep for whatever this says. A sliding minute takes up to a second longer.
        if seconds > MAX_RETRY_AFTER_SECONDS + 1:
            headers.append(NO_RETRY)
        else:
            headers.append((b"retry-after", b"%d" % min(seconds, MAX_RETRY_AFTER_SECONDS)))
    return OverLimit(said, part.kind.family or "requests", tuple(headers))


def over_budget(lack: Lack, told: bytes = b"") -> OverBudget:
    """The error for a budget that cannot pay for a call."""
    part, meter = lack.part, lack.part.meter
    window = _IN_WORDS.get(meter.limit.per, f"a {meter.limit.per}")
    said = (
        f"The budget of {part.owner} is {format_dollars(meter.limit.amount)} {window}{_of_models(part)}: "
        f"{format_dollars(meter.used)} spent, {format_dollars(meter.held)} reserved for calls in flight; "
        f"this call may cost {format_dollars(lack.asked)}."
    )
    if meter.resets_at < NEVER:
        said += f" It resets at {_moment(meter.resets_at)}."
    return OverBudget(said, headers=tuple(_headers(told)))


def _moment(unix_ms: int) -> str:
    return datetime.fromtimestamp(unix_ms / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _left(meter: Meter, spare: int, now: int) -> int:
    return meter.left(now) - spare


def _wait_ms(lack: Lack, now: int) -> int | None:
    meter = lack.part.meter
    if lack.part.kind.when == "while":
        return 1000  # a running call must end first, at an unknown time
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


def _span(ms: int) -> str:
    """A duration in OpenAI's format: `120ms`, `8s`, `6m0s`, `1h0m0s`."""
    if ms <= 0:
        return "0s"
    if ms < 1000:
        return f"{ms}ms"
    seconds = -(-ms // 1000)
    if seconds < 60:
        return f"{seconds}s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes}m{seconds}s"
    return f"{minutes // 60}h{minutes % 60}m{seconds}s"


_SPANS += [_span(1000 * seconds) for seconds in range(_LISTED_MS // 1000 + 1)]
