"""What a run's answers are: by the call's name, the last one counts."""

from agentloop import events as e
from agentloop.run import Run
from agentloop.state import Place, Result, results
from agentloop.steps import Step, StepState


def test_of_answers_of_one_name_the_last_one_counts_and_open_ones_do_not():
    place = Place("look", {"look": Result("old", True), "other": Result("kept", True)})
    done = Step(e.ToolCall("look#2", "t", "{}"), 1, StepState.FAILED, output="new")
    still = Step(e.ToolCall("open#2", "t", "{}"), 2, StepState.INTENDED)
    run = Run("run_1", place=place, steps=(done, still))
    assert results(run) == {"look": Result("new", False), "other": Result("kept", True)}
