"""How many searches a vendor may make for a call, which some bill besides tokens."""

from typing import Any

import msgspec

from dialects.usage import Searches

UNTOLD = 10  # searches of each sort that are reserved if the call sets no bound
# Prefixes of such tools' types; a date or a preview's name may follow.
_WEB, _OLDER, _FILES = "web_search", "web_search_preview", "file_search"
_NAMES = (b"_search", b"Search")  # each tool's name contains one of these, Google's too


class _Tool(msgspec.Struct, rename={"google": "googleSearch", "retrieval": "googleSearchRetrieval"}):
    type: Any = None
    max_uses: Any = None  # Anthropic's
    # Google's, which have no type, and two spellings of each name.
    google: Any = None
    retrieval: Any = None
    enterpriseWebSearch: Any = None
    google_search: Any = None
    google_search_retrieval: Any = None
    enterprise_web_search: Any = None

    @property
    def of_google(self) -> bool:
        """Whether it is one of Google's web search tools."""
        return msgspec.structs.astuple(self)[2:] != (None,) * 6


class _Request(msgspec.Struct):
    tools: list[_Tool] | None = None
    web_search_options: Any = None
    max_tool_calls: Any = None  # OpenAI's, for all tools that it runs


_READ = msgspec.json.Decoder(_Request).decode


def may_search(body: bytes) -> bool:
    """Whether a call may name a search tool; fast, but texts can match too."""
    return _NAMES[0] in body or _NAMES[1] in body


def most_searches(body: bytes) -> Searches:
    """The most searches that a call allows; the defaults if it cannot be parsed."""
    try:
        asked = _READ(body)
    except msgspec.MsgspecError:
        return Searches(UNTOLD, UNTOLD)
    web = files = older = 0
    for tool in asked.tools or ():
        kind = str(tool.type)
        if kind.startswith(_OLDER):
            older += UNTOLD
        elif kind.startswith(_WEB) or tool.of_google:
            web += _bound(tool.max_uses, UNTOLD)
        elif kind.startswith(_FILES):
            files += UNTOLD
    if asked.web_search_options is not None:
        web = max(web, UNTOLD)
    return Searches(*(min(each, _bound(asked.max_tool_calls, each)) for each in (web, files, older)))


def _bound(told: Any, else_: int) -> int:
    return told if type(told) is int and told >= 0 else else_
