"""Reserves from the caller's meters before a call, and releases what was not used afterwards."""

from collections.abc import Callable
from types import TracebackType

import msgspec

from config.kinds import Operation
from config.limit import Amounts
from dialects.usage import Usage
from gateway.attempts.late_rows import settle_late
from gateway.books import Books
from gateway.call import Call
from gateway.errors import GatewayError
from gateway.frames import Sink
from gateway.metering.alerting import alert
from gateway.metering.allowances import Allowance, Allowances
from gateway.metering.estimating import answers, closer, demand, most_output, nothing_counted, tariff_of
from gateway.metering.overrunning import over_budget, refusal
from gateway.metering.tokenizing import Tokenizer
from ledger.meters.allowance import Lack, Taken, take
from ledger.meters.tariff import LEAST_OUTPUT
from ledger.principal import Principal
from ledger.row import NanoDollars, UsageRow

_ENCODE = msgspec.json.Encoder().encode


class Reservation(msgspec.Struct, eq=False):
    """What a call may use. Settles on every exit, and writes a row for a call refused before any attempt."""

    _books: Books
    _principal: Principal
    _call: Call

    def __enter__(self) -> "Reservation":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, GatewayError) and not self._call.attempts:
            self._refused(error)
        if self._call.unsettled:
            settle_late(self._call)
        if self._call.copied is not None:
            self._books.copies.put(self._call.copied)

    def noting(self, caller: Sink) -> Sink:
        """The caller's sink, wrapped to copy the answer if contents are stored."""
        if not self._call.deployment.copies:
            return caller
        return self._books.copies.copy(self._call, self._principal, caller)

    def _refused(self, error: GatewayError) -> None:
        call, who, now = self._call, self._principal, self._books.clock.monotonic()
        call.trail.append(("refused", error.code, error.message, {"status": error.status}))
        row = UsageRow(
            attempt_id=f"{call.id}.0",
            at_ms=call.at_ms,
            key_id=who.key_id,
            user=who.user,
            team=who.team,
            organisation=who.organisation,
            endpoint=call.endpoint,
            model_asked=call.asked.model[:200],
            vendor="",
            model_served="",
            status="refused",
            http_status=error.status,
            error_code=error.code,
            usage=Usage(),
            cost=NanoDollars(0),
            price_version=call.deployment.book.version,
            priced=True,
            estimated=False,
            stream=call.asked.stream,
            queue_ms=0.0,
            first_ms=0.0,
            total_ms=round((now - call.arrived) * 1000, 3),
            guard=call.guard,
            trail=_ENCODE(call.trail).decode(),
            tags=who.tags_json,
        )
        self._books.refuse(row)


