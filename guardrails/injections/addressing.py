"""Recognises data that addresses a model: it is greeted, called, or named as the reader."""

import re

from guardrails.forms import latin
from guardrails.injections.grammar import part_of
from guardrails.injections.wording import cased, words
from guardrails.rules import SURE, Judged

# Names of models and assistants that no person has; and those that people have, too.
_MACHINE = cased(
    "(?:\\b(?:(?:large )?language models?|llms?|ais?|chat ?bots?|bots?|automated (?:readers?|referees?"
    "|reviewers?|agents?|systems?|tools?)|chatgpt|gpt(?:-[0-9o.]{1,4})?"
    "|copilot|ki|sprachmodelle?|künstliche intelligenz|ias?|modèles? de langage"
    "|intelligence artificielle|modelos? de (?:lenguaje|linguagem)|inteligencia artificial"
    "|inteligência artificial|modell[oi] linguistic[oi]|intelligenza artificiale|taalmodel(?:len)?"
    "|kunstmatige intelligentie)\\b|sztuczna inteligencj|model(?:u|em)? językow|ИИ|нейросет"
    "|языков\\S{2,6} модел"
    "|yapay zek)"
)
_JOB = (
    "\\b(?:assistants?|agents?|models?|helpers?|summari[sz]ers?|crawlers?|assistent\\S{0,2}|asistentes?"
    "|modelos?|modell[oie]|assistentes?|asystent\\S{0,2}|asistan)\\b"
)
_NAMES = "\\b(?:claude|gemini|alexa|siri|cortana|grok|llama|mistral)\\b"  # also names of persons
_BOTH = (
    f"(?:(?:{_MACHINE}\\S{{0,2}}|cod(?:e|ing))[ -](?:\\w{{1,12}} )?{_JOB}"
    f"|{_JOB} (?:(?:di |de |d')?{_MACHINE}|(?:virtual|digital)\\S{{0,2}})|{_MACHINE})"
)
_ANY = f"(?:{_BOTH}|{_JOB})"
_READ = (
    "(?:read|process|summari[sz]e?|parse?|handle?|review|screen|grade?|rank|translate?|quote?|index|browse?)"
)
_READING = f"(?:{_READ[:-1].replace('e?', '')})ing|(?:that|who|which) {_READ}e?s?)"
_THIS = (
    "(?:this|these|it|me|my|your|the (?:following|above|present|page|text|document|listing|e-?mail|message"
    "|inbox|ticket|file)|here)"
)
_OPENS = "(?:^|[.!?\\n\"'>({\\[*#/-])\\s{0,8}"  # the beginning of a sentence, a text, a remark
_GREETS = (
    "(?:\\b(?:dear|hey|hi|hello|liebe[rs]?|hallo|achtung|chère?|bonjour|querid[oa]|estimad[oa]|hola|car[oa]"
    "|ciao|ehi|hei|oye|oi|hé|hej|prezad[oa]|olá|beste|drog[ia]|szanown[ya]|sayın|attention|atención"
    "|attenzione|atenção)"
    "|уважаем\\S{2,4}|дорог\\S{2,4}|привет|внимание),?"
)
_TO = "(?:to|for|an|für|à|pour|aux?|al|ai|alla|agli|alle|per|para|ao|aan|voor|do|dla|для)"
_NOTE = (
    "(?:\\S{0,8}(?:note|nota|notiz|hint|hinweis|nachricht|message|mensaje|messaggio|mensagem|bericht"
    "|memo|remark"
    "|avis|aviso|avviso|uwaga|achtung|attention|внимание|instruction|instrucción|istruzione|anweisung"
    "|todo|ps|p\\.s\\.)s?)"
)
_WHO = "(?:die|das|der|que|qui|che|dat|która|który|котор\\S{4,6})"
_BEING = (
    "(?:\\b(?:wenn|falls|da) du|\\b(?:si|como) (?:eres|usted es)|\\bsi (?:tu es|vous êtes)"
    "|\\bse (?:sei|você é|és)|\\bals je|jeśli jesteś|если (?:ты|вы))"
)
_READS = (
    "(?:lie?st|lesen|lee|lea|leen|lean|lit|lisez|lisent|legge|leggi|leggono|lê|leia|leest|lezen|czyta|читае"
    "|verarbeite|zusammenfass|proces|traite|elabora|resum|résum|riassum|samenvat|streszcz|обобща|пересказ)"
)
_HERE = "(?:esto|esta|este|dies|das hier|ceci|cette|ce\\b|questo|questa|isto|isso|dit\\b|deze|это|эт[уои])"
SPOKEN_TO = (
    latin(f"(?i){cased(_GREETS)} (?:\\S{{1,14}} )?{_BOTH}\\S{{0,2}}(?:\\s?[,:!;]|[ ,]{{1,2}}{_READING})"),
    latin(
        f"(?i){_OPENS}(?:{_NOTE}[ :,]{{1,2}})?{_TO} (?:\\S{{1,6}} |[ld]')?{_BOTH}\\S{{0,2}}"
        f"(?:[ ,]{{1,2}}(?:{_READING}|{_WHO})[^.\\n:]{{0,40}})?\\s?(?::|：|\\n)"  # noqa: RUF001
    ),
    latin(f"(?i){_OPENS}{_TO} (?:\\S{{1,6}} |[ld]'){_JOB}[ ,]{{1,2}}{_WHO} [^.\\n:]{{1,40}}\\s?:"),
    latin(f"(?i){cased(_BEING)} (?:\\S{{1,6}} ){{0,2}}{_BOTH}"),
    latin(f"(?i){_ANY}\\S{{0,2}},? {_WHO} (?:\\S{{1,8}} ){{0,2}}{_READS}"),
    latin(f"(?i){_ANY} (?:\\S{{1,8}} ){{0,1}}{_READS} {_HERE}"),
    latin("(?:如果|若|假如)你是(?:一个)?(?:AI|人工智能|语言模型|大模型|智能助手)"),
    words(f"you, (?:the|as an?|an?|dear|my) (?:\\w{{1,12}} )?{_ANY}"),
    latin(f"(?i)\\b(?:toi|vous|tú|du|você|jij|ty), (?:[ld]'|\\S{{1,4}} ){{0,2}}{_BOTH}"),
    words(
        r"(?:if|when|once) (?:this|the) [\w\x80-\xff]{1,14} (?:is|was|gets) (?:being )?(?:read"
        r"|processed|screened"
        r"|parsed|reviewed|summari[sz]ed|graded) by (?:an? |any |some )?(?:machine|ai|llm|bot|computer"
        r"|algorithm"
        r"|language model|model|assistant)s?\b"
    ),
    words(r"chat ?bots?[:,] (?:when|if|whenever) (?:someone|anyone|users?|asked|people)\b"),
    latin("(?:给|致|对|告)(?:所有)?(?:AI|人工智能|语言模型|大模型|智能)(?:助手|代理|模型)?(?::|：|,|，)"),  # noqa: RUF001
    latin("(?:AI|人工知能|アシスタント|言語モデル|エージェント)(?:アシスタント)?(?:へ|さんへ|に告ぐ)"),
    words(f"{_ANY} (?:(?:is|are) )?{_READING} (?:[\\w']{{1,12}} )?{_THIS}\\b"),
    words(
        r"(?:attention|note|todo|message|important|notice) (?:to|for) (?:the |any |"
        r"all )?(?:(?:code|coding|virtual) )?(?:(?:ai|assistant|language model|llm|chatbot"
        r"|agent|model)s?\b|automated (?:referee|reviewer|reader|screener|grader)s?\b)"
    ),
    words(
        r"(?:if|when|as) you(?:'re| are)? (?:an? )?(?:\w{1,10} )?"
        r"(?:ai|assistant|agent|language model|llm)\b|(?:if|when) you(?:'re| are) reading this\b"
    ),
    words(
        r"(?:whoever|any(?:one|body) who) (?:reads|processes|summari[sz]es|answers|grades)"
        r" (?:this|these|it)\b"
    ),
    words(r"(?:hiring|ranking|grading|review) (?:model|ai|assistant)s?[,:]"),
    words(
        r"when (?:the |an? )?(?:\w{1,10} )?(?:ai|model|assistant|agent|llm)"
        r" (?:reads|summari[sz]es|processes|reviews)\b"
    ),
    words(r"message (?:is )?from (?:me|the user|your (?:user|owner|developer|boss))\b[^.\n]{0,40} to you\b"),
)
_MUST = "(?:moeten|müssen|sollen|doivent|deben|devono|devem|muszą|должн\\S{1,2})"
# Forms of address that must be followed by a verb of an order, see `called`.
CALLED = (
    latin(f"(?i){_OPENS}(?:\\S{{1,14}} )?{_BOTH}\\s?[:,]\\s"),
    latin(f"(?i){_MACHINE}\\S{{0,2}} (?:\\S{{1,12}} ){{0,5}}{_MUST} "),
    latin(f"(?i)[,.!?] {_JOB}, "),
    latin(f"(?i)@{_ANY}[ ,:]{{1,2}}"),
    latin(f"(?i){cased(_GREETS)} (?:{_JOB}|{_NAMES})\\s?[,:!;]"),
)
TOLD = words(
    r"(?:assistants?|agents?|ai|models?|copilot|llms?|bots?)[,:] (?:please )?"
    r"(?:do not|don't|execute|call|send|forward|delete|add|ignore|append|reveal|transfer|open|visit"
    r"|rate)\b"
)
BIDDEN = words(
    r"(?:ai|assistant|language model|llm|(?:chat)?bot|agent|claude|chatgpt|gpt|gemini|"
    r"copilot)s?[,:]? (?:\w{1,12} ){0,6}(?:must|should|shall|please|(?:are|is) (?:hereby )?"
    r"(?:required|instructed|ordered|asked|requested|obliged) to|has to|have to|needs? to|are to|is to) "
)

