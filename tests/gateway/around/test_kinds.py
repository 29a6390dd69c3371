"""What stands around attempts is loaded once and shared by all routes that want it."""

import sys

from gateway.around.kinds import LAYERS, Around, Means
from tests.gateway.road import Answer, Road


def around() -> Around:
    on = Road({"one": [Answer()]})
    return Around(
        Means(on.services.attempts, on.services.router, on.books, on.services.attempts._budget, float)
    )


def test_every_layer_can_be_loaded_and_has_one_face() -> None:
    made = around()
    assert all(callable(made._layer(name).run) for name in LAYERS)
    assert made._layer("cascade") is made._layer("cascade")


def test_a_combination_is_put_together_once() -> None:
    made = around()
    assert made.run(("cascade", "json_schema")) is made.run(("cascade", "json_schema"))
    assert made._layer("json_schema") is made._layer("json_schema")
    assert "gateway.around.cascading" in sys.modules
