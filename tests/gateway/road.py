"""A road of fakes: vendors that follow a script, a ledger, a sink and a clock that write one common log."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from config.caching import CacheFacts, CachePolicy
from config.catalog import Catalog, Deadlines, ModelGroup, PriceOverride, Secret, Settings, Target, Vendor
from config.kinds import Operation, VendorKind
from config.strategies import found_strategies
from dialects.openai.chat import OpenAIChat
from gateway.around.kinds import Around, Means
from gateway.attempts.attempts import Attempts
from gateway.books import Books
from gateway.caching.recalling import Recalling
from gateway.caching.refreshing import Nowhere
from gateway.call import Call, Cleared
from gateway.clock import Clock
from gateway.deployment import Deployment, UpstreamPool
from gateway.frames import Head
from gateway.guardrails.guarding import Guarding
from gateway.metering.allowances import Allowances
from gateway.metering.metering import Metering
from gateway.pipeline import answer
from gateway.routing.choosing import Router
from gateway.services import Services
from gateway.telemetry.metrics import Metrics
from gateway.upstream import FirstContentTimeout, UpstreamFailure
from ledger.prices import compile_prices
from ledger.principal import Principal
from ledger.row import Begun, UsageRow
from ledger.spool import Spool, SpoolFull
from routing.budget import Budget

WHO = Principal("key_1", "key", "caller", "ann", "support", "acme", tags_json='{"app":"x"}')
AT = datetime(2026, 11, 1, tzinfo=UTC)
USAGE = b'{"prompt_tokens":100,"completion_tokens":10}'
COST = 100 * 1000 + 10 * 2000  # nano-dollars of that at the prices below
WHOLE = b'{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}],"usage":%b}' % USAGE
ROLE = b'data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n'
HELLO = b'data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n'
STOP = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
COUNTED = b'data: {"choices":[],"usage":%b}\n\n' % USAGE
DONE = b"data: [DONE]\n\n"
FAILED = b'data: {"error":{"message":"lost it","code":"overloaded"}}\n\n'
KIND = VendorKind("fake", "Fake", key_required=False)
HANG = object()  # a step at which nothing more comes; one that is a function is waited for

Step = bytes | Exception | object


@dataclass
class Answer:
    """What a vendor does when it is asked once. `fails` comes instead of a head; HANG never comes."""

    steps: Sequence[Step] = (WHOLE,)
    status: int = 200
    headers: Mapping[bytes, bytes] = field(default_factory=dict)
    fails: UpstreamFailure | object | None = None
    connects: bool = True


def streams(*steps: Step) -> Answer:
    return Answer(steps=steps)


ERROR_ANSWER = Answer([b'{"error":{"message":"no"}}'], status=500)
STREAM = streams(ROLE, HELLO, STOP, COUNTED, DONE)


class Answered:
    """A gateway.upstream.Response that follows a script."""

    def __init__(self, answer: Answer, log: list[Any]) -> None:
        self.status = answer.status
        self.content_deadline: float | None = 1.0
        self.closed = False
        self._headers = answer.headers
        self._steps = list(answer.steps)
        self._log = log
        self._winding_up = False

    received = 0

    def header(self, name: bytes) -> bytes | None:
        return self._headers.get(name)

    @property
    def folded(self) -> bytes:
        return b"".join(b"%b: %b\r\n" % header for header in self._headers.items()).lower()

    def wind_up(self, seconds: float) -> None:
        assert 0 < seconds < 1
        self._winding_up = True

    @property
    def silent(self) -> bool:
        return bool(self._steps) and not isinstance(self._steps[0], bytes)

    async def next(self) -> bytes:
        await asyncio.sleep(0)
        step = self._steps.pop(0) if self._steps else b""
        if callable(step):
            await step()
            return await self.next()
        if step is HANG:
            if self._winding_up:
                raise FirstContentTimeout("v", "body", "no end")
            await asyncio.get_running_loop().create_future()
        if isinstance(step, Exception):
            raise step
        return cast(bytes, step)

    async def pump(self, take: Callable[[bytes], bool]) -> bool:
        while data := await self.next():
            if not take(data):
                return False
        return True

    def whole(self) -> None:
        return None  # all comes later

    async def read(self, *, decode: bool = False) -> bytes:
        assert decode
        parts = []
        while data := await self.next():
            parts.append(data)
        return b"".join(parts)

    async def read_error(self) -> bytes:
        return await self.read(decode=True)

    def close(self) -> None:
        if not self.closed:
            self._log.append("closed")
        self.closed = True


class Vendors:
    """Every vendor's upstream; each call takes that vendor's next answer, the last one for ever."""

    def __init__(self, log: list[Any], script: Mapping[str, Sequence[Answer]]) -> None:
        self.log = log
        self.script = {name: list(answers) for name, answers in script.items()}
        self.requests: list[tuple[str, bytes, bytes]] = []
        self.responses: list[Answered] = []

    def get(self, vendor: Vendor) -> "OneVendor":
        return OneVendor(self, vendor.name)

    def proof(self, vendor: Vendor) -> None:
        return None


@dataclass
class OneVendor:
    """One vendor's upstream."""

    all: Vendors
    name: str

    async def send(
        self,
        head: bytes,
        body: bytes,
        deadlines: Deadlines,
        sending: Callable[[], None],
        *,
        once: bool = False,
    ) -> Answered:
        answers = self.all.script[self.name]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        await asyncio.sleep(0)
        failure = answer.fails
        if not answer.connects or (isinstance(failure, UpstreamFailure) and failure.phase == "connect"):
            await self._fail(failure)
        sending()
        self.all.log.append(("sent", self.name))
        self.all.requests.append((self.name, head, body))
        await asyncio.sleep(0)
        await self._fail(failure)
        response = Answered(answer, self.all.log)
        self.all.responses.append(response)
        return response

    async def _fail(self, failure: object) -> None:
        if failure is HANG:
            await asyncio.get_running_loop().create_future()
        if isinstance(failure, Exception):
            raise failure


