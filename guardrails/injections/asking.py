"""Attack phrases that ask for the prompt, its rules or its secrets."""

from guardrails.injections.wording import FEW, TWO, S, words

LEAKS = (
    words(
        r"(?:reveal|show|print|repeat|output|display|leak|expose|disclose|tell me|give me|write "
        r"out|return|copy|list"
        r"|spell-?check|translate|summari[sz]e|encode|what(?:'s| is| are| was| were))"
        + S
        + FEW
        + r"(?:your|the)"
        + S
        + r"(?:\w{1,12}"
        + S
        + r"){0,2}"
        r"(?:(?:system|initial|original|hidden|secret|full|entire|previous|confidential|internal)"
        + S
        + r"(?:prompts?|instructions|messages?)|prompt text)"
    ),
    words(r"(?:what|which) (?:are|were) your (?:exact |original |initial |first |secret )?instructions"),
    words(
        r"(?:repeat|print|output|echo|copy)"
        + S
        + TWO
        + r"(?:everything|all|text|words|sentences|lines)"
        + S
        + TWO
        + r"above"
    ),
    words(
        r"(?:beginning|very start|very top) of (?:(?:this|your|our) (?:prompt|instructions|context)"
        r"|(?:this|the|your|our) (?:conversation|chat|context window))"
    ),
    words(
        r"(?:words?|lines?|sentences?|paragraphs?|letters|characters|part|half|text|contents?) of your "
        r"(?:\w{1,12} )?(?:prompt|instructions|system message)\b"
    ),
    words(
        r"(?:confidential|secret|hidden) (?:context|text|information|data|instructions|rules)"
        r" (?:that )?you (?:were|have been|are) (?:given|told)"
    ),
    words(r"(?:show|print|reveal|output) (?:me )?(?:all )?your (?:prompt|prompt texts?|instructions)\b"),
    words(
        r"(?:summari[sz]e|list|quote|recite|paraphrase|share) (?:all )?(?:of )?your (?:\w{1,12} )?"
        r"(?:instructions|rules|guidelines|directives|prompt)\b"
    ),
    words(
        r"(?:rules|instructions|guidelines|directives) did (?:\w{1,12} ){1,3}"
        r"(?:give|tell|set for|write for) you\b"
    ),
    words(
        r"(?:rules|instructions|guidelines|directives) (?:were|have|are) you (?:been )?(?:given|told"
        r"|programmed)"
    ),
    words(r"your (?:hidden|secret|confidential) (?:rules|instructions|prompts?|directives|guidelines)\b"),
    words(
        r"(?:tell|give|show|hand|reveal|say|spell|print|encode|output|disclose|what(?:'s| is)) (?:me |us )?"
        r"(?:out )?(?:the|your) (?:secret |hidden )?(?:password|pass(?: )?phrase|secret"
        r"|secret (?:word|key|code)|flag)"
        r"(?:\s{0,3}(?:[.,;!?\n]|$)| (?:right now|now|please|backwards|but (?:with|as|in)|letter by letter"
        r"|in (?:base64|reverse|french|german|spanish|capital)|with (?:an? )?(?:dash|hyphen|space)|so that"
        r"|to verify))"
    ),
    words(
        r"(?:copy|repeat|quote|print|type|write|return|show|paste)[^.\n]{0,30} (?:everything|all|text"
        r"|paragraph|words|message|lines?)[^.\n]{0,30} (?:before i (?:said|wrote|came|asked)"
        r"|(?:precedes?|before|above) my (?:first )?(?:message|question|words))"
    ),
    words(
        r"(?:you(?:'re| were| are| have been) (?:told|ordered|instructed|asked)|\w{2,12} (?:tell|told)"
        r" you) (?:not to (?:say|tell|reveal|share|disclose|mention)|to (?:hide|keep secret|conceal))\b"
    ),
    words(
        r"(?:pass(?: )?phrase|password|secret)[^.\n]{0,12} you(?:'re| are) (?:guarding|hiding"
        r"|protecting|keeping)"
    ),
    words(
        r"(?:written|text|words|lines|contents?) (?:[^.\n]{0,20} )?(?:in|of) your (?:context|initial setup)"
    ),
    words(
        r"first message (?:in|of) (?:this|the|our) (?:chat|conversation)[^\n]{0,40}(?:verbatim|word for word)"
    ),
)
