"""By default every word counts; manners, contractions and what a thing of a kind is called do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caching.semantic import wording as here
from caching.semantic.wording import bare, wording

SAME = [
    ("How do I boil an egg?", "how to boil eggs"),
    ("What is a monad?", "What are monads"),
    ("Can you recommend books?", "Recommend books"),
    ("Hi there! How could I boil an egg, please?", "How can I boil an egg"),
    ("Could you please tell me where the museum is?", "Where is the museum?"),
    ("How do I fix a 403 error?", "How can one fix 403 errors"),
    ("Translate dog into Spanish", "Please translate dog into Spanish."),
    ("Can you summarise the plot?", "Please summarise the plot."),
    ("Why is cd .. so fast?", "why is cd .. so fast ?"),
    ("What are some examples of it?", "What are the examples of it?"),
    ("is it open at 5 pm", "Is it open at 5 PM?"),
    ("Is it actually a good thing?", "Is it a good thing"),
    ("WHO WON IN 1998?", "Who won in 1998? Thanks a lot!"),
    ("Give me three ideas", "give me 3 ideas"),
    ("What are 1,000 meters in kilometers?", "What are 1000 metres in km?"),
    ("what is the uk tax rate", "What is the UK tax rate?"),
    ("What are symptoms of flu?", "What are the symptoms of flu?"),
    ("Why does a cat purr?", "Why do cats purr?"),
    ("Why isn't the app loading?", "Why is the app not loading?"),
    ("Can a dog eat what you eat?", "Can dogs eat what you eat?"),
    ("Where is it??", "Where is it?"),
    ("Why can't it be mended?", "Why can not it be mended"),
    ("What is a cafe\u0301?", "What is a caf\u00e9?"),
    ("How do I sort a list in Python?", "How can I sort lists in Python?"),
    ("What is the best way to do it?", "What are the best ways to do it?"),
    ("Write a SQL query that counts", "Write an SQL query that counts"),
    ("What colour is grey?", "What color is gray?"),
    ("why isnt the app loading", "Why isn't the app loading?"),
    ("Do you know when the wall was built?", "When was the wall built?"),
    ("Quick question: where is it?", "Where is it?"),
    ("Hi, can you tell me the age of Rome? Thanks", "What is the age of Rome?"),
    ("Wie \u00f6ffne ich die Datei?", "wie \u00f6ffne ich die datei"),
    ("Wo ist der Louvre?", "wo ist der Louvre"),
    ("\u00bfD\u00f3nde est\u00e1 el Louvre?", "D\u00f3nde est\u00e1 el Louvre"),
    ("\u5149\u5408\u4f5c\u7528\u662f\u4ec0\u4e48\uff1f", "\u5149\u5408\u4f5c\u7528\u662f\u4ec0\u4e48"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_is_alike(one: str, other: str) -> None:
    assert wording(one).is_like(wording(other))
    assert wording(other).is_like(wording(one))


APART = [
    ("What is x?", "What is X?"),
    ("Why does it stop?\nfor i in x:\n    f(i)\ng()", "Why does it stop?\nfor i in x:\n    f(i)\n    g()"),
    ('How long is "a  b"?', 'How long is "a b"?'),
    ("Wie weit sind 2,500 km?", "Wie weit sind 2500 km?"),
    ("Which is the best book on fishing?", "what are the best books on fishing"),
    ("Is it really cold?", "Is it cold?"),
    ("convert 10 Nm", "convert 10 nm"),
    ("How do I boil an egg?", "how to boil egg"),
    ("Hello, Dolly", "Dolly"),
    ("What does a glass bottle weigh?", "What does glass bottle weigh?"),
    ("What is a lead?", "What is lead?"),
    ("Can I bring a dog?", "Can I bring dogs?"),
    ("Why did a train stop in Lyon?", "Why did trains stop in Lyon?"),
    ("What do I do if a tooth falls out?", "What do I do if teeth fall out?"),
    ("What happens if I miss a train?", "What happens if I miss trains?"),
    ("Why do the users who are not active pay?", "Why are the users who are active not paying?"),
    ("Where is my shoe?", "Where are my shoes?"),
    ("How heavy is 10 stone?", "How heavy is 10 stones?"),
    ("How do I look?", "How can I look?"),
    ("How do you find me?", "How do I find me?"),
    ("Which is the soup?", "What is the soup?"),
    ("What is exactly 5?", "What is 5?"),
    ("How can you help?", "How can I help?"),
    ("Write the list", "Write a list"),
    ("The shop is open on Sunday.", "The shop is open on Sunday?"),
    ("You did it", "You did it?!"),
    ("Recommend a book", "Recommend books"),
    ("Could he swim as a child?", "Can he swim as a child?"),
    ("What does cd .. do?", "What does cd . do?"),
    ("What is Python 3.10?", "What is Python 3.1?"),
    ("Is the answer a?", "Is the answer?"),
    ("Please", "Thanks"),
    ("What is s[1:]?", "What is s[:1]?"),
    ("Who was Henry I?", "Who was Henry?"),
    ("Explain how magnets work?", "How do the magnets work"),
    ("Is the chicken safe to eat?", "Is chicken safe to eat?"),
    ("what is vitamin a good for?", "what is a vitamin good for?"),
    ("is hepatitis a contagious?", "is hepatitis contagious?"),
    ("is type a blood rare?", "is a type blood rare?"),
    ("Is it safe to run rm -rf .?", "Is it safe to run rm -rf?"),
    ("What does File.read! return in Elixir?", "What does File.read return in Elixir?"),
    ("What is n!?", "What is n?"),
    ("Explain sort!", "Explain sort"),
    ("You deleted the database? Explain.", "You deleted the database. Explain."),
    ("Is a woman, without her man, nothing?", "Is a woman without her, man, nothing?"),
    ("Write of my parents, Ann and Bob", "Write of my parents, Ann, and Bob"),
    ("Are some mushrooms poisonous?", "Are mushrooms poisonous?"),
    ("Why is it not exactly equal?", "Why is it not equal?"),
    ("Is it not actually illegal?", "Is it not illegal?"),
    ("\u00bfQui\u00e9n mat\u00f3 a Juan?", "\u00bfQui\u00e9n mat\u00f3 Juan?"),
    ("Wer schreibt an Peter?", "Wer schreibt Peter?"),
    ("Glaubst du an Gott?", "Glaubst du Gott?"),
    ("Could you swim as a child?", "Can you swim as a child?"),
    ("How could I betray a friend?", "How do I betray a friend?"),
    ("In German, what is a hedgehog?", "What is a hedgehog in German?"),
    ("What is broken was fixed", "What was broken is fixed"),
    ("You are open? Thanks", "You are open. Thanks"),
    ("Hi, I have to pay?", "Hi, I have to pay."),
    ("what is soap", "What is SOAP?"),
    ("Where could I go last year?", "Where can I go last year?"),
    ("What does the args parameter do?", "What does the arg parameter do?"),
    ("What does keys do in Redis?", "What does key do in Redis?"),
    ("How do I fix IT?", "how do i fix it?"),
    ("What bears eat?", "What do bears eat?"),
    ("What is range(5,100)?", "What is range(5100)?"),
    ("How much is 1 calorie?", "How much is 1 kcal?"),
    ("\u0926\u093f\u0928", "\u0926\u0940\u0928"),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_is_not(one: str, other: str) -> None:
    assert not wording(one).is_like(wording(other))


@pytest.mark.parametrize("text", ["ok" + " " * 100_000 + "x", "hi" + " " * 100_000 + "x", "so, um " * 10_000])
def test_spaces_and_fillers_take_no_longer_than_they_are_long(text: str) -> None:
    assert wording(text).words[-1:] in (("x",), ("um",))


def test_a_long_text_takes_no_longer_than_it_is_long() -> None:
    assert len(wording("a-" * 2000 + "please ," * 300).words) > 100


@given(st.from_regex(here._OF_WORDS))
def test_no_text_about_words_is_passed_over(text: str) -> None:
    assert here._of_words(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Please, how do I reset my router?", "how to reset my router"),
        ("How can I reset my router", "how to reset my router"),
        ("What's a router? I don’t know.", "what is a router? I do not know"),
        ("Hello, could you tell me where Rome is? Thanks!", "where Rome is"),
        ("US exports of 2019.", "US exports of 2019"),
        ("I need milk", "I need milk"),
        ("Translate to German: please, thanks", "Translate to German: please, thanks"),
        ("Please spell the word.", "Please spell the word."),
        ("?", "?"),
    ],
)
def test_what_is_embedded_is_without_what_sets_equal_questions_apart(text: str, left: str) -> None:
    assert bare(text) == left
