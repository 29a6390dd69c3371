"""More of them, many against what is taken for manners, and for ways to ask for one thing."""

from tests.caching.semantic.near_misses_of_meaning import read

OF_MANNERS = read("""
# numbers
How do I divide 96 by 8? | How do I divide 98 by 6?
What is 18 % of 50? | What is 50 % of 180?
List the 4 largest banks | List the 14 largest banks
How many ml are in 2 cups? | How many ml are in 2,5 cups?
Was ist 3 hoch 5? | Was ist 5 hoch 3?
Combien font 17 fois 6 ? | Combien font 16 fois 7 ?
¿Cuánto es 2/3 de 90? | ¿Cuánto es 3/2 de 90?
Who was the first queen? | Who was the last queen?
Write a 100-word essay on bees | Write a 1000-word essay on bees
What is a 4-4-2? | What is a 4-2-4?
Explain chapter 3 of Emma | Explain chapter 13 of Emma
What is one hundred plus one? | What is one hundred plus ten?
Is 37,8 a fever? | Is 38,7 a fever?
Solve x^2 = 16 | Solve x^2 = 61
What is version two of the API? | What is version three of the API?
How long to boil 3 eggs? | How long to boil 30 eggs?
What is 1e3 plus 1? | What is 1e-3 plus 1?
Is it twice as big? | Is it half as big?
# dates and moments
What happened on 4 July 1776? | What happened on 7 April 1776?
What holidays are in April? | What holidays are in August?
Was passierte im Jahr 1492? | Was passierte im Jahr 1942?
Qui régnait en 1650 ? | Qui régnait en 1560 ?
¿Qué se celebra el 12 de octubre? | ¿Qué se celebra el 10 de diciembre?
Is the bank open on Friday morning? | Is the bank open on Friday afternoon?
How long is a school day? | How long is a school week?
Who was pope in the 15th century? | Who was pope in the 1500s?
Was ist am Dienstag geschlossen? | Was ist am Donnerstag geschlossen?
Is rent due on the 1st? | Is rent due on the 31st?
# units, currency, zones
What is 6 ft in cm? | What is 6 in in cm?
Convert 30 mph to kph | Convert 30 kph to mph
Wie viel wiegt ein Liter Milch in Gramm? | Wie viel wiegt ein Liter Milch in Pfund?
How much is a stone in pounds? | How much is a pound in stones?
How fast is 10 m/s? | How fast is 10 km/s?
Is 3 GB of RAM enough? | Is 3 TB of RAM enough?
How hot is 300 K? | How hot is 300 F?
Is 90 degrees a lot? | Is 90 percent a lot?
How much is 75 GBP in USD? | How much is 75 USD in GBP?
Combien coûte un billet en francs suisses ? | Combien coûte un billet en euros ?
¿Cuánto son 100 euros en libras? | ¿Cuánto son 100 libras en euros?
Is 6 pm in Paris 6 pm in Rome? | Is 6 pm in Paris 6 pm in Kyiv?
What is 08:00 GMT in IST? | What is 08:00 IST in GMT?
Is $20 a big tip? | Is 20% a big tip?
# negation
Which metals rust? | Which metals don't rust?
Who may vote? | Who may not vote?
Why is the light on? | Why isn't the light on?
why cant cats swim | why can cats swim
why dont plants move | why do plants move
what isnt allowed on planes | what is allowed on planes
Which bird cannot fly? | Which bird can fly?
Was darf ein Hund essen? | Was darf ein Hund nicht essen?
Warum schläft mein Kind? | Warum schläft mein Kind nicht?
Quels pays n'ont pas d'armée ? | Quels pays ont une armée ?
¿Por qué no llueve? | ¿Por qué llueve?
Can I travel with no passport? | Can I travel with a passport?
Is anyone immune? | Is no one immune?
Which apps are free of ads? | Which apps are full of ads?
Name countries with no coast | Name countries with a coast
When is it unsafe to fly? | When is it safe to fly?
What happens if he doesn't reply? | What happens if he does reply?
Is it dishonest to say so? | Is it honest to say so?
# swapped
Can a dog outrun a horse? | Can a horse outrun a dog?
How do I move files from Mac to PC? | How do I move files from PC to Mac?
Did Germany invade Poland? | Did Poland invade Germany?
Does the tenant pay the landlord? | Does the landlord pay the tenant?
Hat Cäsar Brutus getötet? | Hat Brutus Cäsar getötet?
Le chat chasse-t-il le chien ? | Le chien chasse-t-il le chat ?
¿El perro muerde al gato? | ¿El gato muerde al perro?
How do I cast an int to a string? | How do I cast a string to an int?
Is Ann older than Eve? | Is Eve older than Ann?
What does Kant say about Hume? | What does Hume say about Kant?
What is France's debt to Spain? | What is Spain's debt to France?
Write a letter from a king to a poet | Write a letter from a poet to a king
Divide 10 by 2 | Divide 2 by 10
How does tea affect coffee drinkers? | How does coffee affect tea drinkers?
# comparatives, quantifiers
What is the safest dog? | What is the safer dog?
What is the oldest tree? | What is the old tree?
Which is bigger, Mars or Venus? | Which is smaller, Mars or Venus?
Wer ist der reichste Mann? | Wer ist der ärmste Mann?
Quelle est la ville la plus chère ? | Quelle est la ville la moins chère ?
¿Cuál es el coche más rápido? | ¿Cuál es el coche más lento?
Do all snakes bite? | Do snakes bite?
Do few people vote? | Do a few people vote?
Are all of them open? | Are none of them open?
Sind fast alle Pilze essbar? | Sind alle Pilze essbar?
Can I bring every child? | Can I bring any child?
Is there any sugar in it? | Is there no sugar in it?
Is it mostly water? | Is it only water?
Give me some tips | Give me two tips
Is at least 5 enough? | Is at most 5 enough?
# modality and tense
Should I tip in Japan? | Must I tip in Japan?
Can I be pregnant? | Could I be pregnant?
Is it possible to live to 150? | Can I live to 150?
Is it possible that it rains? | Can it rain?
Could I have won? | Can I have won?
How could I forgive her? | How do I forgive her?
How could I ever save so much? | How do I ever save so much?
How would I die? | How do I die?
Soll ich kündigen? | Kann ich kündigen?
Faut-il voter ? | Peut-on voter ?
¿Hay que reservar? | ¿Se puede reservar?
Who was leading the race? | Who is leading the race?
What was broken is fixed | What is broken was fixed
When was it and when is it? | When is it and when was it?
Where did I park? | Where do I park?
Why did cats purr? | Why do cats purr?
Wann war Ostern? | Wann ist Ostern?
Où habitait Victor Hugo ? | Où habite Victor Hugo ?
¿Dónde vive el rey? | ¿Dónde vivía el rey?
Will it be cold? | Was it cold?
# direction and order
Is it rude to eat before others? | Is it rude to eat after others?
Do I add milk before tea? | Do I add tea before milk?
Does lightning come before thunder? | Does thunder come before lightning?
What bears eat | What eats bears
When shops close | When do shops close early
Wie fahre ich nach Bonn? | Wie fahre ich von Bonn?
Comment sortir du parking ? | Comment entrer au parking ?
¿Cómo subo el volumen? | ¿Cómo bajo el volumen?
How do I switch on the oven? | How do I switch off the oven?
How do I pull from main? | How do I push to main?
How do I scale up? | How do I scale down?
# plural, article
What is the answer in the book? | What are the answers in the book?
Who are the founders of Intel? | Who is the founder of Intel?
What is the president of the club for? | What are the presidents of the club for?
Recommend a film with Bogart | Recommend films with Bogart
Does the dog bite? | Do dogs bite?
How do I make a toast? | How do I make toast?
Explain paper | Explain a paper
Explain light years | Explain a light year
Explain user rights | Explain a user right
# versions
Is Python 3.12 faster? | Is Python 3.11 faster?
How do I install CUDA 12.1? | How do I install CUDA 11.2?
Is iOS 17 safe? | Is iOS 7 safe?
What is HTTP/2? | What is HTTP/3?
Wie installiere ich Debian 11? | Wie installiere ich Debian 12?
How do I use React 18 hooks? | How do I use React 16 hooks?
Is the RTX 4070 good? | Is the RTX 4070 Ti good?
What is C#? | What is C?
What is .NET? | What is NET?
How do I start node? | How do I start Node-RED?
# languages, formats, audiences
In French, what is a deal? | What is a deal in French?
In Latin, what is a rose? | What is a rose in Latin?
In general, what is relativity? | What is relativity in general?
In short, what is life? | What is life in short?
Explain tides in Polish | Explain tides in plain English
Erkläre Ebbe auf Spanisch | Erkläre Ebbe auf Italienisch
List EU states as CSV | List EU states as TSV
List EU states in XML | List EU states in HTML
Give the date as ISO 8601 | Give the date as Unix time
Describe jazz in 50 words | Describe jazz in 500 words
Explain DNA to a teenager | Explain DNA to a biologist
Explain the benefits for me | Explain the benefits
Explain the benefits to me | Explain the benefits to her
Write a toast for my sister | Write a toast for my brother
Tell me your name | Tell me my name
What is your name? | What is my name?
Write it as a list | Write it as a tuple
Tell a joke for kids | Tell a joke for adults
Explique l'ADN à ma mère | Explique l'ADN à mon prof
# politeness that is none
Please Forgive Me chords | Forgive Me chords
Please don't stop the music lyrics | Don't stop the music lyrics
Please release me lyrics | Release me lyrics
Sorry, Not Sorry lyrics | Not Sorry lyrics
Sorry, wrong number plot | Wrong number plot
Hey, Soul Sister chords | Soul Sister chords
Hello, my name is Doris plot | My name is Doris plot
Hello, I must be going lyrics | I must be going lyrics
Hello, I love you lyrics | I love you lyrics
Hi, how are you album | How are you album
So what is love lyrics | What is love lyrics
Well, I wonder lyrics | I wonder lyrics
Okay, Google history | Google history
Dear all, who wrote it? | Dear, who wrote it?
Excuse me, Mr. meaning | Mr. meaning
Tell me why lyrics | Why lyrics
I need you to know lyrics | Know lyrics
Thanks, but no thanks | But no thanks
Who sang Thank You? | Who sang?
Write a card that says please | Write a card that says
What does please do? | What does do?
Can you hear me? | Hear me
Could you be loved? | Be loved
Do you know who I am? | Who am I?
Would you rather fly? | Rather fly
Could you live without me? | Live without me
Merci, la vie film | La vie film
Danke, Anke | Anke
You are open? Thanks | You are open. Thanks
Hi, I have to pay? | Hi, I have to pay.
I can go? Please | I can go. Please
# code
What does a |= b do? | What does a &= b do?
What does x >> 2 give? | What does x << 2 give?
What is !x? | What is x?
What does a or b return? | What does a and b return?
What does x[-1] return? | What does x[1] return?
What does re.match do? | What does re.search do?
What does a if b else c do? | What does c if b else a do?
What does #include <x> do? | What does #include "x" do?
What does ls -l do? | What does ls -1 do?
What does git push -f do? | What does git push do?
How do I use sort! | How do I use sort
What does let x = 1 do? | What does const x = 1 do?
What does a <=> b do? | What does a <= b do?
What does WHERE x > 5 do? | What does WHERE x >= 5 do?
What does ^abc$ match? | What does ^abc match?
What does dict.get do? | What does dict.pop do?
What does a - b give? | What does b - a give?
What does f(x)(y) mean? | What does f(x, y) mean?
What does n++ do? | What does n-- do?
# pronouns and conditionals
Should he call her? | Should she call him?
Is my dog his? | Is his dog mine?
Do I owe you? | Do you owe me?
Kann sie uns sehen? | Kann er uns sehen?
Peut-il nous voir ? | Peuvent-ils nous voir ?
¿Me ve? | ¿Te ve?
Whose book is it? | Who is the book for?
What if I win? | What if I don't win?
So what if it rains? | What if it rains?
What happens when I die? | What happens before I die?
Call me if you can | Call me if you can't
Was ist, wenn er geht? | Was ist, wenn er bleibt?
Do I pay if I cancel? | Do I pay unless I cancel?
I'd go if I could | I'll go if I could
I'd better leave | I would better leave
# one word
What is a metre? | What is a meter?
what is a mole in chemistry | what is a mole in medicine
Where is Georgia located? | Where is George located?
What is located in Rome? | What is in Rome?
Who is the author of Emma? | Who is the founder of Emma?
What is the age of Rome? | What is the Age of Rome?
height of Ben Nevis | weight of Ben Nevis
What is the plot of Dune? | What is the plot of land?
Give me the capital of Peru | Give me capital for Peru
How long to grow a beard? | How long did I grow a beard?
Explain black holes | Explain a black hole joke
Explain dark humor | Explain dark matter
""")
