"""`POST /v1/feedback`: callers rate answers, for routing and the cache to learn from."""

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dialects.errors import Malformed
from dialects.openai.common import decode_request
from gateway.endpoints.plain import answering
from gateway.endpoints.reading import credential_of
from gateway.errors import BadRequest, TooLarge
from gateway.routing.learning import Label, Learning
from gateway.services import Services

_MOST_BYTES = 4096
_WRONG = 0.5  # below it, an answer from the semantic cache is forgotten
_FORM = '{"request_id": "req_…", "score": 1}'


class Feedback(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rating; `score` ranges from 0 for wrong to 1 for right."""

    request_id: Annotated[str, msgspec.Meta(pattern=r"^req_[0-9a-z]{1,60}$")]
    score: Annotated[float, msgspec.Meta(ge=0, le=1)]


_DECODER = msgspec.json.Decoder(Feedback)


class FeedbackEndpoint:
    """Accepts labels. The owner of the call is checked at training, not here, so that the response does not
    reveal which requests exist.
    """

    def __init__(self, services: Services, learning: Learning) -> None:
        self._services = services
        self._learning = learning

    async def take(self, request: Request) -> Response:
        """Accept a rating. Raises Unauthenticated, BadRequest, TooLarge or Unavailable."""
        principal = await self._services.keys.holder(credential_of(request))
        data = b""
        async for piece in request.stream():
            data += piece
            if len(data) > _MOST_BYTES:
                raise TooLarge(f"Feedback has at most {_MOST_BYTES:,} bytes.")
        try:
            told = decode_request(_DECODER, data)
        except Malformed as error:
            raise BadRequest(
                f"The body is not valid feedback. {error.message} Send {_FORM}, with the "
                "x-request-id of an answer and a score from 0 for wrong to 1 for right."
            ) from None
        if told.score < _WRONG:
            self._services.cache.complain(told.request_id, principal.team)
        self._learning.label(Label(told.request_id, principal.team, told.score))
        return JSONResponse({"object": "feedback", "request_id": told.request_id, "accepted": True}, 202)


def feedback_routes(services: Services, learning: Learning) -> list[BaseRoute]:
    """The routes, with and without /v1."""
    take = answering(FeedbackEndpoint(services, learning).take)
    return [Route(path, take, methods=["POST"]) for path in ("/v1/feedback", "/feedback")]
