"""Items as OpenAI's own types take them."""

from openai.types.responses import ResponseOutputMessage
from openai.types.responses.response_output_item import McpApprovalRequest, McpCall

from agentloop.events import ToolCall
from agentloop.steps import Step, StepState
from gateway.agents.items import approval_request, call_item, message_item, scattered

STEP = Step(
    ToolCall("c", "desk__send", "{}"),
    2,
    StepState.FAILED,
    approval_id="apr_1",
    output='{"error":{"code":"x"}}',
)


def test_a_failed_call_says_why_and_has_no_output():
    item = call_item("run_1", STEP, "desk", "send", status="failed")
    McpCall.model_validate(item)
    assert (item["id"], item["output"], item["error"]["content"]) == ("mcp_1_2", None, {"code": "x"})


def test_a_tool_that_answers_no_json_fails_in_its_own_words():
    for output in ("out of paper", "[" * 30_000):
        step = Step(STEP.call, 1, StepState.FAILED, output=output)
        assert call_item("run_1", step, "desk", "send", status="failed")["error"]["content"] == output


def test_an_approval_is_asked_for_as_the_sdk_reads_it():
    assert McpApprovalRequest.model_validate(approval_request(STEP, "desk", "send")).id == "apr_1"


def test_a_message_has_every_member_however_short_it_came():
    for raw in ({"content": "Hi"}, {"content": [{"type": "output_text", "text": "Hi"}], "id": "msg_own"}):
        message = message_item(raw, "msg_ours")
        ResponseOutputMessage.model_validate(message)
        assert message["id"] == raw.get("id", "msg_ours")
        assert [kind for kind, _ in scattered(message)][1] == "output_text.delta"
    refusal = message_item({"content": [{"type": "refusal", "refusal": "No."}]}, "msg_ours")
    ResponseOutputMessage.model_validate(refusal)
    assert dict(scattered(refusal))["refusal.done"]["refusal"] == "No."