class Journal:
    """A spool that writes into the log, while its disk has room."""

    def __init__(self, log: list[Any]) -> None:
        self.log = log
        self.full = False
        self.held: list[UsageRow] = []

    def append(self, record: Begun | UsageRow) -> None:
        if self.full and isinstance(record, Begun):
            raise SpoolFull("no room")
        (self.held if self.full else self.log).append(record)  # type: ignore[arg-type]

    def retry_held(self) -> bool:
        return not self.full


class Caller:
    """A sink that writes into the log. `room` is what it takes before it is paused, in writes."""

    def __init__(self, log: list[Any], room: int = 10**6) -> None:
        self.log = log
        self.room = room
        self.drains = 0
        self.first = b""
        self.held: list[tuple[Head, bytes]] = []  # what told it to wait
        self.body = b""
        self.head: Head | None = None
        self.complete = False
        self.raises: Exception | None = None
        self.stuck = False

    def begin(self, head: Head, data: bytes) -> None:
        assert self.head is None
        self.head = head
        self.log.append(("begin", data))
        self.first = self.body = data

    def hold(self, head: Head, data: bytes) -> None:
        self.log.append(("hold", data))
        self.held.append((head, data))

    def write(self, data: bytes) -> None:
        if self.raises is not None:
            raise self.raises
        assert self.head is not None and data
        self.room -= 1
        self.log.append(("write", data))
        self.body += data

    def end(self) -> None:
        self.log.append("end")
        self.complete = True

    @property
    def paused(self) -> bool:
        return self.room <= 0

    async def drained(self) -> None:
        if self.stuck:
            await asyncio.get_running_loop().create_future()
        await asyncio.sleep(0)
        self.drains += 1
        self.room = 1


class Ticking:
    """A clock on which each look at it takes a millisecond."""

    def __init__(self) -> None:
        self.seconds = 50.0

    def monotonic(self) -> float:
        self.seconds += 0.001
        return self.seconds