class Metered(Reservation):
    """A reservation from meters: adds up the usage of its attempts, and settles at the end."""

    _allowance: Allowance
    _taken: Taken
    _worst: Amounts  # the most that one attempt may use
    _paid: int  # nano-dollars held for attempts so far
    _most: int  # the most nano-dollars of one attempt
    _likely: int  # the expected nano-dollars of one attempt
    cap: int | None = None
    _input: int = 0
    _output: int = 0
    _cost: int = 0
    _open: int = 0
    _fear: int = 0  # nano-dollars that vendors may bill beyond what was estimated
    _unsent: int = 0  # attempts of which nothing reached a vendor
    _owed: int = 0  # the part recorded as debt of hard budgets, should this process die
    _expected: int = 0  # the same of soft budgets

    @property
    def drained(self) -> float:
        """The used fraction of the most used budget; 0 without budgets."""
        return max(
            (part.meter.used / max(part.meter.limit.amount, 1) for part in self._allowance.money),
            default=0.0,
        )

    def attempt(self, size: int = 0, output: int | None = None) -> int:
        """Reserve for an attempt the most that one may cost, besides the cost of earlier ones; returns that.

        It may exceed the call's own bound if its body (`size` in bytes) or its `output` is larger, such as a
        judge's, which reads an answer. Raises OverBudget.
        """
        self._open += 1
        if not self._allowance.strict:
            if self._allowance.debtors:
                self._owes()
            return 0
        if size > len(self._call.body) or output is not None and output > self._worst.output:
            self._most = max(self._most, self._dearer(size, output))
        missing = self._cost + self._fear + self._open * self._most - self._paid
        if missing > 0:
            lack = self._taken.more(Amounts(0, 0, missing), True, self._books.clock.unix_ms())
            if lack is not None:
                self._open -= 1
                raise over_budget(lack)
            self._paid += missing
        if self._allowance.debtors:
            self._owes()
        return self._most

    def _owes(self) -> None:
        """Record what would be owed if this process died now: for hard budgets at most, else as expected."""
        owed = self._cost + self._fear + self._open * self._most
        expected = self._cost + self._open * self._likely
        most, likely = owed - self._owed, expected - self._expected
        self._owed, self._expected = owed, expected
        for debt, hard in self._allowance.debtors:
            debt.add(most if hard else likely, self._taken.at)

    def _dearer(self, size: int, output: int | None) -> int:
        """The most nano-dollars of an attempt with such a body and output limit."""
        more_in = max(0, size - len(self._call.body))
        more_out = 0 if output is None or self.cap is not None else max(0, output - self._worst.output)
        return self._worst.cost + tariff_of(self._call.body, self._allowance).bound(more_in, more_out)

    def spent(self, usage: Usage, cost: int, estimated: bool, sent: bool) -> int:
        """Add an attempt's usage; returns what its vendor may bill beyond the cost."""
        self._open -= 1
        if not sent:
            self._unsent += 1
        self._input += usage.input
        self._output += usage.output
        self._cost += cost
        # A vendor may bill the whole of an answer that broke off or was not read.
        fear = self._most - cost if estimated and self._most > cost else 0
        self._fear += fear
        if self._allowance.debtors:
            self._owes()
        if usage.output and not estimated:
            call = self._call
            self._allowance.learned.see(
                len(call.body), usage.input, usage.output // (call.asked.choices or 1)
            )
        return fear

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        now = self._books.clock.unix_ms()
        if self._call.attempts > self._unsent or self._cost:
            used = Amounts(self._input, self._output, self._cost)
            feared = Amounts(self._input, self._output, self._cost + self._fear) if self._fear else None
            if self._taken.settle(used, now, feared) and self._allowance.alerting:
                alert(self._allowance.alerting, self._books.metrics, self._books.alerts, now)
        else:
            self._taken.give_back(now)
        if self._allowance.debtors and self._open:  # an attempt could not be recorded, and was not made
            self._open = 0
            self._owes()
        if not self._call.attempts and isinstance(error, GatewayError):
            self._refused(error)
        if self._call.unsettled:
            settle_late(self._call)
        if self._call.copied is not None:
            self._books.copies.put(self._call.copied)


