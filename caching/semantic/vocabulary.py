"""Word lists for comparing texts, mostly English: our own, and short on purpose."""

from collections.abc import Mapping
from types import MappingProxyType


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FILLERS = _set(
    "a an the and or of to in on at for by with from as into about is are was were be been being am do "
    "does did can could would will shall should may might must i me my mine we us our you your it its "
    "this that these those there here it's what which who whom whose how why when where if then than so "
    "but please kindly tell explain describe give show let know want need help hello hi hey thanks thank "
    "just really very actually some any also get got has have had having i'm what's how's that's i'd i've "
    "you're let's way ways thing things exactly"
)
NEGATIONS = _set(
    "not no never without cannot nor neither none nobody nothing except excluding lacking un non"
)
# With one of these words the answer to a question may change within a day.
MOMENTS = _set(
    "today today's tonight now currently current tomorrow yesterday latest newest recent recently "
    "nowadays moment weather date still yet ago upcoming ongoing trending news headlines price prices score "
    "scores raining snowing up-to-date lately forecast "
    "jetzt heute morgen gestern aktuell aktuelle aktuellen aktueller aktuelles derzeit momentan gerade "
    "maintenant aujourd'hui demain hier actuel actuelle actuels actuelles actuellement récent récente "
    "ahora hoy mañana ayer actual actuales actualmente reciente hoje agora amanhã ontem atual atualmente "
    "adesso oggi domani ieri attuale attualmente nu vandaag gisteren huidige"
)
NUMERALS: Mapping[str, str] = MappingProxyType(
    {
        word: str(number)
        for number, words in enumerate(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen twenty".split()
        )
        for word in [words]
        if word != "one"  # usually a pronoun
    }
    | {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80"}
    | {"ninety": "90", "hundred": "100", "thousand": "1000", "million": "1000000", "billion": "1000000000"}
    | {"first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "dozen": "12"}
    | {"half": "1/2", "quarter": "1/4", "twice": "2x", "double": "2x", "triple": "3x"}
)


def _named(lines: str) -> Mapping[str, str]:
    """Maps each word of a line to the line's first word."""
    found = {}
    for line in lines.strip().splitlines():
        words = line.split()
        found.update(dict.fromkeys(words, words[0]))
    return MappingProxyType(found)


UNITS = _named(
    """
    km kilometer kilometers kilometre kilometres
    meter meters metre metres
    cm centimeter centimeters centimetre centimetres
    mm millimeter millimeters millimetre millimetres
    mile miles
    yard yards
    foot feet ft
    inch inches
    kg kilogram kilograms kilo kilos
    gram grams
    mg milligram milligrams
    ton tons
    tonne tonnes
    pound pounds
    lb lbs
    ounce ounces oz
    liter liters litre litres
    ml milliliter milliliters millilitre millilitres
    gallon gallons
    cup cups
    tablespoon tablespoons
    teaspoon teaspoons
    celsius centigrade
    fahrenheit
    kelvin
    second seconds secs
    ms millisecond milliseconds
    minute minutes mins
    hour hours hrs
    day days
    daily
    week weeks
    weekly
    month months
    monthly
    year years
    yearly annual annually
    decade decades
    century centuries
    byte bytes
    bit bits
    kb kilobyte kilobytes
    mb megabyte megabytes
    gb gigabyte gigabytes
    tb terabyte terabytes
    mph
    kph
    knots knot
    watt watts
    kw kilowatt kilowatts
    volt volts
    amp amps ampere amperes
    joule joules
    calorie calories
    kcal
    hectare hectares
    acre acres
    hz hertz
    mhz megahertz
    ghz gigahertz
    pascal pascals
    psi
    radian radians
    degree degrees °
    percent % percentage
    $ dollar dollars usd
    € euro euros eur
    £ gbp sterling
    ¥ yen jpy
    yuan rmb cny
    rupee rupees inr
    franc francs chf
    """
)
DATES = _named(
    """
    january jan
    february feb
    march
    april apr
    may
    june jun
    july jul
    august aug
    september sept sep
    october oct
    november nov
    december dec
    monday mondays mon
    tuesday tuesdays tue
    wednesday wednesdays wed
    thursday thursdays thu
    friday fridays fri
    saturday saturdays sat
    sunday sundays sun
    spring
    summer
    autumn fall
    winter
    morning mornings am
    afternoon afternoons pm
    evening evenings
    night nights
    """
)
DATES = MappingProxyType({word: name for word, name in DATES.items() if word not in ("may", "am", "second")})


def _opposites(pairs: str) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in pairs.split():
        sides = [side.split(",") for side in pair.split("|")]
        for mine, theirs in (sides, sides[::-1]):
            for word in mine:
                found.setdefault(word, set()).update(theirs)
    return MappingProxyType({word: frozenset(others) for word, others in found.items()})


OPPOSITES = _opposites(
    "before|after increase,raise|decrease,reduce,lower,cut buy,purchase|sell maximum,max|minimum,min "
    "maximize,maximise|minimize,minimise import|export left|right up|down above,over|below,under "
    "more|less,fewer most|least first|last start,begin,open|stop,end,close,finish enable|disable "
    "add,install|remove,delete,uninstall encrypt|decrypt encode|decode compress|decompress "
    "accept|reject,decline allow|forbid,deny,block,ban hot|cold warm|cool fast,quick|slow "
    "big,large|small,little long|short tall|short high|low good|bad best|worst better|worse old|new,young "
    "rich|poor strong|weak hard,difficult|easy,simple safe|dangerous,unsafe legal|illegal "
    "possible|impossible true|false positive|negative win|lose gain|lose,loss profit|loss "
    "advantage,benefit,pro|disadvantage,drawback,con input|output upload|download push|pull send|receive "
    "lend|borrow love,like|hate,dislike male|female man,men|woman,women boy|girl husband|wife "
    "mother|father son|daughter brother|sister north|south east|west inside,indoor|outside,outdoor "
    "public|private ascending|descending odd|even minor|major vertical|horizontal early|late "
    "arrive,arrival|depart,departure,leave earn|spend save|spend wet|dry light|dark heavy|light "
    "full|empty raw|cooked connect|disconnect lock|unlock mount|unmount follow|unfollow "
    "subscribe|unsubscribe include|exclude with|without internal|external gross|net debit|credit "
    "asset|liability alive|dead happy|sad pass|fail success|failure sync,synchronous|async,asynchronous "
    "static|dynamic upper|lower always|never convex|concave rise|fall supply|demand teacher|student "
    "employer|employee grow|shrink lawful|unlawful visible|invisible active|inactive secure|insecure "
    "common|rare,uncommon"
)
# With one of these, the same words in another order are a different question.
ORDERED = _set(
    "than to from before after over under into by vs versus beat beats between against minus divided per "
    "older younger bigger smaller taller faster slower better worse more less causes cause caused convert "
    "translate follow follows owes gave gives teach replace replaced instead - / < > > ^ kill killed"
)

# Question words by kind. `what` and `how` are left out, as they are mostly interchangeable.
QUESTIONS: Mapping[str, str] = MappingProxyType(
    {"who": "who", "whom": "who", "whose": "whose", "where": "where", "when": "when", "why": "why"}
)

# For `caching.semantic.wording`, where all other words count.
ARTICLES = _set("a an the")
FEW = _set("few little lot bit while")  # before these an article changes the meaning
BOUND = _set(
    "if when whenever unless once while until before after because did was were had"
)  # words that tie a question to particular occasions
WANTING = _set("what who whom whose which where when why how")
AUXILIARIES: Mapping[str, str] = MappingProxyType(
    {"is": "be", "are": "be", "am": "be", "were": "was", "does": "do", "might": "may"} | {"has": "have"}
)
_CONTRACTED = (
    {f"{word}'s": f"{word} is" for word in "what who where when why how that there here it".split()}
    | {f"{word}'re": f"{word} are" for word in "you we they".split()}
    | {f"{word}'ve": f"{word} have" for word in "i you we they".split()}
    | {f"{word}n't": f"{word} not" for word in "do does did is are was were has have had".split()}
    | {f"{word}n't": f"{word} not" for word in "could would should must might need".split()}
    | {f"{word}'ll": f"{word} will" for word in "i you we they he she it that what who there".split()}
    | {"can't": "can not", "cannot": "can not", "won't": "will not", "i'm": "i am"}
)
_WORDS_WITHOUT = _set("it's we're she'll he'll we'll i'll who'll")  # its, were, shell, hell, well, ill
# Also without apostrophes, as many people write them, unless that is another word.
CONTRACTIONS: Mapping[str, str] = MappingProxyType(
    {each.replace("'", ""): words for each, words in _CONTRACTED.items() if each not in _WORDS_WITHOUT}
    | _CONTRACTED
)
NEGATIONS |= {each for each, words in CONTRACTIONS.items() if words.endswith(" not")}
# Not content words: other rules compare them.
EMPTY = FILLERS.union(NUMERALS, CONTRACTIONS) | _set(
    "one not pls plz hallo guten tag abend bitte bonjour bonsoir salut s'il te vous plaît hola buenos días "
    "por favor ciao buongiorno olá"
)
BEFORE_ME = _set(
    "do does did can could should would may might must am was will shall have had if when where why how what "
    "which who that than and or but because so as before after while until unless since not"
)
# Verbs with which `how do I` or `how can I` does not ask for a method, as in `how do I look`.
SEEMING = _set(
    "look sound feel seem smell appear do work think go know like have be owe die age fail miss forget"
)
# The same if they have no object: `how do I rank` asks for the rank.
STATES = _set(
    "rank stand sleep compare score rate weigh measure differ relate behave act react breathe hear see "
    "digest fare come perform live eat fit look smell match stack lose"
)
TOUCHING = _set(
    "with against among to in on as at for up across when if than from without under alongside between"
)
PERSONS = _set("it they he she i you we this that these those")
OWNERS = _set("my your his her its our their")
WHOSE = OWNERS | {"the"}
STRESSES = _set("actually")  # not `really`, which may mean `very`
SPELLINGS = _named(
    """
    color colour
    colors colours
    favorite favourite
    flavor flavour
    favor favour
    honor honour
    neighbor neighbour
    neighbors neighbours
    behavior behaviour
    humor humour
    rumor rumour
    center centre
    theater theatre
    fiber fibre
    gray grey
    tire tyre
    tires tyres
    pajamas pyjamas
    mustache moustache
    organize organise
    organization organisation
    realize realise
    recognize recognise
    apologize apologise
    summarize summarise
    analyze analyse
    optimize optimise
    customize customise
    traveling travelling
    canceled cancelled
    jewelry jewellery
    aluminum aluminium
    defense defence
    """
)  # American first; not applied to texts about words
# Two of them mark a text as English; only then is `a` an article and `does` a form of `do`. Words that
# other languages share are left out.
ENGLISH = _set(
    "the of is are does did do can could would should what who whom whose which where when why how with "
    "about your it its this that these those from and there i you we they write give explain"
)
# After these `a` is a name: https://en.wikipedia.org/wiki/Vitamin_A
LABELLED = _set(
    "vitamin hepatitis type plan schedule grade section letter class group option part appendix exhibit team "
    "chapter figure table point line gate terminal size answer model level tier category phase stage series "
    "division block building room unit drive zone route bus step column row variable form factor"
)
# Names that are different words in lower case, and rarely capitalised for emphasis.
CAPITALS = _set(
    "IT US WHO AM AIDS ACT RAM PIN SAT OR IN ME ON AT NO SO DO GO ADD ARM BASIC CAT COBRA DASH DOT EAR FAST "
    "ICE LAMP MASH MINT PET REST RIP SAD SALT SNAP SOAP STEM SWAT WASP WISE"
)
# Verbs of requests to a model or an official: after these greetings and `please` can be dropped.
ORDERS = _set(
    "add advise analy[sz]e answer arrange brainstorm build calculate cancel change check classify compare "
    "compose compute convert correct count create debug define delete describe design draft draw edit "
    "estimate evaluate explain extract find fix format generate give help identify implement improve "
    "list make name outline paraphrase plan predict proofread propose prove provide rank recommend refactor "
    "rephrase reset resolve rewrite send show simplify solve sort specify suggest summari[sz]e tell "
    "translate update verify write let's i'd i'm "
    "schreibe? erkläre? nenne? gib zeige? übersetze? fasse? liste erstelle? hilf sage? beschreibe? "
    "écris écrivez explique explique[sz] donnez? montrez? dis dites résumez? traduis traduisez aide aidez "
    "faites créez? listez? décris rédigez? "
    "escrib[ea] explica da dame dime muestra resume traduce ayuda ayúdame haz lista crea describe"
)  # as regular expressions
# Verbs with which `could I` means `can I`; not as in `how could I betray a friend`.
SERVED = _set(
    "apply boil book build buy calculate cancel change check clean close compare compute configure connect "
    "contact convert cook copy create debug delete deploy disable download enable export filter find fix "
    "format get grow implement import improve install learn log merge migrate move order parse pay print "
    "prevent purchase remove rename renew repair replace report reset resize restart restore return save "
    "schedule send set sign solve sort split start store switch test track transfer turn undo uninstall "
    "unlock unsubscribe update upgrade upload use wash write"
)
# Languages: `in French, what is …` may ask for an answer in it, or for a translation into it.
TONGUES = _set(
    "english german french spanish italian portuguese dutch latin greek russian chinese mandarin cantonese "
    "japanese korean arabic hindi turkish polish swedish danish norwegian finnish czech hungarian hebrew "
    "ukrainian romanian bulgarian croatian serbian slovak thai vietnamese indonesian malay persian farsi "
    "urdu bengali tamil swahili irish welsh scottish gaelic catalan basque icelandic esperanto sanskrit"
)
# `In general` and the like concern the manner of the answer.
TELLING = _set(
    "general short brief detail particular theory practice fact addition contrast total summary words verse "
    "prose rhyme bullets layman's simple"
)
# Dates that are always capitalised; Summer, Night and Pascal are names.
_MONTHS = _set("january february april june july august september october november december")
LARGE = frozenset(word for word, name in DATES.items() if name.endswith("day") or name in _MONTHS)
# Abbreviations of days or units that are also words.
DOUBTFUL = _set(
    "march sun sat wed mon mar jan apr jun sep oct dec spring fall second am pm may double quarter foot knot "
    "kilo kilos"
)
# Words that are not simply the plural of the word without their ending.
APART = _set(
    "news glasses goods customs arms means contents savings thanks clothes series species lens physics "
    "economics politics ethics statistics mathematics mars spirits manners grounds forces damages brains "
    "spectacles shorts jeans pants looks works does this plus always perhaps besides towards across "
    "sometimes others yours ours theirs hers premises odds minutes mains blues futures sales "
    "woods waters bowels compasses facilities headquarters honors honours nerves particulars powers regards "
    "remains sands scales shades wits writings communications relations humanities securities talks "
    "authorities quarters cards turns sides hands lots lines times notes fingers dues ends greens "
    "specs darts drums corners strings places points ranks tabs"
)
