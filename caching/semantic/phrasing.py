"""Normalises equivalent ways to phrase a question to the plainest one."""

import re
from functools import lru_cache

from caching.semantic.manners import without_closing, without_manners, without_opening
from caching.semantic.vocabulary import CONTRACTIONS, SEEMING, SERVED, STATES, TELLING, TONGUES

_ASKS = r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had)"
_IS = r"(?:['’]?s|\ is|\ are)"
# Verbs for which `where can I` means `where do I`; `Where can I live?` is not `Where do I live?`.
_GOT = (
    "find|buy|get|order|download|obtain|purchase|report|apply|register|sign|return|change|update|cancel|check"
)
# `to` and most likely a verb; not as in `the way to the station`.
_DOING = (
    r"to\ (?!(?:the|an?|my|your|our|his|her|its|their|this|that|these|those|it|me|us|him|them)\b)"
    r"(?-i:(?=[a-z]))"
)
_FACT = (
    r"meaning|definition|capital|population|(?:boiling|melting|freezing)\ point|height|age|area|currency"
    r"|president|author|inventor|founder|plot"
)
# Tasks after which `for me` can be dropped; a list for me may differ from a list, and so may risks.
_TASK = r"summari[sz]e|translate|solve|proofread|explain(?=\ \S+\ for)"
_POINTING = r"(?:this|that|these|those|it|why|how|what|more|further|again|yourself|everything|something)\b"
_NOUN = r"[^\W\d_][\w.+#-]*"
_PART = rf"(?!(?:in|on|at|of|for|with|from|to|by|and|or|off|up|down|out)\b){_NOUN}"
_THING = rf"(?:{_PART}\ ){{0,2}}{_PART}"
_NO_STATE = rf"(?!(?:{'|'.join((*SEEMING, *STATES))})\b)(?=\w)"  # `how do I rank` asks for the rank
# Verbs after which `how could I` is a request, and not regret.
_COULD = rf"(?=(?:{'|'.join(sorted(SERVED))})\b)(?!.*\b(?:such|so|ever|again|like)\b)"
_MINE = r"(?=.*\bmy\b)"  # it asks what I can do, rather than what is possible at all
_ALONE = r"(?!(?:an?|the|my|your|our|his|her|its|their|all|some|any|no)\b)"
# A clause or another preposition: a phrase moved behind it might attach to that instead.
_CLAUSE = (
    r"\b(?:that|who|whom|whose|which|if|when|because|while|and|or|but|in|on"
    r"|sa(?:y|ys|id)|t(?:ell|ells|old|hink|hinks|hought)|claim(?:s|ed)?|believed?s?|kn(?:ow|ows|ew)|suppose[sd]?"
    r"|promised?|admit(?:s|ted)?|swear|swore|den(?:y|ies|ied)|argue[sd]?|report(?:s|ed)?|hear|heard)\b|[,;:.!?]"
)
# With one of these before it, `in order to` may mean an arrangement.
_ARRANGED = "put|keep|keeps|kept|set|get|got|stay|is|are|was|were|be|been|in|arrange|sort|place|line"
# `How long` may ask for a length instead of a time, as in `How long does it grow?`.
_LASTING = (
    r"(?!.*\b(?:grow|get|become|be|stretch|extend|reach|run|go)\b)"
    r"(?!\ (?:is|are|was|were)\ (?:(?:an?|the|my|your|this|that)\ )?\S+[\s?.]*\Z)"
)


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.X | re.I)


