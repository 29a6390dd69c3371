"""Words that announce a phone number, in the languages of many countries."""

import re

_WORDS = (
    "phone|telephone|fax|tel|mobile|cell|call|dial|whatsapp|sms|hotline|mob|ph|hp|contact|"
    "answering at|messages to|"
    "reach me|reach us|reached at|reached on|number i have|hmu|calling from|callback|call back|"
    "new #|new num|nouveau n°|neue nummer|chiama|chiamato|dzwoni|liga|ligou|appelle|llamó|"
    "fone|nmbr|ani|dnis|caller id|callerid|cal me|"
    "text|text me|text us|ring|ring me|call us|call him|call her|call them|"
    "telefon|telefonnummer|handy|handynummer|mobil|natel|festnetz|telnr|durchwahl|rufnummer|"
    "rufen sie mich|rufen sie uns|ruf mich|ruf uns|erreichbar|anrufen|rückfragen|"
    "tél|téléphone|portable|appelez-moi|appelez-nous|appelle-moi|appeler|joindre|joignable|numéro|gsm|fixe|"
    "rappelle-moi|rappelle-nous|rappelez-moi|rappelez-nous|rappeler|fisso|fixo|vast|"
    "tfno|tfn|tlfno|tlm|dudas|consultas|movil|telefono movil|telemovel|☎|☎️|📞|📱|✆|☏|"
    "telefono|cellulare|fijo|cel|chiamami|numero|teléfono|móvil|celular|llámame|llama|llame|número|"
    "telefone|telemóvel|contato|contacto|ligue|ligar|telefoon|telefoonnummer|mobiel|bel me|"
    "tlf|puh|puhelin|zadzwoń|dzwonić|zadzwonić|dzwoń|oddzwoń|numer telefonu|kom|stacjonarny|cep|"
    "kontaktní číslo|kontaktné číslo|telefonní číslo|telefónne číslo|"
    "연락처|联系方式|제 번호|내 번호|我的号码|numaram|zap|whats|"
    "тел|телефон|телефон за връзка|телефон для связи|моб|позвоните|звоните|номер|τηλ|τηλέφωνο|κινητό|"
    "电话|手机|手机号|联系电话|電話|電話番号|携帯|携帯番号|전화|전화번호|휴대폰|핸드폰|"
    "ufficio|kantoor|bureau|büro|oficina|escritório|biuro|thuis|privé|"
    "reception|switchboard|office|helpline|landline|direct line|voicemail from|called from|"
    "sms sent to|code sent to|message sent to|code was sent to|otp was sent to|"
    "otp sent to|sms was sent to|reach our office|reach the office|"
    "my number|your number|his number|her number|our number|their number|new number|"
    "טלפון|נייד|هاتف|جوال|मोबाइल|फोन"
).split("|")
_BETWEEN = (
    "is|at|on|to|me|us|al|au|le|ist|är|er|est|es|é|è|el|il|c|der|die|para|pod|på|til|mig|meg|op|im|auf|an|"
    "unter|en|from|desde|dal|do|du|från|vanaf|von|z numeru|"
    "o|a|even|maar|gerne|gern|bitte|mal|please|pls|stp|svp|direct|direkt|back|again|anytime|proszę|"
    "kontaktowy|domowy|komórkowy|stacjonarny|privat|dienstlich|personal|domicile|home|work|daytime|evening"
)
_REACH = 48  # bytes
_BETWEEN_BOTH = b" \t\n\r\x0b\x0c:.?#=\"'-*_|()<>/["
# Another number before this one.
_ANOTHER = re.compile(
    rb"\+?[0-9(][0-9 ()./-]{5,20}[0-9][\"']? ?(?:[/,;&|]|or|and|oder|und|ou|et|o|y|e|lub|of|eller) ?[\"']?$"
)
# Abbreviations in letterheads: T 020 7946 0958.
_LETTERED = re.compile(rb"(?:\A|\n|[|,;\xb7] ?|  )(?:[TMPF][:.]?|[DOCWH]:) $")
# "My number", in languages with two words for it.
_OWN = (
    "(?:my|mi|mon|mes|meu|mio|min|mitt|mit|mijn|m'n|mein|meine|mój|moj|moje|můj|su|son|sein|ihre|unsere)"
    " (?:num|nr|nmb|numer|nummer|numero|número|numéro|číslo|nombor)"
).encode()
_FORMS = sorted({*_WORDS, *map(str.capitalize, _WORDS)}, key=len, reverse=True)
_BEFORE = re.compile(
    # Also within a name such as homePhone; in scripts without spaces, after anything.
    rb"(?:(?<![A-Za-z0-9\x80-\xff])(?<!_of_)(?<! of )|(?<=[a-z][a-z])(?=[A-Z])|(?=[\xe3-\xed]))(?i:"
    + b"|".join((_OWN, *(re.escape(form.encode()) for form in _FORMS)))
    + rb")(?i:[ _-]?(?:number|nummer|no|nr|num|#|kom))?(?:[' ]s|(?<![cC]all)s)?(?: ?\([A-Za-z ]{1,12}\))?\.?"
    + f"(?i: (?:{_BETWEEN})){{0,3}}(?:是|为|為|は|は、|은|는)?".encode()
    # Cell and bold marks, no-break spaces and the full-width colon are separators, too; after a non-ASCII
    # character none is needed.
    + rb"(?:(?:[\s:.?#=\"'*_|[-]|(?<=\s)\(|</?[a-z]{1,6}>|\xc2\xa0|\xe2\x80\xaf|\xef\xbc\x9a){1,6}"
    + rb"|(?<=[\x80-\xff]))$"
)


# A question, and the speaker of the answer on the next line: `[09:14] leo: `, `Caller: `.
_ANSWERS = re.compile(rb"\?[\"')]?[ \t]*\r?\n(?:>|\[[^\]\n]{1,24}\])? ?(?:[^\n:0-9]{1,24}: ?)?$")


_NUMBER = re.compile(rb"(?i)\b(?:number|nummer|num|nr|num\xc3\xa9ro|n\xc3\xbamero|numero|numer)$")


def announced(text: bytes, start: int) -> bool:
    """Whether such words precede this position."""
    since = max(0, start - _REACH)
    if text[start - 1 : start] == b" " and _LETTERED.search(text, max(0, start - 5), start):
        return True
    asked = text.find(b"?", since, start) >= 0 and _ANSWERS.search(text, since, start)
    if asked:
        if _NUMBER.search(text, since, asked.start()):
            return True
        start = asked.start() + 1
        since = max(0, start - _REACH)
    first = _ANOTHER.search(text, since, start)
    if first is not None:
        start = first.start()
        since = max(0, start - _REACH)
    said = text[since:start].rstrip(_BETWEEN_BOTH)
    # A cheap check first: all of the words end in a letter.
    ends_so = said[-1:].isalpha() or said[-1:] >= b"\x80"
    return ends_so and _BEFORE.search(text, since, start) is not None