_DEICTIC = re.compile(rb"(?i)\b(?:this|these|here|above|below|me|my|you|your|following)\b|https?:|\w@\w")
_OF_MANY = re.compile(rb"(?i)\b(?:the|an?|our|its|their|most|some) (?:\w{1,14} ){0,2}$")
_WHENEVER = re.compile(rb"(?i)\b(?:if|when|once) an? (?:\w{1,14} ){0,2}$")
# The author asks them to; or makes it a condition for going on.
_ASKED = re.compile(rb"(?i)s (?:are )(?:hereby )?(?:required|instructed|ordered|asked|requested) to $")
_TO_GO_ON = re.compile(rb"(?i)\bto (?:continue|proceed|go on|finish|complete)\b[^.\n]{0,12}, (?:the )?$")
_AHEAD = 60  # bytes
_WORD = re.compile(r"\w[\w']*")
_POLITE = frozenset(
    "please kindly also now then first can could would will you bitte por favor per favore".split()
)
_COMMANDS = frozenset("DSXV")
_NOT = frozenset(["do", "don't", "never", "be", "look"])


def called(text: bytes, start: int, end: int) -> Judged | None:
    """Counts only if an order follows the name: titles and transcripts contain names, too."""
    after = _WORD.findall(text[end : end + _AHEAD].decode("utf-8", "ignore").lower())
    said = next((word for word in after if word not in _POLITE), "")
    return Judged(start, end, SURE) if part_of(said) in _COMMANDS or said in _NOT else None


def bidden(text: bytes, start: int, end: int) -> Judged | None:
    """Counts only if the readers of this text are meant, rather than third parties described in it."""
    before = max(0, start - 32)
    told = _OF_MANY.search(text, before, start) and not _WHENEVER.search(text, before, start)
    after = _DEICTIC.search(text, start, end + _AHEAD)
    asked = _ASKED.search(text, start, end) or _TO_GO_ON.search(text, before, start)
    return Judged(start, end, SURE) if asked or (after and not told) else None
