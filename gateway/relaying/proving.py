"""Authenticates a relayed request to its vendor, if no key in a header does."""

from collections.abc import AsyncIterator

from gateway.errors import TooLarge
from gateway.signing.proofs import Proof

Sent = bytes | AsyncIterator[bytes] | None


async def proved(proof: Proof, head: bytes, body: Sent, most: int) -> tuple[bytes, Sent]:
    """The head with its proof, and the body to send, held in memory if the proof covers it.

    AWS requires the body's hash before its first byte. Signatures over chunks, and those without the body,
    are for S3 only: Bedrock accepts neither, and no body of more than 25 MB.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    Raises CredentialsUnavailable, TooLarge beyond `most` bytes, and what the body raises.
    """
    if not proof.covers_body:
        return head + await proof.lines(head, b""), body
    if body is not None and not isinstance(body, bytes):
        body = await _gathered(body, most)
    return head + await proof.lines(head, body or b""), body


async def _gathered(body: AsyncIterator[bytes], most: int) -> bytes:
    pieces, size = [], 0
    async for piece in body:
        size += len(piece)
        if size > most:
            raise TooLarge(f"A body that has to be signed is held in memory, and has more than {most} bytes.")
        pieces.append(piece)
    return b"".join(pieces)