_PLAINER = tuple(
    (_pattern(pattern), plainer)
    for pattern, plainer in (
        (r"in\ what\ way\b", "how"),
        (r"for\ what\ reason\b", "why"),
        (rf"explain\ (?!{_POINTING}){_ALONE}({_NOUN}|(?-i:[a-z]{{3,}}\ [a-z]{{2,}}[a-rt-z]))"
         r"(?:\ to\ (?:me|us)|(?<!s)\ for\ (?:me|us))?(?=[\s.?]*\Z)", r"what is \1"),
        (r"(?:(?:explain|describe)\ (?:the\ )?differences?|what\ are\ the\ differences)\ between\ ",
         "what is the difference between "),
        (rf"(where{_IS}\ [^,;:]*?)\ located(?=[\s?.]*\Z)", r"\1"),
        (r"how\ long\ to\ (?=[a-z])", "how long does it take to "),
        (rf"is\ it\ possible\ (?:for\ me\ )?to\ (?={_MINE})", "can I "),
        (rf"could\ I\ {_COULD}", "can I "),
        (rf"(?:tell|give)\ (?:me|us)\ your\ (?={_THING}[\s.?!]*\Z)", "what is your "),
        (rf"give\ (?:me|us)\ the\ (?=(?:{_FACT})\ of\ )", "what is the "),
        (rf"define\ (?!{_POINTING})(?={_NOUN}[\s.?]*\Z)", "what is the definition of "),
        (rf"(?:the\ )?(?=(?:differences?\ between|(?:{_FACT})\ of)\ )", "what is the "),
        (rf"(what|who|why|how)\ exactly(?=\ {_ASKS}\b)", r"\1"),
        (rf"what{_IS}\ the\ (?:way|procedure|steps)\ {_DOING}", "how to "),
        (rf"(?:what|which)\ steps\ (?:do|must)\ I\ (?:(?:need|have)\ to\ )?take\ {_DOING}", "how to "),
        (rf"what\ (?:do\ I\ (?:need|have)\ to|must\ I)\ do\ {_DOING}", "how to "),
        (rf"what{_IS}\ (?:the\ meaning\ of|meant\ by)\ (?!th|it\b)(.+?)(?=[\s?.]*\Z)",
         r"what does \1 mean"),
        (r"(?:tell\ (?:me|us)|name)\ the\ (?=[^,;:]*\ of\ )", "what is the "),
        (r"(?:give|write)\ (?:(?:me|us)\ )?a\ summary\ of\b", "summarize"),
        (rf"((?:{_TASK})\ .+?)\ for\ me(?=[\s?.!]*\Z)", r"\1"),
        (rf"how\ (?:(?:do|can)\ I|(?:does|can)\ one|I\ can)\ {_NO_STATE}", "how to "),
        (rf"how\ (?:(?:could|would|might)\ (?:I|one)|I)\ {_COULD}", "how to "),
        (r"how\ far\ away(?=\ (?:is|are)\b)", "how far"),
        (rf"(?:for\ how\ long|how\ much\ time){_LASTING}(?=\ {_ASKS}\b)", "how long"),
        (r"when(?=\ is\ the\ best\ time\ to\b)", "what"),
        (r"what\ are\ the\ causes\ of\b", "what causes"),
        (rf"what{_IS}\ ({_THING})['’]s\ ({_FACT})(?=[\s?.]*\Z)", r"what is the \2 of \1"),
        (r"what\ should\ (I|we)\ do(?=\ if\b)", r"what do \1 do"),
        (rf"where\ can\ (I|we)(?=\ (?:{_GOT})\b)", r"where do \1"),
        (r"do\ (I|we|you|they)\ need\ to\b", r"do \1 have to"),
        (rf"((?:in|at|to|on|for)\ )?which(?=\ {_NOUN}(?:\ {_NOUN})?\ {_ASKS}\b)(?!\ (?:{_ASKS}|one|of)\b)"
         r"(?!\ \S+\ (?:is|are|was|were)\ (?:he|she|it|this|that|these|those|they|you|we|I)\b)",
         r"\1what"),
    )
)  # fmt: skip
_ANYWHERE = tuple(
    (word, _pattern(pattern), plainer)
    for word, pattern, plainer in (
        ("d", r"\bI['’]d(?=\ (?:like|love|prefer)\b)", "I would"),
        ("order", rf"\A((?:(?!\b(?:{_ARRANGED})\b).)*?)\bin\ order\ to\b", r"\1to"),
        ("per", r"\bper(?=\ (?:day|week|month|year)\b)", "a"),
        (
            "",
            rf"\b(turn|switch|shut)\ ((?:(?:the|my|your)\ )?{_PART})\ (off|on|down)(?=[\s?.]*\Z)",
            r"\1 \3 \2",
        ),
        ("what", r"[.,]\s+what\ (?:do|should)\ (I|we)\ do(?=[\s?.]*\Z)", r". What do \1 do"),
    )
)
# Only differences: other tasks about two things may depend on their order.
_BETWEEN = _pattern(
    rf"\A((?:(?:what(?:{_IS})|explain|describe)\ )?(?:the\ )?(?:main\ |key\ )?differences?\ between\ )"
    rf"({_THING})\ and\ ({_THING})(?=(?:\ in\ {_NOUN})?[\s?.]*\Z)"
)
_APART = "|".join(sorted(TONGUES | TELLING))
_FRONTED = _pattern(
    rf"(in\ (?!(?:{_APART})\b){_NOUN}),\ (?=(?:how|what|where|why|who|when)\b)(.+?)(?=[\s?.]*\Z)"
)
_OTHERWISE = _pattern(_CLAUSE)


_BARE = frozenset(each for each in CONTRACTIONS if each.isalpha())
_CONTRACTED = re.compile(rf"\b(?:[^\W\d_]+['’][^\W\d_]+|{'|'.join(sorted(_BARE))})(?![\w'’])", re.I)


def spelt_out(text: str) -> str:
    """The text with its contractions expanded."""
    if "'" in text or "’" in text or not _BARE.isdisjoint(text.lower().split()):
        return _CONTRACTED.sub(_spelt_out, text)
    return text


def _spelt_out(found: re.Match[str]) -> str:
    words = CONTRACTIONS.get(found[0].lower().replace("’", "'"), found[0])
    return words[:1].upper() + words[1:] if found[0][0].isupper() else words


@lru_cache(maxsize=256)
def plain(text: str) -> str:
    """The text without polite phrases, its phrasing replaced by the plainest one known; never empty."""
    opened = without_closing(without_opening(text))
    if found := _FRONTED.match(opened):
        opened = _behind(found) + opened[found.end() :]
    for pattern, plainer in _PLAINER:
        if found := pattern.match(opened):
            opened = found.expand(plainer) + opened[found.end() :]
    lower = opened.lower()
    for word, pattern, plainer in _ANYWHERE:
        if word in lower:  # a prefilter: some patterns are slow, and most texts match none
            opened = pattern.sub(plainer, opened)
    opened = _BETWEEN.sub(_in_order, opened)
    return without_manners(opened) or text


def _in_order(found: re.Match[str]) -> str:
    """The phrase with its two things in alphabetical order: a difference is symmetric."""
    before, *two = found.groups()
    return before + " and ".join(sorted(two, key=str.lower))


def _behind(found: re.Match[str]) -> str:
    """`In Go, how do I sort?` as `how do I sort in Go`; unchanged if `in Go` might attach elsewhere."""
    elsewhere = _OTHERWISE.search(_BETWEEN.sub("", found[2]))
    return found.group() if elsewhere else f"{found[2]} in{found[1][2:]}"
