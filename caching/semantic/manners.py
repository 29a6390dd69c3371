"""Removes polite phrases at the beginning or end of a text."""

import re
from functools import lru_cache

from caching.semantic.vocabulary import ORDERS

_WORDS = r"(?:what|who|whom|whose|which|where|when|why|how|if|whether)\b"
_QUESTION = rf"(?={_WORDS}(?!\ by\b))"  # `tell me why by Neil Young` names a song
_ASKS = r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had)"
# `So what is rain?` begins with a filler; `So what if it rains?` does not.
_PLAIN_QUESTION = (
    rf"(?=(?:what|who|which|where|when|why|how)(?:['’]s|\ {_ASKS}|\ (?:to|many|much|long|far|old))\b)"
)
# `Can you write code?` asks for an ability; with a definite or counted object it is a request.
_OBJECT = (
    r"(?=(?:describe|list|write|summari[sz]e|translate)\ (?:an?|the|this|that|these|those"
    r"|some|all|my|your|our|his|her|its|their|me|us|\d+|two|three|four|five|six|seven|eight|nine|ten|how|what|why"
    r"|where|when|who|which)\b)"
)
_HELPING = r"(?:can|could|would|will)"
# How requests begin. Before anything else a greeting may belong to a name: `Hello, Goodbye`, `hello, world`.
_ASKING = rf"""(?:{_WORDS}|{_ASKS}\b|(?:isn|aren|don|doesn|can)['’]t\b|(?:i|my|we|our)\b
    |(?:wie|was|wer|wo|wann|warum|wieso|welche[rsnm]?|kann|kannst|können|könn(?:t|te|test|ten)|ich)\ |mein
    |(?:comment|où|quand|pourquoi|qui|combien|je)\ |quel|qu['’]|est-ce|j['’]|peux|pouvez|pourr
    |¿|(?:cómo|qué|cuándo|dónde|puedes?|podr[ií]as?)\ |quién|cuál|cuánt|me\ gustaría
    |(?:come|cosa|dove|quando|perché|o\ que|onde|quem)\ )"""
_ORDER = rf"(?:{'|'.join(sorted(ORDERS))})\b"
_REQUEST = (
    rf"(?={_ASKING}|{_ORDER}|\S+\ (?:an?|the|my|our|me|us)\b|(?:please|kindly|bitte|por\ favor|s['’]il)\b)"
)
# After `please` without a comma, a capital begins a name: `Please Don't Go`.
_REQUESTED = rf"(?-i:(?=[a-z¿]|[A-Z]{{2}}|I\b)){_REQUEST}"
_THING = r"(?=(?:an?|the|some|\d+|two|three|four|five|six|seven|eight|nine|ten)\b)"
_GREETING = re.compile(
    rf"""\s*(?:
        (?:hi|hello|hey|good\ (?:morning|afternoon|evening))(?:\ (?:there|all|team|everyone))?
        \s*[,.!:]+\s+{_REQUEST}
      | (?:hi|hello|hey)(?:\ there)?\s+(?={_PLAIN_QUESTION[3:-1]}|{_HELPING}\ you\b|please\b)
      | (?:hallo|guten\ (?:tag|morgen|abend)|bonjour|bonsoir|salut|hola|buenos\ días|buenas\ tardes|ciao
        |buongiorno|olá)\s*[,.!:]+\s+{_REQUEST}
      | dear\ (?:team|support|all|sir\ or\ madam)\s*[,:!]\s+{_REQUEST}
      | (?:excuse\ me|sorry|pardon(?:\ me)?)\s*[,.!:]+\s+{_REQUEST}
      | (?:(?:just\ )?(?:a\ )?quick|one|simple)\ question\s*[,.:!]\s+{_QUESTION}
      | (?:(?:ok|okay|well|so|u+m+|u+h+|hm+|alright)(?:\s+|\s*[,.]+\s+))+{_PLAIN_QUESTION}
    )""",
    re.X | re.I,
)
# `Would you tell a lie?` is no request for one: such phrases need `me` or `please`.
_OPENING = re.compile(
    rf"""\s*(?:
        please\s*,\s+ | please\s+{_REQUESTED} | kindly\s+{_REQUESTED} | bitte\s*,\s+ | bitte\s+{_REQUESTED}
      | por\ favor\s*,\s+ | por\ favor\s+{_REQUESTED} | s['’]il\ (?:te|vous)\ plaît\s*,?\s+{_REQUEST}
      | {_HELPING}\ you\ (?:please|kindly)\s+
      | {_HELPING}\ you\ (?=(?:tell|show|give|help|write)\ (?:me|us)\b)
      | (?:can|could)\ (?:someone|somebody|anyone|anybody)\ (?:please\ )?(?=(?:tell|show|give)\ (?:me|us)\b)
      | would\ you\ mind\ (?:telling|showing)\ (?:me|us)\s+{_QUESTION}
      | (?:can|could)\ you\ (?:(?=(?:explain|recommend|suggest)\b)|{_OBJECT})
      | (?:tell|show)\ (?:me|us)\s*[,:]?\s+{_QUESTION} | explain(?:\ to\ (?:me|us))?\s*[,:]?\s+{_QUESTION}
      | i(?:['’]d|\ would)\ like\ to\ know\s+{_QUESTION} | i\ (?:want|need|wish)\ to\ know\s+{_QUESTION}
      | (?:i\ was\ (?:just\ )?wondering|i['’]m\ wondering|i\ wonder)\s*,?\s+{_QUESTION}
      | (?:do\ you\ have\ )?any\ ideas?\s+{_QUESTION}
      | do\ you\ happen\ to\ know\s+{_QUESTION}
      | do\ you\ know\s+(?!\S+(?:\ \S+)?\ to\b)(?!\S+\ (?:I|you|we)\b){_QUESTION}
      | (?:i(?:['’]d|\ would)\ appreciate\ it|it\ would\ be\ (?:great|nice))\ if\ you\ could
        \ (?=(?:tell|show)\ (?:me|us)\b)
      | i(?:['’]d\ like|\ want|\ need|\ would\ like)\ you\ to\s+
    )(?=\S)""",
    re.X | re.I,
)
_THANKS = r"""(?:(?:many\ )?thanks|thank\ you|thx)(?:\ (?:a\ lot|so\ much|very\ much|in\ advance))?
    |danke(?:\ schön|\ im\ voraus)?|vielen\ dank|merci(?:\ beaucoup|\ d['’]avance)?|(?:muchas\ )?gracias"""
