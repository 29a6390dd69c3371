"""What a tool's server goes on working at: how it is named, asked for, and what each answer means."""

import pytest

from agentloop.agents import ToolVersion
from agentloop.events import ToolCompleted, ToolFailed, ToolUnderway, ToolUnknown
from agentloop.underway import MAX_HANDLE, Task, begun, heard, task_of, written
from tests.agentloop.databases import opened, sqlite_url
from tests.agentloop.test_driver import Desk, Fakes, Killed

TASK = Task(
    "https://desk.example/jobs/{id}", "job.id", "status", ("queued", "running"), ("failed",), 2.0, 60.0
)


def test_how_it_is_asked_is_read_as_it_was_written():
    tool = ToolVersion("desk/x", "http", "", {}, settings={"task": written(TASK)})
    assert task_of(tool) == TASK
    assert task_of(ToolVersion("desk/x", "http", "", {})) is None


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ('{"job":{"id":"a/../b?c"}}', "a/../b?c"),
        ('{"job":{"id":17}}', "17"),
        ('{"job":{"id":true}}', None),
        ('{"job":{"id":""}}', None),
        ('{"job":{"id":"%s"}}' % ("x" * (MAX_HANDLE + 1)), None),
        ('{"job":7}', None),
        ("accepted", None),
        ("[" * 5000, None),
    ],
)
def test_what_is_accepted_without_a_name_may_have_happened(text, handle):
    expected = ToolUnderway("c", handle) if handle else None
    found = begun("c", TASK, text)
    assert found == expected if expected else isinstance(found, ToolUnknown)


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (200, '{"status":"running"}', ToolUnderway),
        (202, '{"status":"done"}', ToolUnderway),
        (200, '{"status":"done"}', ToolCompleted),
        (200, "the result itself", ToolCompleted),
        (200, '{"status":"failed"}', ToolFailed),
        (404, "", ToolUnknown),
        (410, "", ToolUnknown),
        (401, "", ToolUnderway),
        (429, "", ToolUnderway),
        (503, '{"status":"done"}', ToolUnderway),
        (302, "", ToolUnderway),
    ],
)
def test_only_its_own_word_ends_it(status, text, kind):
    assert isinstance(heard("c", TASK, "h", (status, text)), kind)


class Lasting(Fakes):
    """Tools that work on: each call begins a job, which is done when it was asked for so often."""

    def __init__(self, script, asked=2):
        super().__init__(script)
        self.left = asked
        self.wake_ms = 0

    async def call(self, record, tool, step):
        self.before()
        if not step.handle:
            self.effects[step.key] += 1
            event = ToolUnderway(step.call.call_id, "job-7", 10**15)
        elif self.left:
            self.left -= 1
            event = ToolUnderway(step.call.call_id, "job-7", 10**15, self.wake_ms, step.rests + 1)
        else:
            event = ToolCompleted(step.call.call_id, "done")
        self.after()
        return event


@pytest.fixture
async def desk(tmp_path):
    async with opened(sqlite_url(tmp_path), replays=True) as database:
        desk = Desk(database, [("unsafe", "keyed")])
        desk.fakes = Lasting(desk.fakes.script)
        await desk.begin()
        yield desk


async def test_whoever_takes_over_asks_for_what_was_accepted_and_calls_nothing_again(desk):
    calls = []

    def kill():
        calls.append(1)
        if len(calls) == 3:  # both were accepted, and this one asks
            raise Killed

    desk.fakes.before = kill
    with pytest.raises(BaseExceptionGroup):
        await desk.drive()
    desk.clock.now += 11
    record = await desk.drive()
    assert record.status == "completed"
    assert sorted(desk.fakes.effects.values()) == [1, 1]
    assert (await desk.kinds()).count("tool.intent") == 2


async def test_a_run_rests_until_it_is_to_ask_again(desk):
    desk.fakes.wake_ms = int(desk.clock.now * 1000) + 5000
    record = await desk.drive()
    assert (record.status, record.reason, record.wake_ms) == ("waiting", "task", desk.fakes.wake_ms)
    assert await desk.journal.claim("w", 10) is None
    desk.clock.now += 6
    assert (await desk.drive()).status == "completed"
    assert sorted(desk.fakes.effects.values()) == [1, 1]
