"""Tools that are SQL statements: read-only, or with effect and key in one transaction."""

import asyncio
import logging
from typing import Any

import msgspec

from agentloop.agents import ToolVersion
from agentloop.events import Event, ToolCompleted, ToolFailed, ToolUnknown
from agentloop.means import Means
from agentloop.reach import Reach
from agentloop.sql.answers import Asked, Base, Refused
from agentloop.sql.postgres import Postgres
from agentloop.sql.sqlite import Sqlite
from agentloop.steps import Step
from config.statements import read_statement

log = logging.getLogger("signalbox.runs")

_SPARE_SECONDS = 2.0  # added to the statement's own deadline, for connecting and committing


class SqlTool:
    """Runs these tools; a database is opened at its first call."""

    def __init__(self, means: Means) -> None:
        self._clock = means.clock
        self._bases: dict[str, Base] = {}

    async def call(self, tool: ToolVersion, reach: Reach, step: Step) -> Event:
        """ToolCompleted, ToolFailed if it had no effect, else ToolUnknown."""
        call_id = step.call.call_id
        arguments: dict[str, Any] = msgspec.json.decode(step.call.arguments or "{}")
        statement = read_statement(str(tool.settings["statement"]))
        asked = Asked(
            statement.named,
            statement.numbered,
            statement.names,
            arguments,
            int(tool.settings["rows"]),
            tool.timeout,
            tool.name,
        )
        try:
            async with asyncio.timeout(tool.timeout + _SPARE_SECONDS):
                if tool.effect == "transactional":
                    return ToolCompleted(call_id, await self._base(reach.url).write(asked, step.key))
                return ToolCompleted(call_id, await self._base(reach.url).read(asked))
        except Refused as refused:
            log.info("the statement of the tool %s was refused: %s", tool.name, refused.__cause__)
            return ToolFailed(call_id, refused.code, refused.message)
        except Exception as error:  # noqa: BLE001 - a driver may raise anything; the run continues
            return ToolUnknown(
                call_id, f"the database did not say what became of it ({type(error).__name__})"
            )

    def _base(self, url: str) -> Base:
        found = self._bases.get(url)
        if found is None:
            scheme, _, rest = url.partition("://")
            found = (
                Sqlite(rest.removeprefix("/"), self._clock)
                if scheme == "sqlite"
                else Postgres(url, self._clock)
            )
            self._bases[url] = found
        return found

    async def close(self) -> None:
        """Close all connections."""
        for base in self._bases.values():
            await base.close()


def open_tool(means: Means) -> SqlTool:
    """Creates the runner of this kind."""
    return SqlTool(means)
