"""What a refusal carries to the dialect that writes it."""

from gateway.vendors.sim.errors import Refused


def test_a_refusal_says_its_message_wherever_it_is_printed() -> None:
    refused = Refused(404, "no such model", param="model", code="model_not_found")
    assert str(refused) == "no such model"
    assert (refused.status, refused.param, refused.code) == (404, "model", "model_not_found")
