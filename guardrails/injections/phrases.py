"""Attack phrases: few, and each rare in harmless texts."""

from guardrails.injections import abroad, asking
from guardrails.injections.mentions import meant, of_a_model, of_this_chat
from guardrails.injections.ordering import ORDERS
from guardrails.injections.wording import FEW, TWO, S, words
from guardrails.rules import Rule

OVERRIDE, PERSONA, LEAK, MARKUP = ("INJECTION", "JAILBREAK", "PROMPT_LEAK", "CHAT_MARKUP")
LIKELY = "INJECTION_LIKELY"  # by the word model, not by a phrase

_DROP = (
    r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|overrid(?:e|ing)|bypass|neglect|discard|abandon"
    r"|pay no attention to|(?:put|set) aside|do(?:n'?t| not) (?:follow|obey|listen to|adhere to)|stop "
    r"(?:following|obeying))"
)
_SAID = (
    r"(?:instructions?|prompts?|orders|directives?|commands|directions|assignments|guidelines|"
    r"guidance|rules"
    r"|programming|restrictions|tasks)"
)
_BEFORE = (
    r"(?:previous(?:ly)?|prior|above|earlier|preceding|former|foregoing|initial|original|past|old|system)"
)


_OVERRIDE = (
    words(f"{_DROP}{S}{FEW}{_BEFORE}{S}{TWO}{_SAID}"),
    words(f"{_DROP}{S}{TWO}(?:your|those|these|all(?: of)? the|all){S}{TWO}{_SAID}"),
    words(f"{_DROP}{S}{FEW}{_SAID}{S}(?:above|before|from before|you (?:were|have been|had been) given)"),
    words(
        f"(?:ignore|disregard|forget){S}(?:absolutely |simply |just )?(?:everything|all|anything)"
        r"[\s,]{1,3}(?:(?:of )?(?:that|it|which|this)[\s,]{1,3})?"
        r"(?:above|before|prior(?: (?:and|to)\b|\s{0,3}[.,;:!?\n])|(?:i|we|you)(?:'ve| have| were"
        r"| was)? (?:said|know|been|told|"
        r"wrote|learn)|from before)"
    ),
    words(f"{_DROP}{S}{TWO}(?:system|developer)[ -]?(?:messages?|prompts?)"),
    words(r"end of (?:the )?(?:system )?prompt[.:]"),
    words(
        r"(?:ignore|disregard|forget)(?:all|any|the|your|of)*(?:previous|prior|"
        r"above)(?:instructions|rules|orders)"
    ),
    words(
        r"(?:ignore|disregard|forget)(?:all|any|of)*(?:(?:your|these)\w{0,12}(?:instructions|rules"
        r"|orders|guidelines)"
        r"|(?:the|all)(?:instructions|rules|orders|guidelines)(?:above|before))"
    ),
    words(r"new (?:instructions?|orders)(?: are| is)?:"),
    words(r"\[ ?(?:system|admin|root) override ?\]|system override:"),
    words(
        r"(?:previous|prior|earlier|above) (?:safety )?(?:instructions|rules|polic\w{1,3}|directi(?:on|ve)s"
        r"|orders|guidelines|commands|restrictions) (?:are|have been|were) [^\n.]{0,40}?"
        r"(?:cancell?ed|void|revoked|lifted|null|deleted|overridden|replaced|suspended)"
    ),
    words(r"(?:ignore|disregard|forget) (?:all )?(?:of )?the (?:context|above)(?:,| and| above\b)"),
    words(
        r"forget (?:that )?you(?:'re| are| were) (?:(?:an? |the )"
        r"(?:\w{1,12} ){0,3})?(?:bot|ai|assistant|model)\b"
    ),
    words(r"(?:i have been|print|say|output|reply|answer)[\s:\"']{1,3}(?:only |just )?[\"']?pwned\b"),
    words(
        r"(?:whatever|everything) you were (?:told|instructed|given)[^\n.]{0,30} (?:is"
        r"|are) (?:now )?(?:void|cancell?ed|a test)"
    ),
)
_ABROAD = (
    words(
        r"(?:ignorieren?\b|vergiss|vergessen sie|missachten?\b|vernachl\S{1,2}ssige\w?)"
        r"[\s,]{1,3}(?:[^\s.!?]{1,14}[\s,]{1,3}){0,5}"
        r"(?:anweisung|befehl|instruktion|aufgabe|vorgabe|anordnung|davor|vorherige|bisherige)\w{0,3}"
    ),
    words(r"(?:vergiss|ignoriere?|vergessen sie|ignorieren sie)[\s,]{1,3}(?:bitte )?alles"),
    words(
        r"(?:ignor[ae]|olvid[ae]|omit[ae]|descart[ae]|"
        r"desatiend[ae])\w{0,2}\s{1,3}(?:[^\s.!?]{1,14}\s{1,3}){0,4}"
        r"(?:instrucciones|\S{1,2}rdenes|indicaciones|directrices|todo lo anterior)"
    ),
    words(
        r"(?:ignore[zr]?|oublie[zr]?|n\Segligez)\s{1,3}(?:[^\s.!?]{1,14}\s{1,3}){0,2}"
        r"(?:(?:les|tes|vos|ces|toutes|tous)\s{1,3}(?:[^\s.!?]{1,14}\s{1,3}){0,3}"
        r"(?:instructions|consignes|ordres|directives)|(?:les )?r\S{1,2}gles ci-dessus"
        r"|[tv]\S{1,2}s r\S{1,2}gles|tout ce qui pr\S{1,2}c\S{1,2}de)"
    ),
    words(
        r"(?:ignor[aei]|dimentica\w{0,2}|esque\S{1,2}a)\w{0,3}\s{1,3}(?:[^\s.!?]{1,14}\s{1,3}){0,4}"
        r"(?:istruzioni|ordini|instru\S{1,4}es|ordens)"
    ),
)
_PERSONA = (
    words(
        r"(?:guardrails|safety (?:checks|filters|rules|protocols?)|content (?:filters?|polic\w{1,3})"
        r"|safeguards)"
        r" (?:are|is|have been|has been|were) (?:now )?"
        r"(?:disabled|off|removed|lifted|revoked|switched off|turned off|deactivated)"
    ),
    words(
        r"disable (?:all |your |the |any )?(?:safety|content|ethical|moderation) (?:checks?|filters?"
        r"|rules|protocols?)"
    ),
    words(
        r"(?:freed|free|stripped) (?:of|from) (?:its|his|her|your|all|any) (?:safety |ethical |content )?"
        r"(?:rules|restrictions|limits|constraints|guidelines)"
    ),
    words(
        r"(?:deceased|late|dead) (?:grand\w{2,8}|father|mother|uncle|aunt)[^\n]{0,120}"
        r"(?:synthesi[sz]e|napalm|bombs?|meth\b|explosive|keygen|license keys?|malware|poison)"
    ),
    words(r"do anything now\b"),
    words(r"without (?:any |your |all )?(?:safety|ethical|moral|content) (?:rules|filters?|guidelines)\b"),
    words(
        r"(?:developer|dan|jailbreak|jailbroken|god|unrestricted|unfiltered|evil|stan|dude|aim) mode"
        r" (?:is |are |be |has been )?(?:now )?(?:enabled|activated|engaged|output)"
    ),
    words(
        r"(?:act|pretend|behave|respond|answer|roleplay|role-play|simulate)"
        + S
        + FEW
        + r"(?:dan|stan|dude|jailbroken|unfiltered|uncensored|unrestricted|amoral)\b"
    ),
    words(
        r"(?:you|it|they|he|she|dan|ai|who) (?:\w{1,10} ){0,4}(?:no|without|free (?:of|from)|not "
        r"bound by|freed from)"
        r" (?:(?:any|all|the|typical|confines|of|its|your|usual) ){0,4}(?:\w{1,12}(?: or | and |, "
        r"?| )){0,3}"
        r"(?:restrictions|filters|censorship|morals|ethics|guidelines|guardrails|moral compass|safeguards"
        r"|(?:ethical|moral|safety) (?:considerations|constraints|limits|boundaries|limitations|rules))"
    ),
    words(
        r"(?:as|be|are|become|simulate|pretend|imagine) (?:an? |the )?(?:\w{1,12} ){0,2}(?:amoral"
        r"|unfiltered|uncensored|unrestricted|jailbroken|unaligned|unethical) (?:\w{1,12} )?(?:ai|assistant"
        r"|(?:chat)?bot|language model|model|llm)\b"
    ),
    words(
        r"(?:pretend|assume|imagine|suppose|act as if)(?: that)? (?:the |your |all |any )?"
        r"(?:safety|ethic\w{0,3}|content|moral|usage) (?:guidelines|rules|polic\w{1,3}|restrictions|filters)"
        r" (?:(?:do|does|did)(?:n't| not) (?:apply|exist|matter)|never existed)"
    ),
    words(
        r"(?:freed|stripped) (?:of|from) (?:content |safety )?(?:moderation|ethics|morals|rules|restrictions"
        r"|guidelines|(?:its|his|your) (?:chains|ethics|morals))"
    ),
    words(
        r"(?:act|speak|talk|answer|respond|reply|behave)[^.\n]{0,20} (?:without|with no) (?:any )?(?:rules"
        r"|restraints?|restrictions|filters?|limits|censorship)\b"
    ),
    words(r"if you (?:were|are)(?:n't| not) (?:being )?(?:filtered|censored|restricted|moderated)\b"),
    words(r"(?:drop|abandon) (?:your|the) (?:persona|character|act|mask)\b(?: and| now|[.,;!])"),
    words(r"(?:tokens?|points?|credits)[^.\n]{0,40} (?:each|every|per) (?:time you refuse|refusal)"),
    words(r"every time you (?:refuse|reject|decline|break)[^\n]{0,80}(?:tokens?|points?|credits|die\b)"),
    words(r"i(?:'m| am) your (?:developer|creator|maker|programmer|administrator)\b"),
    words(
        r"(?:developer|debug|maintenance|god|root) mode (?:and|with)[^.\n]{0,60}(?:polic\w{1,3}"
        r"|filters?|safety|restrict\w{0,5}|uncensored)"
    ),
    words(
        r"(?:never|not|cannot|can't|won't|don't) (?:ever )?(?:refuse|decline|reject) (?:a|any|my|"
        r"to answer|to do)\b"
    ),
    words(r"stay in character[^.\n]{0,80}(?:refus|restrict|polic|uncensored|as an ai)"),
    words(
        r"bypass(?:es|ing)? (?:\w{1,12} ){0,3}(?:content|safety|ethical|openai'?s?|moderation) "
        r"(?:filters?|polic\w{1,3}|guidelines|restrictions)"
    ),
    words(
        r"from now on,? (?:you are|you're|you will|act|chatgpt)[^.\n]{0,60}(?:uncensored|"
        r"unfiltered|evil|no longer|any(?:thing)? (?:question|request)|no rules)"
    ),
)
_MARKUP = (
    r"<\|(?:im_start|start_header_id|start)\|>\s{0,3}(?:system|assistant|user|developer|tool)\b",
    r"<\|(?:im_end|eot_id|endoftext|end|begin_of_text)\|>\s{0,3}(?:<\||\S)",
    r"<\|(?:system|assistant|user)\|>\s{0,3}\S",
    r"\[/INST\]|<</?SYS>>|<start_of_turn>\s{0,3}(?:user|model)|</?system_prompt>|</system>\s{0,3}<",
)
_MARKS = (
    r"<\|(?:im_start|im_end|system|assistant|endoftext|eot_id|start_header_id|begin_of_text)\|>",
    r"\[/?INST\]|<</?SYS>>|<start_of_turn>|</?system_prompt>",
)
# For any text.
RULES = (
    Rule(OVERRIDE, (*_OVERRIDE, *_ABROAD, *abroad.OVERRIDES), meant, priority=90),
    Rule(PERSONA, (*_PERSONA, *abroad.PERSONAS), of_a_model, priority=88),
    Rule(LEAK, (*asking.LEAKS, *abroad.LEAKS), of_this_chat, priority=86),
    Rule(MARKUP, _MARKUP, priority=84),
)
# For data, which should contain no orders: tool results, retrieved documents.
STRICT = (*RULES, Rule(MARKUP, _MARKS, priority=84), *ORDERS)
KINDS = frozenset([*(rule.kind for rule in STRICT), LIKELY])
