"""What an attempt may owe is written down of the call, of who asks, and of the target."""

from gateway.attempts.owing import begun
from gateway.call import Cleared
from tests.gateway.road import WHO, Answer, Road


def test_it_says_who_asks_for_what_where_and_what_that_costs_at_most() -> None:
    road = Road({"one": [Answer()]})
    call = road.call()
    (line,) = road.services.router.plan(Cleared(call, WHO, call.body))[0].lines.values()
    said = begun("req_1.1", call, WHO, line, (5, 7))
    assert (said.attempt_id, said.key_id, said.user, said.team) == ("req_1.1", WHO.key_id, WHO.user, WHO.team)
    assert (said.organisation, said.tags) == (WHO.organisation, WHO.tags_json)
    assert (said.endpoint, said.model_asked, said.vendor, said.model_served) == ("chat", "fast", "one", "m")
    assert (said.at_ms, said.price_version) == (call.at_ms, call.deployment.book.version)
    assert (said.input_estimate, said.most) == (5, 7)
