"""A quick check that clears answers without findings and placeholders, which is most of them."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import cast

from dialects.dialect import Dialect
from gateway.call import Call
from gateway.frames import Head, Sink
from gateway.guardrails.cordons import Glance
from gateway.guardrails.shield import Shield
from gateway.guardrails.shielding import ShieldedSink
from guardrails.restoring import Issued


def shield_of(glance: Glance, call: Call) -> Shield:
    """The full shield, for an answer that is not clean."""
    return Shield(
        cast(Dialect, call.dialect),
        Issued({}),
        glance.posts,
        glance.openings,
        refusal=glance.settings.refusal,
        skim=glance.skim,
    )


class GlancedSink:
    """Passes a clean whole answer on, and leaves all others to a shield."""

    def __init__(
        self, glance: Glance | Shield, call: Call, caller: Sink, count: Callable[[Call, Shield], None]
    ) -> None:
        """`count` is called with the shield, if one was needed, when its answer is over."""
        self._glance = glance
        self._call = call
        self._caller = caller
        self._count = count
        self._inner: ShieldedSink | None = None
        self._clean: bytes | None = None  # a whole answer known to be clean
        self.write = self._write  # replaced by the shield's own once there is one

    def judge(self, line: object, body: bytes) -> None:
        """Inspects a whole answer before its attempt is recorded: a stopped answer does not count as one."""
        if body is self._clean:
            return
        if self._is_clean(body):
            self._clean = body
        else:
            self._shielded().judge(line, body)

    async def ponder(self, body: bytes) -> None:
        """Inspects a whole answer before `judge`, in a thread if that takes long."""
        if self._is_clean(body):
            self._clean = body
            return
        await self._shielded().ponder(body)

    def foresee(self, through: Sink, data: bytes) -> Awaitable[None] | None:
        """Inspects a stream's last bytes before its attempt is recorded, if they come `through` this sink."""
        if through is self or getattr(through, "sink", None) is self:
            inner = self._shielded()
            return inner.foresee(inner, data)
        return None

    async def finish(self) -> None:
        """Waits until everything received so far is passed on."""
        if self._inner is not None:
            await self._inner.finish()

    def begin(self, head: Head, data: bytes) -> None:
        if head.whole and (data is self._clean or self._is_clean(data)):
            self._caller.begin(head, data)
        else:
            self._shielded().begin(head, data)

    def hold(self, head: Head, data: bytes) -> None:
        self._caller.hold(head, data)

    def _write(self, data: bytes) -> None:
        self._shielded().write(data)

    def end(self) -> None:
        (self._inner or self._caller).end()

    @property
    def paused(self) -> bool:
        return (self._inner or self._caller).paused

    async def drained(self) -> None:
        await (self._inner or self._caller).drained()

    def _is_clean(self, body: bytes) -> bool:
        """Whether it surely has no findings or placeholders; False once a shield inspects the answer."""
        glance = self._glance
        skim, issued = glance.skim, glance.issued
        if self._inner is not None or skim is not None and skim.seen(body) != ():
            return False
        return issued is None or not issued.may_stand(body)

    def _shielded(self) -> ShieldedSink:
        if self._inner is None:
            glance = self._glance
            shield = glance if isinstance(glance, Shield) else shield_of(glance, self._call)
            self._inner = ShieldedSink(shield, self._caller, partial(self._count, self._call))
            self.write = self._inner.write
        return self._inner