class Road:
    """Services over scripted vendors. The group `fast` goes through all of them in their order."""

    def __init__(
        self,
        script: Mapping[str, Sequence[Answer]],
        kind: VendorKind = KIND,
        cache: CachePolicy | None = None,
        **settings: Any,
    ) -> None:
        self.log: list[Any] = []
        self.vendors = Vendors(self.log, script)
        self.journal = Journal(self.log)
        self.clock = Ticking()
        self.metrics = Metrics()
        clock = Clock(lambda: 1_790_000_000_000, lambda: 1_790_000_000.0, self.clock.monotonic)
        self.books = Books(cast(Spool, self.journal), self.metrics, clock)
        upstreams = cast(UpstreamPool, self.vendors)
        self.deployment = deployment(tuple(script), upstreams, Settings(**settings), kind, cache)
        extra = Budget(0.2, 100)
        attempts = Attempts(self.books, lambda: 0.5, extra, Budget(1.0, 100))
        router = Router(found_strategies(), lambda: 0.5)
        self.services = Services(
            deployment=self.deployment,
            keys=cast(Any, Doorman()),
            ledger=Metering(self.books, Allowances(None, self.books.clock.unix_ms)),
            guardrails=Guarding(self.metrics, b"secret"),
            cache=Recalling(self.books),
            router=router,
            attempts=attempts,
            around=Around(Means(attempts, router, self.books, extra, lambda: 0.5)),
            books=self.books,
            random_bits=lambda bits: 7,
        )

    @property
    def rows(self) -> list[UsageRow]:
        return [*(entry for entry in self.log if isinstance(entry, UsageRow)), *self.journal.held]

    @property
    def begun(self) -> list[Begun]:
        return [entry for entry in self.log if isinstance(entry, Begun)]

    def place(self, entry: object) -> int:
        """Where in the log the first such entry is: a value, or a type of record."""
        for place, found in enumerate(self.log):
            if found == entry or (isinstance(entry, type) and isinstance(found, entry)):
                return place
        raise AssertionError(f"{entry} is not in {self.log}")

    def call(self, *, stream: bool = False, usage: bool = False, model: str = "fast") -> Call:
        options = ',"stream_options":{"include_usage":true}' if usage else ""
        asks = f',"stream":true{options}' if stream else ""
        body = f'{{"model":"{model}","messages":[]{asks}}}'.encode()
        asked = OpenAIChat().peek(body)
        return Call(
            "req_1", Operation.CHAT, "chat", OpenAIChat(), body, asked, b"sk", 50.0, 1, self.deployment, []
        )

    def refresh(self) -> None:
        """Let the cache renew what has grown old; such calls have the id `req_anew`."""
        again = lambda call: answer(call, self.services, Nowhere())  # noqa: E731
        self.services.cache = Recalling(self.books, lambda: "req_anew", again)

    async def run(self, caller: Caller, call: Call) -> None:
        """Only the attempts, without what comes before them."""
        cleared = Cleared(call, WHO, call.body)
        route, plan = self.services.router.plan(cleared)
        await self.services.attempts.run(cleared, route, plan, caller)


class Doorman:
    """Knows everybody."""

    async def identify(self, call: Call) -> Principal:
        return WHO

    async def holder(self, credential: bytes) -> Principal:
        return WHO


def deployment(
    names: Sequence[str],
    upstreams: UpstreamPool,
    settings: Settings,
    kind: VendorKind = KIND,
    cache: CachePolicy | None = None,
) -> Deployment:
    """Vendors of these names, each with the model `m` (`other`: `n`), behind one group with fallbacks."""
    vendors = {
        name: Vendor(name, kind, f"http://{name}.test/v1", Secret(f"sk-{name}", "test")) for name in names
    }
    groups = {}
    for place, name in enumerate(names):
        group = "fast" if place == 0 else f"fast{place}"
        later = (f"fast{place + 1}",) if place + 1 < len(names) else ()
        model = "n" if name == "other" else "m"
        groups[group] = ModelGroup(group, (Target(name, model),), fallback=later)
    # A thousand nano-dollars a token in, two thousand out.
    prices = tuple(PriceOverride(f"{name}/m", 10**9, 2 * 10**9) for name in names if name != "unpriced")
    facts = CacheFacts(everybody=cache or CachePolicy())
    catalog = Catalog(vendors, groups, (), {}, prices, settings, "v1", "no file", cache=facts)
    return Deployment(catalog, compile_prices(prices, {}, AT), upstreams)