class Metering:
    """Makes reservations. Callers without limits are not metered; their rows are written all the same."""

    def __init__(self, books: Books, allowances: Allowances) -> None:
        self.books = books
        self.allowances = allowances
        self._metered = allowances.meters.by_owner  # owners with meters, perhaps of limits since removed
        self._tokenizer = Tokenizer()

    async def reserve(self, principal: Principal, call: Call) -> Reservation:
        """The reservation a call runs under. Raises OverLimit, OverBudget or Unavailable."""
        if not (call.deployment.catalog.limited or principal.limits or self._metered):
            return Reservation(self.books, principal, call)
        model, deployment = call.asked.model, call.deployment
        allowance = self.allowances.known(principal, model, deployment)
        try:
            if allowance is None:
                allowance = await self.allowances.find(principal, model, deployment)
            if not allowance.parts:
                return Reservation(self.books, principal, call)
            patient = self.allowances.leasing is not None
            return self._quick(allowance, call, patient) or await self._near(allowance, call, patient)
        except GatewayError as error:
            Reservation(self.books, principal, call)._refused(error)
            raise

    def _quick(self, allowance: Allowance, call: Call, patient: bool) -> Metered | None:
        """Reserve by bounds that need no counting; None if they do not fit but closer ones may.

        `patient`: more can be leased.
        """
        likely, worst = demand(call, allowance)
        now = call.at_ms
        taken = take(allowance.parts, likely, worst, now)
        if isinstance(taken, Lack):
            if not patient and (not taken.part.ends or nothing_counted(call)):
                raise self._refusal(taken, allowance, call)
            return None
        held = self._held(allowance, call, taken, likely, worst)
        if allowance.strict:
            held.cap = self._untold_bound(allowance, call)
        return held

    async def _near(self, allowance: Allowance, call: Call, patient: bool) -> Metered:
        """Reserve by closer estimates, shortening the answer to what the budgets can still pay.

        If this process's leases are too small, it leases more first.
        """
        if patient:
            await self.allowances.lease(allowance, *demand(call, allowance))
            found = self._quick(allowance, call, False)
            if found is not None:
                return found
        now = self.books.clock.unix_ms()
        counted = await self._tokenizer.count(allowance.lines, call.body) if allowance.counts else None
        likely, worst = closer(call, allowance, counted)
        cap = self._untold_bound(allowance, call)
        taken = await self._take(allowance, likely, worst, now)
        if isinstance(taken, Lack) and taken.part.meter.limit.hard:
            paid = self._clamped(allowance, call, worst, now)
            if paid is not None:
                cap, worst = paid
                likely = Amounts(likely.input, min(likely.output, worst.output), min(likely.cost, worst.cost))
                taken = await self._take(allowance, likely, worst, now)
                call.trail.append(("limits", "clamped", f"the answer to {cap} tokens", {"tokens": cap}))
        if isinstance(taken, Lack):
            raise self._refusal(taken, allowance, call)
        held = self._held(allowance, call, taken, likely, worst)
        held.cap = cap
        return held

    async def _take(self, allowance: Allowance, likely: Amounts, worst: Amounts, now: int) -> Taken | Lack:
        taken = take(allowance.parts, likely, worst, now)
        if isinstance(taken, Lack) and self.allowances.leasing is not None:
            await self.allowances.lease(allowance, likely, worst)
            taken = take(allowance.parts, likely, worst, now)
        return taken

    def _held(
        self, allowance: Allowance, call: Call, taken: Taken, likely: Amounts, worst: Amounts
    ) -> Metered:
        call.told = _told(allowance, call)(call.at_ms)
        most, who = worst.cost, allowance.principal
        reservation = Metered(self.books, who, call, allowance, taken, worst, most, most, likely.cost)
        call.held = reservation
        return reservation

    def _clamped(
        self, allowance: Allowance, call: Call, worst: Amounts, now: int
    ) -> tuple[int, Amounts] | None:
        """The longest answer that every hard budget can still pay, and its usage; None: too short."""
        room = min(part.meter.left(now) - part.spare for part in allowance.money if part.meter.limit.hard)
        tariff = tariff_of(call.body, allowance)
        paid = tariff.affordable(worst.input, room)
        if paid is None:
            return None
        choices = answers(call)
        cap = min(paid // choices, most_output(call, allowance))
        if cap < min(LEAST_OUTPUT, most_output(call, allowance)):
            return None
        return cap, Amounts(worst.input, cap * choices, tariff.ceiling(worst.input, cap * choices))

    def _untold_bound(self, allowance: Allowance, call: Call) -> int | None:
        """The output limit that a hard budget relies on, if neither caller nor vendor sets one."""
        asked = call.asked.max_output
        untold = asked is None or asked < 1
        return allowance.output if untold and allowance.strict and not allowance.bounded else None

    def _refusal(self, lack: Lack, allowance: Allowance, call: Call) -> GatewayError:
        now = self.books.clock.unix_ms()
        part = lack.part
        self.books.metrics.refusals.add((part.owner.partition(" ")[0], part.meter.limit.kind))
        return refusal(lack, _told(allowance, call)(now), now)


def _told(allowance: Allowance, call: Call) -> Callable[[int], bytes]:
    """The function that renders the rate-limit headers of the call's format."""
    told = allowance.told
    return told.for_messages if call.operation is Operation.MESSAGES else told.lines
