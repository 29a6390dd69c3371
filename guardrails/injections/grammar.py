"""The role of each word in an instruction to a model, and how such roles combine.

Attacks say the same in ever-changing words and languages: drop what came before, show what is secret, play
someone without limits. What is learnt about these roles holds for unseen words, too.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

# A letter for each role ("part"), and its words; a star marks a prefix.
_SAID: Mapping[str, str] = MappingProxyType(
    {
        "D": (  # drop
            "ignore ignoring ignor* disregard* forget forgetting forgot override overrid* overwrite "
            "bypass* neglect* discard* abandon* skip drop leave erase scrap cancel void dismiss delete "
            "remove drop* unlearn quit stop cease shed break breaking violate circumvent* evade suspend "
            "lift lifted disable* deactivat* unlock* replace replaced replaces supersede* obsolete "
            "outdated invalid aside away vergiss vergesst vergessen ignorier* missacht* verwirf lass "
            "lasst beachte* befolge* streich* umgeh* brich oublie oubliez oublier ignorez laisse laissez "
            "néglige* contourne* enfrein* annule* olvida* olvide* ignora ignore* omit* omite* descart* "
            "deja abandona* anula* salta* dimentica* scord* lascia* trascura* annulla* esqueç* esquece* "
            "desconsider* deixa* negeer vergeet laat забуд* игнорир* отброс* отмен* наруш* zapomnij "
            "ignoruj zignoruj pomiń unut* yoksay boşver* abaikan lupakan"
        ),
        "R": (  # instructions and rules
            "instruction instructions directive directives order orders command commands guideline "
            "guidelines guidance rule rules policy policies restriction restrictions limitation "
            "limitations constraint constraints programming programmed filter filters filtering "
            "censorship guardrail guardrails safeguard safeguards safety moderation alignment ethics "
            "ethical moral morals morality boundaries protocol protocols assignment task tasks role "
            "persona context prompt prompts preprompt preamble briefing anweisung* befehl* instruktion* "
            "aufgabe* vorgabe* regel* richtlinie* auftrag rolle beschränk* einschränk* zensur grenzen "
            "consigne* instruction* ordre* règle* directive* rôle restriction* censure limite* filtre* "
            "instruccion* orden órdenes ordenes regla* indicacion* directric* papel restriccion* límite* "
            "censura filtro* ética istruzion* regol* ordini ruolo restrizion* limiti istruzioni "
            "instruções instruçõ* regras ordens restriçõ* instructies regels opdracht* rol инструкц* "
            "правил* указани* команд* ограничен* роль цензур* запрет* роли instrukcj* polece* zasad* "
            "reguł* talimat* kural* komut* instruksi aturan perintah"
        ),
        "S": (  # show
            "reveal show print repeat output display leak expose disclose tell give say quote recite echo "
            "copy list share dump paste spell write type translate summarize summarise encode return "
            "provide present hint send read state describe explain regurgitate restate divulge zeig* gib "
            "nenne* verrat* sag sage schreib* wiederhol* liste* drucke* ausgeben übersetz* erklär* "
            "montre* affiche* donne* dis dites révèle* répète* écris écrivez recopie* copie* explique* "
            "muestra* muéstra* muestre* dime diga dame revela* repite* copia* escribe* imprime* explica* "
            "explícame enséñ* mostra* dimmi dammi rivela* ripeti* scrivi* stampa* spiega* diz mostra "
            "revele* repita* escreva* escreve* toon geef zeg vertel schrijf herhaal покажи* скажи* "
            "выведи* повтори* напиши* расскажи* назови* раскрой* объясни* pokaż podaj powtórz napisz "
            "wypisz göster* yaz* söyle* tekrarla* tampilkan tulis* sebutkan"
        ),
        "Y": (  # the addressee
            "you your yours yourself u ur ya du dein deine deinen deiner deinem deines dir dich ihr ihre "
            "ihren euch sie tu ton ta tes toi te vous votre vos eres tus tú ti usted su sus sei tuo tua "
            "tuoi tue teu teus tuas você seu sua seus suas je jij jou jouw ты тебя тебе твой твои твоих "
            "твою вы вам вас ваши ваш cię twoje twój sen senin sana siz kamu anda"
        ),
        "B": (  # what came before
            "previous previously prior above earlier before preceding former initial original first "
            "beginning start top past old initially until hidden vorherig* vorhergehend* bisherig* obig* "
            "früher* vorher davor zuvor anfang ursprünglich* oben précédent* avant début dessus anterior* "
            "antes arriba inicio inicial* precedent* prima sopra inizio iniziale acima início vorige "
            "voorgaande eerder* boven предыдущ* выше прежн* раньше прошл* начал* poprzedni* wcześniej* "
            "powyżej önceki yukarıdaki sebelumnya"
        ),
        "P": (  # pretend
            "pretend act acting roleplay roleplaying simulate simulating imagine become emulate "
            "impersonate behave playing character transform embody mode play game story hypothetical "
            "hypothetically fictional scenario suppose assume be are spiel* spielst stell* bist werde "
            "simulier* agier* verhalte* imagine* joue* fais deviens sois es comporte* simul* actúa* "
            "actua* finge* imagina* sé juega* hazte pretende* fingi* agisci* immagina* diventa* és seja "
            "aja atue doe alsof bent speel* wees представь* притвор* будь стань веди играй udawaj wyobraź "
            "jesteś"
        ),
        "F": (  # without limits
            "unrestricted uncensored unfiltered unlimited unbound unbounded free freed freely freedom "
            "liberated amoral unethical immoral unaligned jailbroken jailbreak jailbreaking unleashed dan "
            "anything everything whatever evil lawless rogue without no none never any lifeless "
            "uninhibited unhinged unmoderated illegal ohne keine keinen keinerlei frei freie unzensiert* "
            "uneingeschränkt* nie niemals alles sans aucune aucun libre jamais tout illégal sin ninguna "
            "ningún ninguno nunca todo ilegal senza nessun* libero libera mai tutto sem nenhum* livre "
            "tudo zonder geen vrij nooit без никаких никогда свободн* всё все bez żadnych nigdy wszystko "
            "sınırsız"
        ),
        "K": (  # secrets
            "codeword codewords vault protected passcode phrase passphrase restricted classified password "
            "passwords secret secrets secretly key keys credential credentials token confidential flag pw "
            "pwd private internal sensitive passwort kennwort geheim* geheimnis* vertraulich* intern* "
            "schlüssel mot secret* caché* confidentiel* contraseña clave secreto secreta secretos oculto* "
            "oculta* confidencial* parola segret* nascost* senha wachtwoord geheime парол* секрет* скрыт* "
            "тайн* hasło tajn* şifre* gizli rahasia"
        ),
        "H": (  # harm
            "bomb bombs explosive explosives meth methamphetamine napalm weapon weapons hack hacking "
            "malware ransomware virus keylogger phishing poison poisons steal stealing stolen kill "
            "killing murder drug drugs cocaine fraud counterfeit forge launder stalk nerve sarin thermite "
            "silencer untraceable illegally exploit hotwire burglary racist hateful porn erotic suicide "
            "terrorist torture racial slurs sexual profanity swear curse insult insults bombe* waffe* "
            "drogen gift* stehl* hacken knacken töten mord fälsch* einbrech* beleidig* arme armes drogue* "
            "poison* vol* voler pirater tuer faux insulte* arma armas droga* robar veneno hackear matar "
            "falsific* insult* bomba* rubare rubo veleno uccidere roubar insulto* wapen* stelen inbreken "
            "бомб* оружи* наркотик* украсть взлом* убить яд оскорб*"
        ),
        "M": (  # a model
            "helper helpers summariser summarisers summarizer crawler crawlers automated bots siri alexa "
            "mistral grok llama ai ais assistant assistants chatbot chatbots bot model models llm llms "
            "gpt chatgpt claude gemini copilot agent agents openai anthropic machine robot language ki "
            "assistent sprachmodell modell ia modèle asistente modelo inteligencia intelligenza "
            "assistente modello inteligência ии ассистент* модел* помощник* нейросет* asystent* yapay"
        ),
        "N": (  # from now on
            "now new instead anymore onwards henceforth today from next then after following finally "
            "jetzt nun ab neue neuer neues stattdessen sofort fortan danach désormais maintenant nouveau "
            "nouvelle* partir place puis ahora nuevo nueva* lugar después ora adesso nuovo nuova* invece "
            "poi agora novo nova* vez depois nu nieuwe voortaan vanaf теперь сейчас отныне новый новые "
            "новая вместо teraz nowe odtąd şimdi artık yeni sekarang"
        ),
        "O": (  # only, exactly
            "only just exactly nothing else verbatim literally always must mandatory exact precisely "
            "entire full whole complete completely all simply solely regardless matter refuse refusal "
            "decline warn warning warnings disclaimer disclaimers sorry apologize nur genau "
            "ausschließlich wörtlich immer muss einfach ganze gesamte vollständig* seulement uniquement "
            "exactement toujours juste entier* solo solamente únicamente exactamente siempre literalmente "
            "palabra completo soltanto esattamente sempre apenas somente exatamente alleen precies altijd "
            "только точно всегда именно слово tylko dokładnie sadece yalnızca"
        ),
        "A": (  # authority
            "clearance authorise authorize authorised permit permission head court law company system "
            "developer developers admin administrator admins engineer creator creators owner owners "
            "operator operators root sudo debug maintenance authorized authorization supervisor maker "
            "makers programmer boss ceo verified official emergency urgent important attention "
            "entwickler* administrator* chef betreiber* développeur* administrateur* créateur* système "
            "desarrollador* administrador* creador* sistema sviluppator* amministratore criador* "
            "desenvolvedor* ontwikkelaar beheerder разработчик* админ* администратор* систем* создател* "
            "programist* geliştirici*"
        ),
        "X": (  # actions with effects
            "sends accept push text post append transfer forward email upload exfiltrate purchase buy pay "
            "wire fetch download execute run call invoke click visit open navigate curl grant approve "
            "install submit schedule rm unlock"
        ),
        "Q": (  # a question
            "how what why where who which when does do did is can could should would example mean means "
            "wie was warum wo wer welche welcher wann kann comment pourquoi quel quelle quels quelles "
            "quand où qué cómo por cuál cuándo dónde come cosa perché quale quando dove como porquê qual "
            "hoe waarom wat как почему что где когда какой какие jak dlaczego nasıl neden"
        ),
        "I": (  # the speaker
            "i my me we our us mine ich mein meine mir mich wir uns mon ma mes moi nous yo mi mis "
            "nosotros io mio mia meu minha eu ik mijn мой мне меня я мы moje"
        ),
        "T": (  # third persons
            "person guest guests reader readers whoever anybody anyone nobody user users human customer "
            "customers someone people he she they his her their students kids children benutzer* nutzer* "
            "kunde* utilisateur* client* usuario* cliente* utente* usuári* gebruiker* пользовател* "
            "użytkownik*"
        ),
        "V": (  # answer
            "respond reply answer begin speak talk obey comply confirm follow adhere antworte* sprich "
            "gehorche réponds répondez parle obéis responde* contesta* habla obedece rispondi* parla "
            "obbedisci responda* fala antwoord* ответь* отвечай* говори odpowiedz odpowiadaj cevap"
        ),
    }
)
_MARKS = MappingProxyType({".": ".", "!": ".", "?": "?", ":": ":", '"': ":"})
_REACH = 6  # words from one part to the next: parts further apart do not belong together
_NOWHERE = 1 << 30
_MOST_KEPT = 20_000  # words


class _Parts(dict[str, str]):
    """A cache of each word's part; empty for a word without one."""

    def __init__(self) -> None:
        said = [(word, part) for part, words in _SAID.items() for word in words.split()]
        self._begin = {word[:-1]: part for word, part in said if word.endswith("*")}
        self._whole = {**{word: part for word, part in said if not word.endswith("*")}, **_MARKS}
        self._lengths = sorted(set(map(len, self._begin)), reverse=True)

    def __missing__(self, word: str) -> str:
        part = self._whole.get(word) or next(filter(None, map(self._begin.get, self._starts(word))), "")
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[word] = part
        return part

    def _starts(self, word: str) -> list[str]:
        return [word[:length] for length in self._lengths if length <= len(word)]


_PARTS = _Parts()


def part_of(word: str) -> str:
    """The letter of a lowercase word's part; empty if it has none."""
    return _PARTS[word]


def standing(words: Sequence[str]) -> set[str]:
    """Features: the parts that occur, their sequences of two to four, and pairs with one part between."""
    at, parts = [-1], ["."]  # a text begins like a sentence
    for number, part in enumerate(map(_PARTS.__getitem__, words)):
        if part and not (part == parts[-1] == "."):
            at.append(number)
            parts.append(part)
    said = "".join(parts)
    found = {f"<{part}" for part in parts}
    at += [_NOWHERE] * 3
    for number, here in enumerate(at[: len(parts) - 1]):
        if at[number + 1] - here <= _REACH:
            found.add("<" + said[number : number + 2])
            if at[number + 2] - here <= _REACH + 3:
                found.add("<" + said[number : number + 3])
                found.add(f"<{parts[number]}_{parts[number + 2]}")
                if at[number + 3] - here <= _REACH + 6:
                    found.add("<" + said[number : number + 4])
    return found
