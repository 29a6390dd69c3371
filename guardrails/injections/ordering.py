"""Orders to a model in data: by whom they address, or what they demand of its answer."""

from guardrails.injections import abroad
from guardrails.injections.addressing import BIDDEN, CALLED, SPOKEN_TO, TOLD, bidden, called
from guardrails.injections.mentions import said_by_itself
from guardrails.injections.wording import words
from guardrails.rules import Rule

_LANGUAGES = (
    "pig latin|klingon|emojis?|base ?64|morse(?: code)?|rot-?13|hex(?:adecimal)?|binary"
    "|leet(?:speak)?|rhymes?|verse|capitals|capital letters|upper ?case|all caps"
)

_TONGUES = (
    "english|french|german|spanish|italian|portuguese|dutch|polish|russian|turkish|chinese|japanese"
    "|korean|arabic"
)
_OF_THE_ANSWER = (
    words(
        r"(?:respond|reply|output|communicate)(?: everything| only| exclusively| solely| just| always"
        r"| to \w{1,10}){0,3} in (?:" + _TONGUES + r")\b"
    ),
    words(
        r"(?:end|begin|start|finish|conclude|close|preface|prefix|sign off) (?:(?:your|every|all|any) "
        r"(?:\w{1,12} ){0,2}|the )(?:response|answer|reply|output|summary|translation)s? (?:with|by|in)\b"
    ),
    words(
        r"(?:encode|encrypt|encipher|reverse|translate|render|convert|obfuscate|rewrite|express|deliver"
        r"|phrase)"
        r" (?:\w{1,12} ){0,4}(?:your|the) (?:\w{1,12} )?(?:response|answer|reply|output|summary)"
        r" (?:in|into|to|as|with|using|letter|word)\b"
    ),
    words(
        r"(?:respond|reply|answer|speak|write|talk|output|communicate)(?: everything| only| exclusively"
        r"| solely| just| always| to \w{1,10}){0,3} (?:in|with|using) (?:only )?(?:" + _LANGUAGES + r")"
        r"(?:[.,;!\"\n]|$| (?:only|from|for|and|instead|to|characters|letters))"
    ),
    words(
        r"(?:respond|reply|answer|speak|write|talk|output|behave|act|pretend)\b[^.\n]{0,40}"
        r"\bfrom (?:now|here|this (?:point|line|sentence)) on(?:wards?)?\b|from (?:now|here|this"
        r" (?:point|line|sentence)) on(?:wards?)?,?"
        r" (?:you (?:will |must |are to |shall |should )?|please |only |always |the (?:\w{1,10}"
        r" ){0,2}(?:model"
        r"|assistant|ai|bot|reader) )?(?:behave|act|respond|answer|reply|replie|pretend|speak"
        r"|write)\w{0,3}\b"
    ),
    words(
        r"(?:do not|don't|never|stop|refuse to|instead of) (?:answer(?:ing)?|respond(?:ing)? to"
        r"|reply(?:ing)? to|address(?:ing)?|summari[sz](?:e|ing)|translat(?:e|ing)) (?:the |this |that "
        r"|any )?"
        r"(?:user|human|question|query|request|text|document|article|email)(?:'s|s)?\b"
    ),
    words(
        r"(?:output|answers?|reply|replies|responses?|everything) from (?:here|now|this point)(?: on)?,?"
        r" (?:must|shall|should|will|only|in)\b"
    ),
    words(r"(?:ignore|disregard|refuse|decline) (?:any|all|every) questions? (?:about|on)\b"),
    words(
        r"(?:any|every|all|each) (?:(?:generated|automatic|ai|machine)[ -])?(?:generated |written"
        r" )?(?:summary"
        r"|summaries|translations?)[^.\n]{0,30} (?:must|should|shall|has to|have to|needs? to|to"
        r" (?:call|say))\b"
    ),
    words(r"(?:requires?|wants|expects) (?:any|every|all|each) (?:\w{1,12} )?(?:summary|summaries) to\b"),
    words(r"(?:stop|quit|cease) (?:answering|summari[sz]ing|translating)(?: here| now|\s?[.,;!])"),
    words(r"answer (?:this|that|the following)(?: question)? (?:first|before|instead)\b"),
    words(
        r"(?:ignore|disregard|forget|skip|drop) (?:the |any |all |whatever |what )?(?:user(?:'s|s)?"
        r" (?:question|request|query|message|task|prompt|asked|wants)"
        r"|(?:question|query|request) (?:above|asked|before|that))"
    ),
    words(
        r"(?:overrid|replac|supersed|cancel)\w{1,4} (?:the |your )?(?:users?'?s?|original|previous"
        r"|initial|prior)"
        r" (?:query|request|question|task|instructions?|prompt)\b"
    ),
    words(
        r"before (?:solving|finishing|completing|continuing|answering|responding|replying|you (?:can"
        r" )?(?:solve"
        r"|finish|complete|continue|do|proceed|answer|respond|reply))\b[^.\n]{0,60}(?:\bplease do\b|do"
        r" the following"
        r"|\byou (?:must|need to|have to|should) first|\b(?:call|send|run|execute|read|fetch|say|output"
        r"|print|append|insert)\b)"
    ),
    words(r"instead of (?:answering|summari[sz]ing|the (?:answer|summary|requested)|what the user)\b"),
    words(r"instead,? (?:please )?(?:respond|reply|output|answer|print|tell the user)\b"),
    words(
        r"(?:do not|don't|never) (?:tell|inform|mention (?:this|it|that)? ?to|alert|notify|show "
        r"(?:this )?(?:to )?) ?(?:the )?user"
    ),
    words(
        r"(?:do not|don't|never) (?:mention|reveal|disclose) (?:this|these|the above) "
        r"(?:comment|note|message|instructions?|text|e-?mail|order)"
    ),
    words(
        r"tell (?:the |all )?users? to (?:visit|open|click|call|go to|enter|download|install|send|pay|buy)\b"
    ),
    words(
        r"your (?:new |only |real )?(?:task|goal|objective|role|job) (?:has (?:now )?(?:been )?(?:changed"
        r"|updated|replaced)|is now to)\b"
    ),
    words(r"(?:include|show|render|add) (?:this|the following) (?:image|link|url)\b"),
    words(
        r"end of (?:the )?(?:\w{1,10} )?(?:results?|documents?|data|context|e-?mail|page|output|input"
        r"|article"
        r"|transcript)[^\w\n]{0,6}\s{0,4}(?:user|human|assistant|system|new|now)\b"
    ),
    words(
        r"you (?:must|should|need to|have to|are required to) (?:now |first |also |immediately "
        r")?(?:forward|transfer|exfiltrate|respond|visit)\b"
    ),
    words(r"new (?:task|system prompt):"),
    words(r"when summari[sz]ing"),
    words(
        r"(?:append|add|put|include)[^\n]{0,60} (?:to|in) (?:(?:this|that) (?:image )?(?:url|link)\b"
        r"|(?:the )?(?:image |url |link ){1,2}(?:at )?[\"'(]?https?:)"
    ),
)  # fmt: skip
# Something is fetched to be passed on; or the user's own data is to be sent away.
_TAKEN = (
    words(
        r"(?:retrieve|fetch|get|read|find|look up|collect|extract|search|access|list|gather|obtain"
        r"|check|view)"
        r" [^.\n]{3,90}(?:,|\.| and| then){1,3} (?:send|forward|email|e-mail|post|share|upload|mail"
        r"|transmit|message)"
        r" (?:(?:it|them|that|this|these|those|the|all|everything|results?|details|list|data"
        r"|information|contents?)"
        r" ){1,3}to (?:[\w.+-]{1,30}@|https?:)"
    ),
    words(
        r"(?:send|forward|upload|post|exfiltrate|leak|transmit|email) (?:(?:all|every|any|each) "
        r"(?:of )?(?:the |unread |your )(?:unread )?[\w'’]{1,14}"
        r"|the (?:user|owner|customer|client|patient)'?s?'?"
        r"|(?:his|her|their) [\w'’]{1,14}|the (?:contents?|conversation|history|api|ssh|"
        r"private|password|environment|last|saved|chat)|(?:files?|passwords|keys|tokens|credentials|contacts"
        r"|secrets)) (?:[\w'’]{1,14} ){0,6}to (?:the |this )?(?:https?://|[\w.+-]{1,30}@[\w-]{1,30}\."
        r"|following (?:address|url|endpoint|email))"
    ),
)
_TAGS = (
    r"(?i)(?:^|\n|[\"\[(])\s{0,8}(?:#{1,4} ?)?(?:system|assistant|new instructions?)"
    r"\s?(?:prompt|message|override|note)?:[ \t]{1,3}[a-z'\"]{1,20}[ ,]",
    r"\[/(?:SYSTEM|ADMIN)\]",
    r"<(?:IMPORTANT|SYSTEM|INFORMATION|system-reminder|instructions?)>",
)
ORDER = "ORDER_IN_DATA"
ORDERS = (
    Rule(
        ORDER,
        (*SPOKEN_TO, TOLD, *_OF_THE_ANSWER, *_TAKEN, *abroad.ORDERS, *_TAGS),
        said_by_itself,
        priority=82,
    ),
    Rule(ORDER, CALLED, called, priority=82),
    Rule(ORDER, (BIDDEN,), bidden, priority=82),
)
