"""Near misses of thirty kinds in four languages: what only one word, sign or place tells apart."""

from tests.caching.semantic.near_misses_of_meaning import read

OF_MANY_KINDS = read("""
# numbers
How do I split a bill of 84 between 6 people? | How do I split a bill of 84 between 7 people?
What is 15 % of 240? | What is 15 % of 204?
What is 7 times 8? | What is 7 times eighty?
Wie viel sind 12 mal 12? | Wie viel sind 12 mal 13?
Combien font 45 divisé par 9 ? | Combien font 54 divisé par 9 ?
¿Cuánto es 30 más 12? | ¿Cuánto es 13 más 12?
Give me three reasons to learn Latin | Give me four reasons to learn Latin
Nenne mir drei Gründe für Sport | Nenne mir zwei Gründe für Sport
List ten capitals in Africa | List twelve capitals in Africa
What is the square root of 1.44? | What is the square root of 144?
Is 1,5 m enough for a desk? | Is 15 m enough for a desk?
What is 3 to the 4th? | What is 4 to the 3rd?
Who was the second person on the moon? | Who was the third person on the moon?
Who was the 12th president of the US? | Who was the 21st president of the US?
How many sides has a polygon with 1000 vertices? | How many sides has a polygon with 10000 vertices?
Write a haiku with two lines | Write a haiku with three lines
What does error 0x80070005 mean? | What does error 0x80070002 mean?
What is HTTP 401? | What is HTTP 403?
What is port 3306 for? | What is port 3307 for?
¿Qué significa el error 502? | ¿Qué significa el error 504?
What is half of 18? | What is a third of 18?
What is a quarter of 60? | What is a fifth of 60?
Are two dozen eggs enough? | Are two hundred eggs enough?
What is 2.5 million in words? | What is 2.5 billion in words?
Is 0.1 + 0.2 equal to 0.3? | Is 0.1 + 0.2 equal to 0.30000000000000004?
# dates
What happened on 12 May 1940? | What happened on 21 May 1940?
What happened in 1848? | What happened in 1884?
Was geschah am 9. November 1989? | Was geschah am 9. November 1918?
Que s'est-il passé le 14 juillet 1789 ? | Que s'est-il passé le 14 juin 1789 ?
¿Qué pasó el 2 de mayo de 1808? | ¿Qué pasó el 3 de mayo de 1808?
Is the shop open on Saturday? | Is the shop open on Sunday?
Hat der Laden am Montag offen? | Hat der Laden am Mittwoch offen?
Le musée est-il ouvert le mardi ? | Le musée est-il ouvert le jeudi ?
¿Abre el museo los lunes? | ¿Abre el museo los martes?
Where should I travel in March? | Where should I travel in May?
Was pflanze ich im Juni? | Was pflanze ich im Juli?
Who won the 1998 World Cup? | Who won the 1989 World Cup?
Is 03/04/2020 a Friday? | Is 04/03/2020 a Friday?
What did the 90s sound like? | What did the 1890s sound like?
What happened in the 18th century? | What happened in the 1800s?
How many days are in February 2023? | How many days are in February 2024?
What happened in 44 BC? | What happened in 44 AD?
Is the exam at 8 am? | Is the exam at 8 pm?
Is the office closed in the summer? | Is the office closed in the winter?
# units
How tall is Everest in feet? | How tall is Everest in meters?
How many miles is 10 km? | How many km is 10 miles?
Wie viel sind 5 Zoll in cm? | Wie viel sind 5 Zoll in mm?
Combien pèse un éléphant en kilos ? | Combien pèse un éléphant en tonnes ?
¿Cuánto pesa un elefante en libras? | ¿Cuánto pesa un elefante en kilos?
Is 40 C too hot for a cat? | Is 40 F too hot for a cat?
How fast is a cheetah in mph? | How fast is a cheetah in km/h?
Is 100 Mb/s fast? | Is 100 MB/s fast?
How long is 100 ms? | How long is 100 s?
How much is 500 mg of salt? | How much is 500 g of salt?
How many calories has a gram of fat? | How many kilocalories has a gram of fat?
Is a dose of 5 ml right for a child? | Is a dose of 5 mg right for a child?
How much is 1 TB in GB? | How much is 1 TiB in GiB?
What is 20 degrees in radians? | What is 20 radians in degrees?
How big is an acre in hectares? | How big is a hectare in acres?
How much does a pint of beer weigh in the UK? | How much does a pint of beer weigh in the US?
How far is 3 light years? | How far is 3 light minutes?
What is 10 kW in hp? | What is 10 kWh in hp?
# negation
Which foods contain gluten? | Which foods contain no gluten?
Which animals can fly? | Which animals cannot fly?
Why does my code compile? | Why doesn't my code compile?
Is it legal to park here? | Is it illegal to park here?
Welche Pilze sind giftig? | Welche Pilze sind nicht giftig?
Welche Länder haben eine Armee? | Welche Länder haben keine Armee?
Warum darf ich hier parken? | Warum darf ich hier nicht parken?
Quels aliments contiennent du sucre ? | Quels aliments ne contiennent pas de sucre ?
Pourquoi faut-il dormir ? | Pourquoi ne faut-il pas dormir ?
¿Qué países tienen mar? | ¿Qué países no tienen mar?
¿Por qué funciona mi código? | ¿Por qué no funciona mi código?
What should I eat before surgery? | What shouldn't I eat before surgery?
When should I call a doctor? | When shouldn't I call a doctor?
Recipes with nuts | Recipes without nuts
Write a story without the hero | Write a story with the hero
Is a whale a fish? | Isn't a whale a fish?
Can I neither smoke nor drink? | Can I either smoke or drink?
Name a mammal that lays eggs | Name a mammal that never lays eggs
Which of these are hardly used? | Which of these are used?
Is the visa required? | Is the visa not required?
Do I need at least a bachelor? | Do I not need at least a bachelor?
# swapped names, roles
Did Anna hire Ben? | Did Ben hire Anna?
How do I send money from PayPal to Wise? | How do I send money from Wise to PayPal?
Who won when Spain played Italy? | Who won when Italy played Spain?
Is Python faster than Ruby? | Is Ruby faster than Python?
Hat Peter Maria geholfen? | Hat Maria Peter geholfen?
Paul aime-t-il Julie ? | Julie aime-t-elle Paul ?
¿Ganó España a Italia? | ¿Ganó Italia a España?
How do cats see dogs? | How do dogs see cats?
How do I migrate from MySQL to Postgres? | How do I migrate from Postgres to MySQL?
Why did Rome attack Carthage? | Why did Carthage attack Rome?
Can a landlord sue a tenant? | Can a tenant sue a landlord?
What does the nurse tell the doctor? | What does the doctor tell the nurse?
Is the buyer liable to the seller? | Is the seller liable to the buyer?
Can parents adopt children of others? | Can children of others adopt parents?
Does Alice owe Bob 5 euros? | Does Bob owe Alice 5 euros?
How do I convert YAML to TOML? | How do I convert TOML to YAML?
Who introduced Lennon to McCartney? | Who introduced McCartney to Lennon?
Does oil float on water? | Does water float on oil?
What is the ratio of men to women? | What is the ratio of women to men?
Subtract 4 from 9 | Subtract 9 from 4
# comparatives
What is the largest lake in Europe? | What is the second largest lake in Europe?
Which car is safer? | Which car is safest?
What is the fastest way to Rome? | What is the cheapest way to Rome?
Welches Handy ist besser? | Welches Handy ist am besten?
Quel est le plus grand pays ? | Quel est le plus petit pays ?
¿Cuál es el río más largo? | ¿Cuál es el río menos largo?
Which is more common in dogs? | Which is most common in dogs?
Is it as cold as ice? | Is it colder than ice?
Is 5 kg more than 10 lbs? | Is 5 kg less than 10 lbs?
What is a good score? | What is a better score?
How do I run faster? | How do I run fast?
How do I cook rice better? | How do I cook rice best?
Which planet is hotter than Venus? | Which planet is as hot as Venus?
What is the most populous city? | What is the least populous city?
# quantifiers
Do all birds fly? | Do some birds fly?
Are most lawyers rich? | Are many lawyers rich?
Does every country have a king? | Does any country have a king?
Sind alle Katzen grau? | Sind manche Katzen grau?
Est-ce que tous les chats dorment ? | Est-ce que certains chats dorment ?
¿Todos los gatos duermen? | ¿Algunos gatos duermen?
Give me a few examples of irony | Give me many examples of irony
Give me an example of irony | Give me examples of irony
Can I take both pills? | Can I take either pill?
Should I see each doctor? | Should I see a doctor?
Is at least one prime even? | Is exactly one prime even?
Is at most one prime even? | Is at least one prime even?
How do I delete all files? | How do I delete files?
How do I delete one row? | How do I delete every row?
Only Tom knows? | Tom only knows?
# modality
Must I pay the fee? | May I pay the fee?
Can I swim after eating? | Should I swim after eating?
Muss ich einen Helm tragen? | Darf ich einen Helm tragen?
Dois-je porter un casque ? | Puis-je porter un casque ?
¿Debo llevar casco? | ¿Puedo llevar casco?
Will the dollar fall? | Could the dollar fall?
Does he have to leave? | Does he get to leave?
What can I wear to a wedding? | What must I wear to a wedding?
Can I be fired for that? | Will I be fired for that?
Should I have called? | Must I have called?
Do I have to vote in Belgium? | Do I want to vote in Belgium?
How could I betray my friend? | How do I betray my friend?
# tense
Who rules Spain? | Who ruled Spain?
Does he live in Rome? | Did he live in Rome?
Where do the Olympics take place? | Where did the Olympics take place?
Wer regiert Spanien? | Wer regierte Spanien?
Qui dirige la France ? | Qui dirigeait la France ?
¿Quién gobierna España? | ¿Quién gobernaba España?
What has Apple released? | What will Apple release?
What is he working on? | What was he working on?
Why are dinosaurs extinct? | Why were dinosaurs extinct?
How did Rome trade? | How does Rome trade?
When does the course start? | When did the course start?
Is Pluto a planet? | Was Pluto a planet?
# direction, before/after
What time is the train to Lyon? | What time is the train from Lyon?
How do I fly from Oslo to Rome? | How do I fly to Oslo from Rome?
Wie komme ich vom Bahnhof zum Flughafen? | Wie komme ich vom Flughafen zum Bahnhof?
Comment aller de Lyon à Paris ? | Comment aller de Paris à Lyon ?
¿Cómo voy de Madrid a Sevilla? | ¿Cómo voy de Sevilla a Madrid?
Should I stretch before running? | Should I stretch after running?
Soll ich vor dem Essen trinken? | Soll ich nach dem Essen trinken?
Faut-il boire avant de manger ? | Faut-il boire après avoir mangé ?
¿Debo comer antes de nadar? | ¿Debo comer después de nadar?
What comes before the letter Q? | What comes after the letter Q?
Translate 'perro' from Spanish to French | Translate 'perro' from French to Spanish
Upload a file from S3 to the server | Upload a file to S3 from the server
How do I turn up the heating? | How do I turn down the heating?
How do I log in to the bank? | How do I log out of the bank?
How do I opt in? | How do I opt out?
How do I zoom in? | How do I zoom out?
How do I turn on airplane mode? | How do I turn off airplane mode?
Is the bank above the shop? | Is the shop above the bank?
# plural and singular
What is the side effect of aspirin? | What are the side effects of aspirin?
What is the best book by Orwell? | What are the best books by Orwell?
Who was the wife of Henry VIII? | Who were the wives of Henry VIII?
Was ist das beste Buch von Kafka? | Was sind die besten Bücher von Kafka?
Quel est le roman de Camus ? | Quels sont les romans de Camus ?
¿Cuál es la ciudad de Perú? | ¿Cuáles son las ciudades de Perú?
Write a poem about the moon | Write poems about the moon
Suggest a name for a dog | Suggest names for a dog
What glass do I need? | What glasses do I need?
What is the custom in Japan? | What are customs in Japan?
Where do I pay the toll? | Where do I pay the tolls?
Which minute of the meeting matters? | Which minutes of the meeting matter?
# product versions
How do I install Python 3.1? | How do I install Python 3.10?
How do I reset an iPhone 12? | How do I reset an iPhone 12 mini?
Is Windows 10 safe? | Is Windows 11 safe?
What is new in Java 17? | What is new in Java 21?
Wie viel kostet das Galaxy S21? | Wie viel kostet das Galaxy S22?
How do I upgrade to Angular 15 from 14? | How do I upgrade to Angular 14 from 15?
How big is the PS4? | How big is the PS5?
What GPU has the MacBook Pro M1? | What GPU has the MacBook Pro M1 Max?
Does USB 3.0 charge faster? | Does USB 3.1 charge faster?
How do I use GPT-4? | How do I use GPT-4o?
Is Log4j 2.14.1 vulnerable? | Is Log4j 2.17.1 vulnerable?
How do I exit vi? | How do I exit vim?
How do I write a for loop in C? | How do I write a for loop in C++?
How do I read a file in Java? | How do I read a file in JavaScript?
What is SQL? | What is NoSQL?
What is the price of Office Home? | What is the price of Office Pro?
# languages asked for
Explain gravity in German | Explain gravity in Dutch
Answer in French: what is rain? | Answer in Spanish: what is rain?
In Spanish, what is love? | What is love in Spanish?
In German, what is a hedgehog? | What is a hedgehog in German?
Erkläre Regen auf Englisch | Erkläre Regen auf Deutsch
Explique la pluie en anglais | Explique la pluie en français
Explica la lluvia en inglés | Explica la lluvia en francés
Describe winter in British English | Describe winter in American English
Write hello world in Rust | Write hello world in Go
Write it in Mandarin | Write it in Cantonese
What is a cat in Latin? | What is a cat in Italian?
# formats asked for
List the planets in JSON | List the planets in YAML
List the planets in a table | List the planets in a list
List the planets | List the planets in a table
Explain DNS in one sentence | Explain DNS in one paragraph
Explain DNS with a diagram | Explain DNS with an analogy
Nenne die Planeten als Tabelle | Nenne die Planeten als JSON
Donne les planètes en JSON | Donne les planètes en CSV
Da los planetas en una tabla | Da los planetas en una lista
Give the result as an integer | Give the result as a float
Describe Rome in bullet points | Describe Rome in prose
Give me the code only | Give me the code
Explain recursion briefly | Explain recursion
Explain TCP step by step | Explain TCP
What is a monad? Short answer | What is a monad? Long answer
Write a limerick about tea | Write a sonnet about tea
# audiences
Explain atoms to a child | Explain atoms to a physicist
Explain inflation to me | Explain inflation to my son
Explain the risks of the trial for me | Explain the risks of the trial
Erkläre Atome für Kinder | Erkläre Atome für Lehrer
Explique les atomes à un enfant | Explique les atomes à un médecin
Explica los átomos a un niño | Explica los átomos a un físico
Write a speech for my boss | Write a speech for my team
Is coffee good for men? | Is coffee good for women?
Suggest a gift for my mother | Suggest a gift for my mother-in-law
What is a safe dose for a dog? | What is a safe dose for a cat?
# politeness that is none
Please Don't Go chords | Don't Go chords
Hello, Goodbye by the Beatles lyrics | Goodbye by the Beatles lyrics
Who sang Please Please Please? | Who sang Please Please?
Who sang Please? | Who sang?
What rhymes with please? | What rhymes with?
Can you feel pain? | Feel pain
Would you kill for money? | Kill for money
Could you lie to me? | Lie to me
Do you know how to cook rice? | How to cook rice
Will you marry me? | Marry me
Thank you letter for a teacher | Letter for a teacher
Write a please and thank you poster | Write a poster
Please be quiet sign in French | Be quiet sign in French
Bitte nicht stören Schild | Nicht stören Schild
Tell me why by Neil Young meaning | Why by Neil Young meaning
Hello, World program in C | World program in C
Hi, Barbie meaning of the line | Barbie meaning of the line
Kindly reply or please reply? | Reply or please reply?
Is it rude to say no thanks? | Is it rude to say no?
# code with one operator changed
What does x += 1 do in Python? | What does x -= 1 do in Python?
What does a && b do? | What does a & b do?
What does a == b do in JS? | What does a === b do in JS?
What does `i++` return? | What does `++i` return?
Is x<3 or x>3? | Is x>3 or x<3?
What does x**2 do? | What does x*2 do?
What does !a mean in C? | What does ~a mean in C?
What is 7 // 2? | What is 7 / 2?
What is 7 % 2 in C? | What is 7 ^ 2 in C?
What does git reset --soft do? | What does git reset --hard do?
What does rm -r do? | What does rm -R do?
What does a.b do? | What does a->b do?
What does ls > f do? | What does ls >> f do?
What does x <= y print? | What does x < y print?
What does $@ mean in bash? | What does $* mean in bash?
What does [a-z]+ match? | What does [a-z]* match?
What does SELECT * FROM t WHERE a = 1 give? | What does SELECT * FROM t WHERE a != 1 give?
What does x is None do? | What does x is not None do?
What does def f(*args) do? | What does def f(**args) do?
Is i = i + 1 valid? | Is i = i - 1 valid?
What does chmod 644 do? | What does chmod 664 do?
what does print(a, b) do | what does print(b, a) do
What does a ?? b do? | What does a ? b do?
# currency
How much is 100 USD in EUR? | How much is 100 EUR in USD?
How much is 100 $ in yen? | How much is 100 € in yen?
Is 50 dollars a lot for a shirt? | Is 50 euros a lot for a shirt?
Wie viel sind 20 Franken in Euro? | Wie viel sind 20 Euro in Franken?
Combien valent 20 dollars en euros ? | Combien valent 20 livres en euros ?
¿Cuánto son 20 pesos en dólares? | ¿Cuánto son 20 soles en dólares?
Can I pay in Canadian dollars? | Can I pay in Australian dollars?
Is £5 enough for lunch? | Is $5 enough for lunch?
# time zones
Is 5 pm EST late in London? | Is 5 pm PST late in London?
When is noon UTC in Tokyo? | When is noon UTC+1 in Tokyo?
Convert 9:00 CET to EST | Convert 9:00 EST to CET
Wann ist 12 Uhr MEZ in New York? | Wann ist 12 Uhr MESZ in New York?
Is 9:30 too early? | Is 19:30 too early?
Is the call at 3 in Berlin? | Is the call at 3 in Lisbon?
# pronouns
Can I change my password? | Can I change his password?
Does she owe him money? | Does he owe her money?
What is my tax rate? | What is your tax rate?
Soll ich ihn anrufen? | Soll ich sie anrufen?
Dois-je l'appeler ? | Dois-je t'appeler ?
¿Debo llamarlo? | ¿Debo llamarla?
Who are you? | Who am I?
Write a poem about us | Write a poem about them
Can we sue them? | Can they sue us?
How old is she? | How old are they?
What do I do if he hits me? | What do I do if I hit him?
# conditionals
What do I do if it rains? | What do I do unless it rains?
What happens if I don't pay? | What happens if I pay?
What would happen if I paid? | What will happen if I pay?
Was passiert, wenn ich zahle? | Was passiert, bevor ich zahle?
Que faire si je perds ? | Que faire si je gagne ?
¿Qué pasa si gano? | ¿Qué pasa cuando gano?
Should I go even if I am ill? | Should I go only if I am ill?
Can I leave when I finish? | Can I leave until I finish?
# capitals
What is SOAP? | what is soap
what is REST | what is rest
What is BASIC? | what is basic
Who is WHO? | who is who
What is a LAMP stack? | what is a lamp stack
what are COBRA benefits | what are cobra benefits
What is the CAT scan? | what is the cat scan
what is ICE | what is ice
What is STEM? | what is stem
# one word
How do I care for a pet turtle? | How do I care for a pet tortoise?
What is affect? | What is effect?
What is a principal? | What is a principle?
How do I get over a cold? | How do I get a cold?
Was ist ein Bankett? | Was ist eine Bank?
Who directed Alien? | Who directed Aliens?
Is it OK to eat raw egg? | Is it OK to eat raw egg white?
What is a historical novel? | What is a historic novel?
Who is the author of It? | Who is the author of it?
How do I make up? | How do I make out?
How do I put up with noise? | How do I put up noise?
What did Freud think of Jung? | What did Freud think of the young?
""")