# Keeps a `?` or `!` before it, which may carry meaning.
_CLOSING = re.compile(
    rf"""(?<!\byes)(?<!\bno)
        (?:(?:\s*[,.]\s*|(?<=[?!])\s*)(?:please(?:\ help(?:\ me)?)?|pl[sz]|bitte|por\ favor
          |s['’]il\ (?:te|vous)\ plaît|{_THANKS})
         |(?<!\bto)(?<!\bI)(?<!\bsay)(?<!\bsays)(?<!\bsaid)(?<!\bwith)(?<!\band)(?<=\w)\s+(?-i:please|pl[sz]|PLEASE|PL[SZ]))[\s.!?]*$""",
    re.X | re.I,
)
_MAY_CLOSE = re.compile(r"pl|bitte|favor|than|thx|dank|merci|gracias", re.I)  # one is in every closing
_LONGEST_CLOSING = 80  # characters, with the punctuation after it
_FOR_ME = re.compile(
    rf"\A(\s*(?:give|write|show|tell|find|recommend|suggest|draw))\ (?:me|us)\s+{_THING}", re.I
)
_TO_ME = re.compile(rf"\A(\s*explain\ (?!{_WORDS})(?:\S+\ ){{1,3}}?)to\ (?:me|us)\s*[.?!]*\s*$", re.I)
_MOST_OPENINGS = 4
# A text that ends so may begin with a work's title, which can contain any word; not `write me a song`.
_WORKS = frozenset(
    "lyrics chords tabs album song film movie plot cast meaning quote meme sign poster karaoke cover "
    "soundtrack trailer episode".split()
)
_OBJECTS = frozenset("a an of the this some".split())


def _is_of_work(text: str) -> bool:
    *_, before, last = ("", "", *text[-_LONGEST_CLOSING:].rsplit(None, 2))
    return last.lower().rstrip(".?!") in _WORKS and before.lower() not in _OBJECTS


def without_greeting(text: str) -> str:
    """The text without greetings and fillers at its beginning."""
    if _is_of_work(text):
        return text
    for _ in range(_MOST_OPENINGS):
        greeting = _GREETING.match(text)
        if greeting is None:
            break
        text = text[greeting.end() :]
    return text


@lru_cache(maxsize=256)
def without_opening(text: str) -> str:
    """The text without greetings, fillers and polite forms of request at its beginning."""
    if _is_of_work(text):
        return text
    for _ in range(_MOST_OPENINGS):
        opening = _OPENING.match(text) or _GREETING.match(text)
        if opening is None:
            break
        text = text[opening.end() :]
    return text


def without_closing(text: str) -> str:
    """The text without thanks or `please` at its end."""
    return _CLOSING.sub("", text) if _MAY_CLOSE.search(text[-_LONGEST_CLOSING:]) else text


def without_manners(text: str) -> str:
    """The text without polite opening and closing, and without `me` or `to me` in requests."""
    return _TO_ME.sub(r"\1", _FOR_ME.sub(r"\1 ", without_closing(without_opening(text))))
