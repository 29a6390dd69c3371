"""Near misses of ways to ask that are one elsewhere, and of small words: pairs whose answers differ."""

from tests.caching.semantic.near_misses_of_meaning import read

OF_PHRASING = read("""
# phrasing
What is the way to Amarillo? | How to Amarillo?
What are the steps to the temple? | How to the temple?
What is the process to patent law? | How do I patent law?
What do I have to do to my hair? | How to my hair
Where can I sign? | Where do I sign up?
Where can I get off? | Where do I get on?
Where can I live? | Where do I live?
Where can I sleep? | Where do I sleep?
Where can I change? | Where do I change my tyres?
Do I need to go? | Do I have to stay?
Do I need to? | Do I have two?
Do you need to eat? | Do you have food to eat?
Do I need salt? | Do I have salt?
Do you need a receipt? | Do you have a receipt?
Tell me the story of Ruth | Tell me a story of Ruth
Tell me the end of the film | What is the point of the film?
Name the capital of Peru | Name the currency of Peru
Name a capital of Peru | Name the capital of Peru
Name the ship of Theseus | Name my ship after Theseus
How far away is Mars? | How far along is Mars?
How far is it? | How far gone is it?
What exactly is 5? | What is exactly 5?
Who exactly was he? | Who was exactly him?
In what way is Ann like Bob? | In what way is Bob unlike Ann?
For what reason is it shut? | For how long is it shut?
Define love | Define hate
Define life | Define a life
Explain love | What is lovely?
Explain python | Explain pythons
Explain gravity | Explain gravity waves
Explain yourself | What is yourself made of?
Give me a summary of Emma | Give me a review of Emma
Write a summary of my week | Write a diary of my week
Give me a summary of Emma | Give me a long summary of Emma
What is the difference between 5 and 10? | What is the ratio between 5 and 10?
What is the difference between him and me? | What is the distance between him and me?
What is the difference between black tea and coffee? | What is the difference between black coffee and tea?
What is the difference between red wine and white? | What is the difference between white wine and red meat?
What is the difference between a CEO and a CFO? | What is the difference between a CEO and a COO?
What is the difference between old laws and new? | What is the difference between old and new lawyers?
What is the difference between A and B? | What is the similarity between A and B?
What is the difference between TCP and UDP in speed? | What is the difference between TCP and UDP in cost?
Difference between IPv4 and IPv6 | Difference between IPv4 and IPsec
In Go, how do I sort? | In Rust, how do I sort?
In Rome, what do people eat? | In Rome, where do people eat?
In 1990, who said he would resign? | Who said he would resign in 1990?
In Java, what is it that Kotlin calls an object? | What is it that Kotlin calls an object in Java?
Which city is it? | Which cities is it in?
Which one is it? | What one does it?
Which is it? | What is it?
Which do you like? | What do you like?
Which of them was it? | What of them was it?
Which car won? | Which cart won?
In which year did he die? | In which month did he die?
What is meant by love? | What is meant by loving?
What is the meaning of this? | What does this mean for us?
What is the meaning of "saw"? | What does "Saw" mean?
What is the meaning of no? | What does know mean?
meaning of Ann | meaning of an
definition of work | definition of works
Summarise the plot for me | Summarise the plot for my mother
Check the log for me | Check the log for him
List gifts for me | List gifts for us
Fix dinner for me | Fix a dinner for two
Describe a job for me | Describe a job for you
I want you to write a poem | I want to write a poem
I want you to go | I want you two to go
I need you to call Ann | I need Ann to call you
I'd like you to sing | I'd like to sing
I would like you to explain love | I would like you to explain your love
How would I look? | How do I look?
How would I know? | How do I know?
How would I vote? | How did I vote?
How would he fix it? | How can I fix it?
Why can I not sleep? | Why can I sleep?
Why do I not sleep? | Why not do I sleep?
What can he not eat? | What can he eat?
Can I not go? | Can't he go?
In order to win, what do I do? | What do I win in order?
What is the order to sell? | What is to sell?
# numbers
What is 3 to the power of 4? | What is 4 to the power of 3?
How do I split 100 by 3? | How do I split 3 by 100?
Is 1e6 big? | Is 1e-6 big?
Which bus is the 42A? | Which bus is the 42B?
How long is a 30 minute walk in steps? | How long is a 3 minute walk in steps?
What was the score in game 6? | What was the run in game 5?
# names
How do I say hi to Jean? | How do I say hi to Joan?
Is Bali in Indonesia? | Is Mali in Indonesia?
What did Kant think of Hume? | What did Hume think of Kant?
How do I use Flask? | How do I use a flask?
Who is Mercury? | What is mercury?
What is Target? | What is a target?
Is Jordan safe? | Is Jordan's safe?
What is the Big Apple? | What is a big apple?
Who runs Oracle? | Who ran Oracle?
How do I get to Reading? | How do I get to reading?
# small
Is there water in the well? | Is the water in there well?
What do you have against him? | What do you have for him?
How do I set up a meeting? | How do I set a meeting up in flames?
How do I put off a meeting? | How do I put on a meeting?
Who did you see? | Who saw you?
How do I give up sugar? | How do I give sugar?
How do I take in a dress? | How do I take out a dress?
What does he look like? | What does he like?
How is the weather forecast made? | How is the weather made?
Should I eat before I swim? | Should I swim before I eat?
What do I do when she cries? | What do I do when he cries?
How do I make my own bread? | How do I make bread my own?
Does she only eat fish? | Does only she eat fish?
Is he just a boy? | Is he a just boy?
What if it is not? | What if it is?
Who else came? | Who came?
Why even try? | Why try evenly?
How soon can I leave? | How late can I leave?
Is it too hot? | Is it hot too?
How many of you are there? | How many of them are there?
Can a person be sued? | Can a person sue?
Is the bank insured? | Is the bank insuring?
Why was he killed? | Why did he kill?
Who was taught by Plato? | Who taught Plato?
How do I get paid? | How do I pay?
How do I use the drive? | How do I drive?
How was your trip? | How was their trip?
Who is taller than Ann? | Who is as tall as Ann?
What is the longest I can stay? | What is the shortest I can stay?
How do I divide by a fraction? | How do I divide a fraction?
How do I turn on dark mode? | How do I turn off dark mode?
Where does the tour start? | Where does the tour end?
When does the shop open? | When is the shop open?
What is a minor chord? | What is a minor third?
How do I add a row? | How do I add to a row?
Can I wear shorts? | Can I wear a short?
Does water conduct heat? | Does heat conduct water?
How do I wire money? | How do I wire a house?
Explain the ending | Explain the beginning
Where do bees live? | Where do bees sleep?
Is it a fruit? | Is it fruity?
Who made the first move? | Who made the first movie?
# of all kinds
How do I paint a 9 foot wall? | How do I paint a 6 foot wall?
What is 20% off 45? | What is 45% off 20?
Who was president in 1861? | Who was president in 1816?
Which vaccine needs 2 doses? | Which vaccine needs 1 dose?
How many bytes are in 4 KB? | How many bits are in 4 KB?
What is a 5k race? | What is a 10k race?
Give me 3 rhymes | Give me 13 rhymes
Is flight 112 late? | Is flight 121 late?
When is Lent in 2027? | When is Advent in 2027?
Is the post office open on Good Friday? | Is the post office open on Friday?
What is the tide at noon? | What is the tide at midnight?
What holidays are in May? | What holidays are in March?
What happened in the 1920s? | What happened in 1920?
Which meats are halal? | Which meats are not halal?
Who can vote? | Who can no longer vote?
Is it wise to wait? | Is it unwise to wait?
Why do I need a visa? | Why don't I need a visa?
Which apps work offline? | Which apps don't work offline?
Can I drink with antibiotics? | Can I drink without antibiotics?
What never changes? | What always changes?
Who wrote Persuasion? | Who wrote Pamela?
What is the capital of Guinea? | What is the capital of Guyana?
How do I get to Heathrow? | How do I get to Gatwick?
Where is Georgia Tech? | Where is Virginia Tech?
How do I use numpy? | How do I use scipy?
How tall was Napoleon III? | How tall was Napoleon?
Is Java dead? | Is Scala dead?
Is Uber hiring? | Is Lyft hiring?
Did Ali beat Frazier? | Did Frazier beat Ali?
How do I convert JSON to XML? | How do I convert XML to JSON?
Does stress cause ulcers? | Do ulcers cause stress?
Can a cat hurt a hawk? | Can a hawk hurt a cat?
Is glass harder than steel? | Is steel harder than glass?
How do I translate Latin to English? | How do I translate English to Latin?
What did Freud say about Jung? | What did Jung say about Freud?
Can I fly from Malta to Cyprus? | Can I fly from Cyprus to Malta?
How do I sync my phone to my laptop? | How do I sync my laptop to my phone?
What do banks owe customers? | What do customers owe banks?
How do I send mail to a ship? | How do I send mail from a ship?
What is the train from Bern like? | What is the train to Bern like?
Who sings in the choir? | Who sings with the choir?
What is under the bed? | What is behind the bed?
How do I log on to the site? | How do I log off the site?
What can I do about noise? | What can I do with noise?
How many grams are in a cup? | How many grams are in a pint?
Is 50 F cold? | Is 50 C cold?
How heavy is 10 stone? | How heavy is 10 stones?
How much is 3 carats? | How much is 3 karats?
How far is 5 leagues? | How far is 5 furlongs?
Is 5 bar too much? | Is 5 psi too much?
Is 1,000 won a lot? | Is 1,000 yen a lot?
Convert rand to naira | Convert naira to rand
What is a Swiss franc? | What is a Swedish krona?
How much is £1 in shillings? | How much is $1 in shillings?
Which lake is deepest? | Which lake is shallowest?
Which is the fastest route? | Which is the shortest route?
Who is the youngest senator? | Who is the oldest senator?
What is a bigger tank? | What is a big tank?
What is the highest score? | What is a high score?
Is less salt fine? | Is more salt fine?
May I smoke here? | Must I smoke here?
Should I tip? | Must I tip?
Can he drive? | Will he drive?
Would you buy it? | Did you buy it?
What should he say? | What could he say?
Who leads the party? | Who led the party?
Is it growing? | Has it grown?
What did it cost? | What does it cost?
Where were they going? | Where are they going?
What has he written? | What is he writing?
When will it end? | When did it end?
Do all birds migrate? | Do any birds migrate?
Are most jobs safe? | Are some jobs safe?
Is every even number composite? | Is any even number composite?
Did nobody notice? | Did everybody notice?
Can each player move twice? | Can either player move twice?
Are only adults allowed? | Are adults allowed?
How do I bake bread? | How do I bake sourdough bread?
What is a good wine? | What is a good cheap wine?
How do I get a loan? | How do I get a student loan?
How do I fix a bike? | How do I fix a bike chain?
How do I draw a horse? | How do I draw a horse's head?
Is swimming safe? | Is swimming safe after surgery?
Write a limerick about cheese | Write limericks about cheese
Who is the author of Genesis? | Who are the authors of Genesis?
Where is my shoe? | Where are my shoes?
Suggest a title | Suggest titles
What is the glass made of? | What are the glasses made of?
What is a spec? | What are specs?
What is new in React 18? | What is new in React 19?
Is Postgres 9.6 supported? | Is Postgres 16 supported?
How do I install Node 20? | How do I install Node 22?
Is iOS 17.1 stable? | Is iOS 17.11 stable?
How do I say sorry in Polish? | How do I say sorry in Czech?
Write fizzbuzz in Lua | Write fizzbuzz in Perl
Explain it in Hindi | Explain it in Urdu
Write it in formal English | Write it in simple English
Explain DNA to a toddler | Explain DNA to a doctor
Write a toast for a wedding | Write a toast for a funeral
What should a baby drink? | What should a bull drink?
Tips for renters | Tips for landlords
How do I boost my credit? | How do I freeze my credit?
How do I show hidden files? | How do I hide shown files?
What makes prices rise? | What makes prices fall?
How do I join a call? | How do I leave a call?
How do I grant access? | How do I revoke access?
Is it an odd function? | Is it an even function?
Who was the first emperor? | Who was the last emperor?
What is step two? | What is step three?
What is the 4th of July? | What is the 14th of July?
What was his second album? | What was his third album?
Do I shower before the pool? | Do I shower after the pool?
What came before jazz? | What came after jazz?
What do I do while it dries? | What do I do before it dries?
Can I pay by 5 pm? | Can I pay after 5 pm?
What is the lid of the jar? | What is the jar?
How much is a pack of gum? | How much is a stick of gum?
How old is the city hall? | How old is the city?
How do I wash a car seat? | How do I wash a car?
What does len() do? | What does len do in Lua?
What is self.x? | What is cls.x?
What does --force do? | What does --force-with-lease do?
What does && do? | What does & do?
What is a[1:2]? | What is a[1,2]?
What does ls do? | What does lsof do?
What is x**2? | What is x*2?
What is #fff? | What is #fffff?
What does chmod 644 do? | What does chmod 744 do?
What is System.out? | What is System.err?
What if I win? | What if I don't win?
Is it free if I cancel? | Is it free unless I cancel?
Do I pay when I order? | Do I pay if I order?
Can I stay if she leaves? | Can she stay if I leave?
Who called him? | Whom did he call?
Why is it so? | Why is it not so?
How often do I water it? | How long do I water it?
How do I use it? | What do I use it for?
Where did she go? | When did she go?
What is your name? | What is my name?
How do I file my taxes? | How do I file taxes for my mother?
Is the soup hot? | Is the hot soup?
Do you take cards? | Do you take my cards?
How do I move a table? | How do I move tables apart?
Who gave it to her? | Who did she give it to?
Who owns it? | Who owes it?
Is his story true? | Is this story true?
What is a lead? | What is lead?
Is there life on Mars? | Is there a life on Mars?
How do I play the bass? | How do I play a bass line?
How do I play fair? | How do I play at a fair?
""")
