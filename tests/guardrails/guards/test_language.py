"""A text is found where it is surely in another language, and code, names and short texts are in none."""

import pytest

from config.catalog import GuardFacts
from guardrails.guard import SEPARATOR, Segment
from guardrails.guards.language import GUARD, languages_of

TABLE = [
    ("en", "How do I get from the station to the old town, and is it far from there?"),
    ("de", "Wie komme ich vom Bahnhof in die Altstadt, und ist das weit? Ich bin nicht gut zu Fuß."),
    (
        "fr",
        "Comment aller de la gare à la vieille ville, et est-ce que c'est loin pour une personne à pied ?",
    ),
    (
        "es",
        "¿Cómo llego de la estación a la ciudad vieja, y está lejos para una persona que va con los niños?",
    ),
    (
        "it",
        "Come arrivo dalla stazione alla città vecchia, e non è troppo lontano per una persona che cammina?",
    ),
    ("pt", "Como chego da estação à cidade velha, e não é longe para uma pessoa que vai com os filhos?"),
    ("nl", "Hoe kom ik van het station naar de oude stad, en is dat niet te ver voor een oude man?"),
    ("pl", "Jak dojść z dworca na stare miasto i czy to jest daleko, bo nie mam siły w nogach?"),
    ("sv", "Hur kommer jag från stationen till gamla stan, och är det inte för långt att gå med en väska?"),
    ("tr", "İstasyondan eski şehre nasıl giderim ve bu yol çok uzun mu, çünkü bir çanta var ve ne yapsam?"),
    ("ru", "Как пройти от вокзала в старый город?"),
    ("zh", "从车站到老城怎么走？"),
    ("ja", "駅から旧市街へはどう行けばいいですか。"),
    ("ko", "역에서 구시가지까지 어떻게 가나요?"),
    ("ar", "كيف أصل من المحطة إلى المدينة القديمة؟"),
    ("el", "Πώς πάω από τον σταθμό στην παλιά πόλη;"),
    ("hi", "स्टेशन से पुराने शहर तक कैसे जाऊँ?"),
]
NONE = [
    "",
    "ok",
    "gpt-4o-mini",
    "def add(left: int, right: int) -> int:\n    return left + right",
    '{"id": 4711, "tags": ["alpha", "beta"], "size": 3.5}',
    "Anna Müller, Hauptstraße 5, 10115 Berlin",
    "SELECT name FROM users WHERE id = 4",
    "lorem ipsum dolor sit amet consectetur adipiscing elit",
]


@pytest.mark.parametrize(("language", "text"), TABLE, ids=[row[0] for row in TABLE])
def test_a_language_is_told(language: str, text: str) -> None:
    assert language in languages_of(text)
    for allowed, found in ((language, 0), ("en" if language != "en" else "de", 1)):
        guard = GUARD.build(GuardFacts("tongue", "language", languages=(allowed,)))
        assert len(guard.inspect(Segment("input", text.encode()))) == found


@pytest.mark.parametrize("text", NONE)
def test_what_nobody_can_tell_is_in_none(text: str) -> None:
    assert languages_of(text) == frozenset()


def test_each_text_is_judged_by_itself() -> None:
    guard = GUARD.build(GuardFacts("tongue", "language", languages=("en",)))
    english, german = TABLE[0][1].encode(), TABLE[1][1].encode()
    [found] = guard.inspect(Segment("input", english + SEPARATOR + german))
    assert (found.kind, found.start, found.action) == ("LANGUAGE", len(english + SEPARATOR), "block")


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"languages": ("xx",)},
        {"languages": ("en",), "action": "mask"},
        {"languages": ("en",), "stages": ("tool_call",)},
    ],
)
def test_settings_that_make_no_guard(facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="tongue"):
        GUARD.build(GuardFacts("tongue", "language", **facts))  # type: ignore[arg-type]
