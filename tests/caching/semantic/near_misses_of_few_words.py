"""Near misses in few words, in four languages, written after all rules that they are held against."""

from tests.caching.semantic.near_misses_of_meaning import read

OF_FEW_WORDS = read("""
How do I bake bread at 220 C? | How do I bake bread at 200 C?
How many eggs for 9 pancakes? | How many eggs for 19 pancakes?
What is the 3rd planet? | What is the 5th planet?
Is 1.05 a good ratio? | Is 1.5 a good ratio?
What is 40 % off 80? | What is 80 % off 40?
Name seven dwarfs | Name six dwarfs
Wie lange kocht ein Ei 5 Minuten? | Wie lange kocht ein Ei 15 Minuten?
Combien de jours pour 1200 km ? | Combien de jours pour 12000 km ?
¿Cuántos gramos son 3 tazas? | ¿Cuántos gramos son 13 tazas?
What is the cube of 12? | What is the cube of 21?
Explain article 5 of NATO | Explain article 51 of NATO
What is B12 for? | What is B6 for?
Is blood pressure 140/90 high? | Is blood pressure 90/140 high?
Write 2 paragraphs on Kant | Write 2 pages on Kant
What is 10 to the minus 3? | What is 10 to the 3?
Does the sale end on 5 May? | Does the sale end on 15 May?
Is Easter in March or April? | Is Easter in April or May?
What was on TV in 1969? | What was on TV in 1996?
Wann ist Ferienbeginn in Bayern? | Wann ist Ferienende in Bayern?
Le magasin ferme-t-il à 18 h ? | Le magasin ferme-t-il à 20 h ?
¿Abren en Navidad? | ¿Abren en Nochevieja?
Is Monday a holiday? | Is every Monday a holiday?
Who ruled in the Bronze Age? | Who ruled in the Iron Age?
Can I fly on Sunday night? | Can I fly on Sunday morning?
Is the deadline before Friday? | Is the deadline by Friday?
Is the deadline on Friday? | Is the deadline after Friday?
How much is 3 kg of gold? | How much is 3 g of gold?
How long is 5 km in miles? | How long is 5 miles in km?
Is 2 l of water a day ok? | Is 2 l of water an hour ok?
What is 60 Hz in rpm? | What is 60 kHz in rpm?
How heavy is 1 m3 of sand? | How heavy is 1 m2 of sand?
Is 5 mmol/l of glucose high? | Is 5 mg/dl of glucose high?
Wie schnell sind 10 Knoten? | Wie schnell sind 10 Mach?
Combien font 3 pouces ? | Combien font 3 pieds ?
¿Cuánto es una onza? | ¿Cuánto es una libra?
How much is 1 BTC in EUR? | How much is 1 ETH in EUR?
Is ¥1000 a lot? | Is €1000 a lot?
How much is a Swiss franc in dollars? | How much is a dollar in Swiss francs?
Is 7 am CET too early for EST? | Is 7 am EST too early for CET?
Which planets have rings? | Which planets have no rings?
Why can fish breathe in water? | Why can't humans breathe in water?
why wont it start | why will it start
Which cheese isnt pasteurised? | Which cheese is pasteurised?
whats not included | whats included
What shouldnt I feed ducks? | What should I feed ducks?
Wer darf wählen? | Wer darf nicht wählen?
Wann muss ich zahlen? | Wann muss ich nicht zahlen?
Qui peut entrer ? | Qui ne peut pas entrer ?
¿Quién puede votar? | ¿Quién no puede votar?
Is he guilty? | Is he not guilty?
Which drugs are unsafe in pregnancy? | Which drugs are safe in pregnancy?
Can I drive uninsured? | Can I drive insured?
How do I write without adverbs? | How do I write with adverbs?
Is sugar ever bad? | Is sugar never bad?
Name a fruit with no seeds | Name a fruit with seeds
Did Cain kill Abel? | Did Abel kill Cain?
How do I copy from USB to disk? | How do I copy from disk to USB?
Who beat Federer: Nadal or Murray? | Who did Federer beat: Nadal or Murray?
Is lead denser than iron? | Is iron denser than lead?
Does Tom like Sue? | Does Sue like Tom?
Schuldet Max Eva Geld? | Schuldet Eva Max Geld?
Marie connaît-elle Luc ? | Luc connaît-il Marie ?
¿Cree Ana a Luis? | ¿Cree Luis a Ana?
How do I convert PNG to SVG? | How do I convert SVG to PNG?
What did the judge tell the jury? | What did the jury tell the judge?
How many teachers per pupil? | How many pupils per teacher?
Is x greater than y? | Is y greater than x?
Do wolves eat bears? | Do bears eat wolves?
Where do I sit if Ann leaves Bob? | Where do I sit if Bob leaves Ann?
What is the tallest tower? | What is the tallest tree?
What is the lightest metal? | What is the heaviest metal?
Which is cheaper? | Which is the cheapest?
Was ist gesünder? | Was ist am gesündesten?
Quelle voiture est plus sûre ? | Quelle voiture est la plus sûre ?
¿Qué es mejor? | ¿Qué es lo mejor?
Is it better to rent? | Is it best to rent?
Who earns the most? | Who earns the least?
Who earns more? | Who earns most?
Are all swans white? | Are any swans white?
Has nobody passed? | Has everybody passed?
Do both parents sign? | Does either parent sign?
Sind einige Beeren giftig? | Sind alle Beeren giftig?
Est-ce que chaque élève passe ? | Est-ce qu'un élève passe ?
¿Cada niño paga? | ¿Algún niño paga?
Give me several tips | Give me one tip
Should I water it every day? | Should I water it every other day?
Is half of it gone? | Is all of it gone?
Should I resign? | Can I resign?
Must guests register? | Can guests register?
Would it rain? | Will it rain?
Kann man hier parken? | Muss man hier parken?
Faut-il payer ? | Peut-on payer ?
¿Puedo fumar? | ¿Debo fumar?
Might it explode? | Must it explode?
Could I have known? | Should I have known?
How could I hurt him? | How do I hurt him?
How would I know? | How do I know?
How might I fail? | How do I fail?
Who is the mayor of Rome? | Who was the mayor of Rome?
Do they sell milk? | Did they sell milk?
What is Greta doing? | What did Greta do?
When does it end? | When did it end?
Was kostete Brot? | Was kostet Brot?
Qui gagnait ? | Qui gagne ?
¿Qué hacía Juan? | ¿Qué hace Juan?
Has she left? | Is she leaving?
Where was the fire? | Where is the fire?
How was the bread made? | How is the bread made?
When was it and who is he? | When is it and who was he?
Do I pay before I eat? | Do I pay after I eat?
How do I climb up a tree? | How do I climb down a tree?
Wie laufe ich zum See hin? | Wie laufe ich vom See weg?
Quand sortir ? | Quand entrer ?
¿Cómo salgo de casa? | ¿Cómo entro en casa?
Send it to Ann from Bob | Send it to Bob from Ann
Import CSV into Excel | Export CSV from Excel
Does Tuesday precede Monday? | Does Monday precede Tuesday?
How do I sign up? | How do I sign off?
How do I check in? | How do I check out?
How do I turn it over? | How do I turn it on?
What is the rule of chess? | What are the rules of chess?
Which star is near? | Which stars are near?
Is my sock wet? | Are my socks wet?
Welches Land liegt am Meer? | Welche Länder liegen am Meer?
Quel fruit est mûr ? | Quels fruits sont mûrs ?
¿Qué país tiene costa? | ¿Qué países tienen costa?
Write a joke | Write jokes
Explain work | Explain works
What is good? | What are goods?
How do I make a cake? | How do I make cakes and pies?
Is Node 18 LTS? | Is Node 20 LTS?
What is ES5? | What is ES6?
Is Ubuntu 22.04 stable? | Is Ubuntu 24.04 stable?
How do I install pandas 2? | How do I install pandas 1?
Ist Windows 11 Home gut? | Ist Windows 11 Pro gut?
What is Bluetooth 5.0? | What is Bluetooth 5.2?
Is the Pixel 8a good? | Is the Pixel 8 good?
What is IPv4? | What is IPv6?
How do I use Vue? | How do I use Vuex?
How do I use Go? | How do I use Godot?
In Italian, what is gelato? | What is gelato in Italian?
In Russian, who is a babushka? | Who is a babushka in Russian?
In theory, how do I win? | How do I win in theory class?
Describe snow in Norwegian | Describe snow in Finnish
Beschreibe Schnee auf Russisch | Beschreibe Schnee auf Polnisch
Décris la neige en russe | Décris la neige en polonais
Describe la nieve en ruso | Describe la nieve en polaco
Give primes as JSON | Give primes as plain text
Give primes in one line | Give primes in one column
List it alphabetically | List it chronologically
Show it as a pie chart | Show it as a bar chart
Reply in one word: is it wet? | Reply in one line: is it wet?
Explain rain | Explain rain in verse
Explain rain to kids | Explain rain to adults
Explain the costs for me | Explain the costs
Write a bio for my dog | Write a bio for my cat
Is yoga good for boys? | Is yoga good for girls?
Erklär Regen einem Kind | Erklär Regen einem Arzt
Gift for a nurse | Gift for a doctor
Please Please Me chords | Please Me chords
Please come home lyrics | Come home lyrics
Hello, Dolly trailer | Dolly trailer
Hey, Hey meaning | Hey meaning
Sorry, I love you trailer | I love you trailer
Who painted Please? | Who painted?
What does Hello mean? | What does mean mean?
Goodbye and thanks in Thai | Goodbye in Thai
Say please in Welsh | Say in Welsh
Can you cry? | Cry
Will you be there? | Be there
Could you kill a man? | Kill a man
Do you know how to lie? | How to lie
Would you mind dying? | Die
I need you to leave | I need to leave
I want to know love | Love
Tell me who by Diana meaning | Who by Diana meaning
Hi, you are closed? | Hi, you are closed.
You ship abroad? Thanks! | You ship abroad. Thanks!
What does x ||= 1 do? | What does x &&= 1 do?
What does a[1:2] give? | What does a[2:1] give?
What does ~x do? | What does -x do?
What does x % 3 do? | What does x / 3 do?
What does sed s/a/b/ do? | What does sed s/b/a/ do?
What does let f = x => x do? | What does let f = x >= x do?
What does grep -v do? | What does grep -V do?
What does a := 1 mean? | What does a = 1 mean?
What does NOT NULL do? | What does NULL do?
What does 'a'+'b' give? | What does 'a'*'b' give?
What does break do? | What does continue do?
What does int* p mean? | What does int& p mean?
What does x = 1,000 do in Python? | What does x = 1000 do in Python?
What is a?.b in JS? | What is a.b in JS?
Is len(x) > 0 fine? | Is len(x) >= 0 fine?
Did he see her? | Did she see him?
Are these yours? | Are these mine?
Is it his turn? | Is it her turn?
Hilft er mir? | Hilft er dir?
Me vois-tu ? | Te vois-je ?
¿La llamas? | ¿Lo llamas?
Can I trust you? | Can you trust me?
What if it snows? | What if it doesn't snow?
Do I win if I tie? | Do I win unless I tie?
What do I do when it beeps? | What do I do until it beeps?
Was tun, falls es brennt? | Was tun, bis es brennt?
Que faire s'il pleut ? | Que faire quand il a plu ?
¿Voy si llueve? | ¿Voy aunque llueva?
what is rip | What is RIP?
what is a dash cam | what is a DASH cam
what is fast food | What is FAST food?
Where is Bath? | Where is the bath?
What is a Turkey? | What is a turkey?
Explain soft power | Explain soft powers
Explain hard water | Explain hard rain
Where is Lima situated? | Where is Lisa situated?
How long to roast a duck? | How long did I roast a duck?
height of Everest | age of Everest
Give me the height of it | Give me the weight of it
Can I renew my visa? | Can I revoke my visa?
What is possible on my phone? | What is my phone?
""")
