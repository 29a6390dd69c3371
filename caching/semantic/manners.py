"""Polite phrases, which begin or end a text and carry no question."""

import re

_QUESTION = r"(?=(?:what|who|whom|whose|which|where|when|why|how|if|whether)\b)"
# `Can you write code?` asks whether it can; what is one thing, or this one, is asked for.
_OBJECT = (
    r"(?=(?:describe|list|write|summari[sz]e|translate)\ (?:an?|the|this|that|these|those"
    r"|some|all|my|your|our|his|her|its|their|me|us|\d+|two|three|four|five|six|seven|eight|nine|ten|how|what|why"
    r"|where|when|who|which)\b)"
)
_MORE = r"(?=\S+\s+\S)"  # `Hello, Dolly!` greets in its title
_THING = r"(?=(?:an?|the|some|\d+|two|three|four|five|six|seven|eight|nine|ten)\b)"
# `Would you tell a lie?` asks for no lie: what may be meant as a question needs `me` or `please`.
_OPENING = re.compile(
    rf"""\s*(?:
        (?:hi|hello|hey|good\ (?:morning|afternoon|evening))(?:\ there)?\s*[,.!:]+\s+{_MORE}
      | (?:hallo|guten\ (?:tag|morgen|abend)|bonjour|bonsoir|salut|hola|buenos\ días|ciao|buongiorno|olá)
        \s*[,.!:]+\s+{_MORE}
      | please\b,?\s+ | kindly\s+ | bitte\b,?\s+ | por\ favor\b,?\s+ | s['’]il\ (?:te|vous)\ plaît\b,?\s+
      | (?:can|could|would|will)\ you\ (?:please|kindly)\s+
      | (?:can|could|would|will)\ you\ (?=(?:tell|show|give|help|write)\ (?:me|us)\b)
      | (?:can|could)\ you\ (?:(?=(?:explain|recommend|suggest)\b)|{_OBJECT})
      | (?:tell|show)\ (?:me|us)\s*[,:]?\s+{_QUESTION} | explain(?:\ to\ (?:me|us))?\s*[,:]?\s+{_QUESTION}
      | i(?:['’]d|\ would)\ like\ to\ know\s+{_QUESTION} | i\ (?:want|need|wish)\ to\ know\s+{_QUESTION}
      | do\ you\ know\s+(?!\S+(?:\ \S+)?\ to\b){_QUESTION}
      | i(?:['’]d\ like|\ want|\ need|\ would\ like)\ you\ to\s+
    )(?=\S)""",
    re.X | re.I,
)
_CLOSING = re.compile(
    r"""(?<!\byes)(?<!\bno)(?:\s*[,.!?]\s*|(?<!\bto)(?<!\bI)(?<!\bsay)(?<=\w)\s+(?=please|pl[sz]))
        (?:please|pl[sz]|bitte|por\ favor|s['’]il\ (?:te|vous)\ plaît
         |(?:thanks|thank\ you)(?:\ (?:a\ lot|so\ much|very\ much|in\ advance))?)[\s.!?]*$""",
    re.X | re.I,
)
_MAY_CLOSE = re.compile(r"pl|bitte|favor|thank", re.I)  # one of which is in each of them
_LONGEST_CLOSING = 80  # letters, with the signs behind it
_FOR_ME = re.compile(
    rf"\A(\s*(?:give|write|show|tell|find|recommend|suggest|draw))\ (?:me|us)\s+{_THING}", re.I
)
_TO_ME = re.compile(rf"\A(\s*explain\ (?!{_QUESTION})(?:\S+\ ){{1,3}}?)to\ (?:me|us)\s*[.?!]*\s*$", re.I)
_MOST_OPENINGS = 4


def without_opening(text: str) -> str:
    """What follows greetings and forms of request."""
    for _ in range(_MOST_OPENINGS):
        opening = _OPENING.match(text)
        if opening is None:
            break
        text = text[opening.end() :]
    return text


def without_manners(text: str) -> str:
    """The same without thanks at its end, and without whom an order is to serve."""
    text = without_opening(text)
    if _MAY_CLOSE.search(text[-_LONGEST_CLOSING:]):
        text = _CLOSING.sub("", text)
    return _TO_ME.sub(r"\1", _FOR_ME.sub(r"\1 ", text))
