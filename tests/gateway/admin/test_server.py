"""The border: what is no request of ours is refused in OpenAI's shape."""

import pytest

from gateway.admin.routes import Ask, Nothing, Route
from gateway.admin.server import MAX_BODY, starlette_routes
from tests.gateway.admin.site import site


@pytest.fixture
async def box(tmp_path):
    async with site(tmp_path / "a.db") as made:
        yield made


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "code"),
    [
        pytest.param("GET", "/admin/v1/nothing", b"", 404, "not_found", id="no such path"),
        pytest.param("DELETE", "/admin/v1/teams", b"", 405, "method_not_allowed", id="no such method"),
        pytest.param("POST", "/admin/v1/teams", b"{", 400, "invalid_json", id="not JSON"),
        pytest.param("POST", "/admin/v1/teams", b"[]", 400, "invalid_value", id="not an object"),
        pytest.param("POST", "/admin/v1/teams", b"", 400, "invalid_value", id="no body"),
        pytest.param("POST", "/admin/v1/teams", b" " * (MAX_BODY + 1), 413, "body_too_large", id="too long"),
        pytest.param(
            "POST", "/admin/v1/users", rb'{"team":"a\u0000"}', 400, "invalid_value", id="NUL in a body"
        ),
        pytest.param("GET", "/admin/v1/teams/a%00", b"", 400, "invalid_value", id="NUL in a path"),
        pytest.param("GET", "/admin/v1/keys?team=%00", b"", 400, "invalid_value", id="NUL in a query"),
        pytest.param(
            "POST", "/admin/v1/users", rb'{"team":"\\u0000","name":"a"}', 404, "not_found", id="no NUL"
        ),
        pytest.param("GET", "/admin/v1/teams?limit=0", b"", 400, "invalid_value", id="a bad limit"),
        pytest.param("GET", "/admin/v1/teams?limt=5", b"", 400, "invalid_value", id="a mistyped parameter"),
        pytest.param("GET", "/admin/v1/teams?limit=1&limit=2", b"", 400, "invalid_value", id="twice"),
        pytest.param("GET", "/admin/v1/teams?after=nobody", b"", 404, "not_found", id="after nothing"),
    ],
)
async def test_what_cannot_be_asked_is_refused(box, method, path, content, status, code) -> None:
    await box.refused(method, path, status, code, content=content)


async def test_a_mistyped_field_is_told_which_there_are(box) -> None:
    error = await box.refused("GET", "/admin/v1/teams?limt=5", 400, "invalid_value")
    assert error["message"] == "limt: there is no such field; allowed: limit, after, archived."


async def test_a_body_that_is_no_object_is_told_without_our_names(box) -> None:
    error = await box.refused("POST", "/admin/v1/teams", 400, "invalid_value", content=b"[]")
    assert error["message"] == "body: Input should be an object."


async def test_a_method_that_is_not_allowed_is_told_which_are(box) -> None:
    answer = await box.client.request("PUT", "/admin/v1/keys/x", headers=box.headers)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PATCH")


async def test_an_unauthenticated_answer_says_how_to(box) -> None:
    answer = await box.client.get("/admin/v1/teams")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_what_goes_wrong_inside_is_logged_and_not_told(box, caplog) -> None:
    async def fall(_: Ask[Nothing, Nothing]) -> Nothing:
        raise KeyError("inner secret")

    route = Route("GET", "/admin/v1/teams", "", fall, Nothing, Nothing, Nothing)
    box.client._transport.app._app.routes[:] = starlette_routes(
        [route], lambda _: box.world.ring.identify(KEY)
    )
    KEY = await box.world.credential()
    error = await box.refused("GET", "/admin/v1/teams", 500, "internal_error")
    assert "secret" not in error["message"] and "req_told" in error["message"]
    assert "inner secret" in caplog.text and "req_told" in caplog.text
