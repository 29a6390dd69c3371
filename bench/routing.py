"""What planning and health accounting cost a call with eight targets, and scoring a text of 2 KB.

`python -m bench.routing` prints CPU time and its ratio to a loop that never changes, in the same run.
"""

import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.steady import Cost, costs, each, floor
from config.discover import discover
from config.kinds import Operation, VendorKind
from config.load import load_file
from config.strategies import found_strategies
from gateway.around.judges import prior
from gateway.call import Call, Cleared
from gateway.deployment import Deployment, Line
from gateway.formats import SPOKEN
from gateway.routing.choosing import Router
from gateway.routing.offline import chat_body, deployment_of
from gateway.targets.health import Failed
from ledger.principal import Principal
from routing.difficulty.features import features
from routing.faults import Fault

PLANNED_MOST = 20.0  # our own goal: CPU microseconds per call
SCORED_MOST = 500.0  # our own goal for the 99th percentile of scoring
STRATEGIES = ("weighted", "round-robin", "least-busy", "fastest", "sticky", "cheapest")
_WHO = Principal("key_1", "key", "caller", "", "default", "default", None)
_TARGETS = """
    - { to: openai/gpt-4o-mini, weight: 3 }
    - { to: openai/gpt-4.1-mini, weight: 2 }
    - openai/gpt-4.1-nano
    - anthropic/claude-haiku-4-5
    - anthropic/claude-sonnet-4-5
    - groq/llama-3.3-70b-versatile
    - groq/llama-3.1-8b-instant
    - deepseek/deepseek-chat
"""
_VENDORS = "vendors: {{ {} }}\nmodels:\n".format(
    ", ".join(f"{name}: {{ api_key: none }}" for name in ("openai", "anthropic", "groq", "deepseek"))
)


def deployment() -> Deployment:
    """A group of eight targets per strategy, with the public list's prices and context windows."""
    groups = "".join(f"  {name}:\n    strategy: {name}\n    targets:{_TARGETS}" for name in STRATEGIES)
    with TemporaryDirectory(prefix="bench-") as folder:
        file = Path(folder) / "signalbox.yaml"
        file.write_text(_VENDORS + groups)
        catalog = load_file(file, discover("gateway.vendors", "VENDOR", VendorKind), {}).catalog
    return deployment_of(catalog, datetime.now(UTC))


def planning(there: Deployment, strategy: str) -> Callable[[], object]:
    """Plans a call of 1 KB, and reports the result of its one attempt to the target's health."""
    router = Router(found_strategies(), random.Random(1).random)
    body = chat_body(strategy, "Which train goes to the sea? " * 35, max_output=300)
    dialect = SPOKEN[Operation.CHAT]
    asked = dialect.peek(body)
    headers = ((b"user-agent", b"bench"), (b"x-signalbox-session", b"one of many"))
    numbers = count(1)

    call = Call(
        "req_1", Operation.CHAT, "chat", dialect, body, asked, b"", 0.0, 0, there, [], headers=headers
    )
    cleared = Cleared(call, _WHO, body)

    def one() -> None:
        route, plan = router.plan(cleared)
        attempted(there, route.lines[plan[0].target], next(numbers))

    return one


def attempted(there: Deployment, line: Line, number: int) -> None:
    """Reports a successful attempt, as `gateway.attempts.attempt` does."""
    state, now = line.state, there.health.clock.monotonic()
    state.began(number, now, state.streams)
    state.content(number, now + 0.1, state.streams)
    if state.answered(number, now, now + 0.5, state.streams, (400.0, 120, 0.0)):
        there.health.recovered(state, line.lanes[0].key)


def rest(there: Deployment, targets: int) -> None:
    """Makes this many targets fail until their breakers are open, for longer than is measured."""
    for state in list(there.health.targets)[:targets]:
        key, now = state.keys[0], there.health.clock.monotonic()
        for _ in range(10):
            there.health.failed(state, key, Failed(now, now, Fault.BROKEN))
        state.breaker.due = now + 3600.0


def texts(number: int) -> list[str]:
    """This many excerpts of 2 KB from our own documentation, all different."""
    pages = sorted((Path(__file__).parents[1] / "docs").glob("*.md"))
    whole = "".join(page.read_text() for page in pages)
    step = (len(whole) - 2048) // number
    return [whole[place * step : place * step + 2048] for place in range(number)]


def main() -> None:
    """Measures everything, and prints a line for each result."""
    for title, open_breakers in (("in health", 0), ("two of eight resting", 2)):
        there = deployment()
        rest(there, open_breakers)
        for name, cost in costs({name: planning(there, name) for name in STRATEGIES}).items():
            say(f"planning and accounting, {name}, {title}", cost, PLANNED_MOST)
    model = prior()
    say_scoring(each(lambda text: model.score(features(text)), texts(2_000)))


def say(what: str, cost: Cost, most: float) -> None:
    """Prints a line: the median round, the best one, the ratio, and whether it is within our own goal."""
    verdict = "within" if cost.best <= most else "above"
    sys.stdout.write(
        f"{what:58} {cost.usual:7.1f} µs (best {cost.best:.1f}) = {cost.ratio:5.2f} x; {verdict} {most:g}\n"
    )


def say_scoring(taken: list[float]) -> None:
    """The same for single scores, given their durations in ascending order."""
    middle, late = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
    sys.stdout.write(
        f"{'scoring 2 KB':58} {middle:7.1f} µs, p99 {late:.1f} = {late / floor():5.2f} x; "
        f"{'within' if late <= SCORED_MOST else 'above'} {SCORED_MOST:g}\n"
    )


if __name__ == "__main__":
    main()
