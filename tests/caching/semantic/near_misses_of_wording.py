"""Near misses that only forms of words, articles or signs tell apart: pairs whose answers differ."""

from tests.caching.semantic.near_misses_by_hand import Pair

# fmt: off
OF_WORDING: dict[str, list[Pair]] = {
    "words about words": [
        ("When do I use is?", "When do I use are?"),
        ("When do I use has?", "When do I use have?"),
        ("When should I use a?", "When should I use an?"),
        ("Translate 'the dog' into French", "Translate 'a dog' into French"),
        ("Translate dog into Spanish", "Translate dogs into Spanish"),
        ("Translate: hello, world", "Translate: world"),
        ("Translate to French: yes, please", "Translate to French: yes"),
        ("What is the Spanish word for house?", "What is the Spanish word for houses?"),
        ("How do you say the cat in Czech?", "How do you say cat in Czech?"),
        ("Correct this sentence: He have a dog.", "Correct this sentence: He has a dog."),
        ("What is the past tense of does?", "What is the past tense of do?"),
        ("How many letters are in banana?", "How many letters are in bananas?"),
        ("How many words has \"it is a dog\"?", "How many words has \"it is dog\"?"),
        ("How many characters has \"what's\"?", "How many characters has \"what is\"?"),
        ("What rhymes with cat?", "What rhymes with cats?"),
        ("Spell cherry", "Spell cherries"),
        ("What is the plural of box?", "What is the plural of boxes?"),
        ("Punctuate this: hello you", "Punctuate this: hello, you"),
        ("Sentiment of this: you did it?", "Sentiment of this: you did it!"),
        ("What does ! mean?", "What does mean?"),
        ("Explain this code:\nif x: pass", "Explain this code:\nif x pass"),
        ("Summarise:\nShe has the keys.", "Summarise:\nShe has a key."),
    ],
    "one and several, a and the": [
        ("Write a story about a dog", "Write a story about dogs"),
        ("Give me an example", "Give me examples"),
        ("Name a city in Spain", "Name cities in Spain"),
        ("Suggest a name for my cat", "Suggest names for my cats"),
        ("Write a test for the function", "Write tests for the functions"),
        ("Delete the file", "Delete the files"),
        ("Write the list", "Write a list"),
        ("Is he the president?", "Is he a president?"),
        ("Is the store open Monday?", "Is the store open Mondays?"),
        ("What happened in the morning?", "What happened in the mornings?"),
    ],
    "persons and times": [
        ("How can you help?", "How can I help?"),
        ("How do you get paid?", "How do I get paid?"),
        ("How do you store data?", "How do I store data?"),
        ("Could he swim as a child?", "Can he swim as a child?"),
        ("What could dinosaurs eat?", "What can dinosaurs eat?"),
        ("Where could slaves live in 1850?", "Where can slaves live in 1850?"),
    ],
    "signs that stand alone": [
        ("What does cd .. do?", "What does cd do?"),
        ("What does cd .. do?", "What does cd . do?"),
        ("What does git add . do?", "What does git add do?"),
        ("What does ? do in a pattern?", "What does do in a pattern?"),
        ("What is ... in Python?", "What is : in Python?"),
        ("What is ; in C?", "What is in C?"),
    ],
    "money and weight": [
        ("What is ten pounds in dollars?", "What is ten lbs in dollars?"),
        ("What is the pound?", "What is the lb?"),
        ("How do I use Spring?", "How do I use spring?"),
    ],
}
# fmt: on
