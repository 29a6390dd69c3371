"""Routes that are loaded with the first request for one of them."""

from threading import get_ident

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.endpoints.late import Late


class Loading:
    """Counts, and fails the first time where it is told to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.threads: list[int] = []
        self._fails = fails

    def __call__(self) -> list[BaseRoute]:
        self.threads.append(get_ident())
        if self._fails and len(self.threads) == 1:
            raise OSError("no such file")
        return [Route("/admin/v1/teams/{team}", _told, methods=["GET"])]


async def _told(request: Request) -> Response:
    return PlainTextResponse(request.path_params["team"])


def client(loading: Loading) -> httpx.AsyncClient:
    late = Late(("/admin/v1/",), loading)
    app = Starlette(routes=[Route("/", _root), late])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://here")


async def _root(_: Request) -> Response:
    return PlainTextResponse("root")


async def test_they_are_loaded_once_in_a_thread_and_not_for_other_paths() -> None:
    loading = Loading()
    async with client(loading) as asking:
        assert (await asking.get("/")).text == "root"
        assert (await asking.get("/admin/v2")).status_code == 404
        assert loading.threads == []
        assert (await asking.get("/admin/v1/teams/red")).text == "red"
        assert (await asking.get("/admin/v1/teams/blue")).text == "blue"
    assert len(loading.threads) == 1
    assert loading.threads != [get_ident()]


async def test_what_is_not_among_them_is_refused_as_anywhere() -> None:
    async with client(Loading()) as asking:
        assert (await asking.get("/admin/v1/nothing")).status_code == 404
        wrong = await asking.put("/admin/v1/teams/red")
    assert (wrong.status_code, set(wrong.headers["allow"].split(", "))) == (405, {"GET", "HEAD"})


async def test_a_load_that_failed_is_tried_again() -> None:
    async with client(Loading(fails=True)) as asking:
        assert (await asking.get("/admin/v1/teams/red")).status_code == 500
        assert (await asking.get("/admin/v1/teams/red")).text == "red"
