"""Near misses of 26 kinds, written before anybody looked at what refuses them: pairs whose answers differ."""

from tests.caching.semantic.near_misses_by_hand import Pair


def read(lines: str) -> list[Pair]:
    """One pair a line; a line that begins with `#` says of what kind those below are."""
    halves = (line.partition(" | ") for line in lines.strip().splitlines() if line[:1] != "#")
    return [(one, other) for one, _, other in halves]


OF_MEANING = read("""
# numbers
How do I fit 12 people around a table? | How do I fit 10 people around a table?
What is 15% of 80? | What is 50% of 80?
How long do I boil an egg for 3 minutes? | How long do I boil an egg for 13 minutes?
Who won the 1994 World Cup? | Who won the 1998 World Cup?
What is the square root of 144? | What is the square root of 441?
How do I make pancakes for two? | How do I make pancakes for ten?
What's the legal limit at 0.05? | What's the legal limit at 0.5?
Is a score of 700 good? | Is a score of 70 good?
Explain chapter 7 | Explain chapter 17
List a dozen rivers | List half a dozen rivers
What are the top five colleges? | What are the top 50 colleges?
Is a quarter of a tank enough? | Is three quarters of a tank enough?
How do I save the first million? | How do I save the first billion?
What is 7 times 8? | What is 7 times 9?
What is a 401k? | What is a 403b?
# dates
What happened on 4 July 1776? | What happened on 4 June 1776?
Is the bank open on Saturday? | Is the bank open on Sunday?
What was fashion like in the 60s? | What was fashion like in the 80s?
When is Easter in 2030? | When is Easter in 2031?
What is the weather like in Rome in spring? | What is the weather like in Rome in autumn?
Can I file after April 15? | Can I file after April 5?
How did people live in the 18th century? | How did people live in the 19th century?
Which king ruled in 1066 AD? | Which king ruled in 1066 BC?
Meet at 7 am or later? | Meet at 7 pm or later?
Who was pope in the late 1500s? | Who was pope in the early 1500s?
# negation
Which foods contain gluten? | Which foods contain no gluten?
Why does my car start? | Why doesn't my car start?
How to lose hair | How not to lose hair
Is it safe to take with alcohol? | Is it safe to take without alcohol?
Which birds can fly? | Which birds can't fly?
What should I wear to an interview? | What shouldn't I wear to an interview?
Who is eligible for the refund? | Who is ineligible for the refund?
What makes a contract valid? | What makes a contract invalid?
Is it possible to undo a commit? | Is it impossible to undo a commit?
List countries that have signed the treaty | List countries that haven't signed the treaty
Why would anyone like this? | Why would no one like this?
Do I have to pay? | Don't I have to pay?
When is it legal to park here? | When is it illegal to park here?
How do I enable caching? | How do I disable caching?
Are all mushrooms edible? | Are all mushrooms inedible?
Show me users who are active | Show me users who are inactive
# names
Who wrote Emma? | Who wrote Evelina?
How far is Lyon from Paris? | How far is Lille from Paris?
Where was Marie Curie born? | Where was Pierre Curie born?
What is the population of Niger? | What is the population of Nigeria?
How do I get a visa for Austria? | How do I get a visa for Australia?
Is the Dominican Republic safe? | Is Dominica safe?
Who founded Intel? | Who founded AMD?
What is the capital of Slovakia? | What is the capital of Slovenia?
How do I use pandas? | How do I use polars?
What is the elevation of Mount Blanc? | What is the elevation of Mount Elbrus?
Who played Jack in Titanic? | Who played Rose in Titanic?
How do I cancel Netflix? | How do I cancel Hulu?
How tall is LeBron? | How tall is Curry?
Does iphone 12 have usb-c? | Does iphone 15 have usb-c?
Was Henry IV a good king? | Was Henry VI a good king?
How do I install numpy on windows? | How do I install numpy on linux?
What is George H. W. Bush known for? | What is George W. Bush known for?
# swapped
Did Brazil beat Germany? | Did Germany beat Brazil?
How do I convert a list to a tuple? | How do I convert a tuple to a list?
Who sued Apple for Samsung? | Who sued Samsung for Apple?
What did Tom say to Ann? | What did Ann say to Tom?
Why do dogs chase cats? | Why do cats chase dogs?
Is a whale bigger than an elephant? | Is an elephant bigger than a whale?
Can a landlord sue a tenant? | Can a tenant sue a landlord?
How do I move files from S3 to GCS? | How do I move files from GCS to S3?
Why did Brutus kill Caesar? | Why did Caesar kill Brutus?
Is it faster by train than by car? | Is it faster by car than by train?
How do I turn text into speech? | How do I turn speech into text?
Does poverty cause crime? | Does crime cause poverty?
Is iron heavier than lead? | Is lead heavier than iron?
Should I pay debts before saving? | Should I save before paying debts?
What does the student owe the teacher? | What does the teacher owe the student?
Was Bach influenced by Vivaldi? | Was Vivaldi influenced by Bach?
How do I translate English into Thai? | How do I translate Thai into English?
Do parents learn from children? | Do children learn from parents?
The manager praised the clerk because of what? | The clerk praised the manager because of what?
# from and to
How do I fly from Oslo? | How do I fly to Oslo?
How do I transfer money to a savings account? | How do I transfer money from a savings account?
What are exports to Japan? | What are exports from Japan?
What is a letter from my landlord worth? | What is a letter to my landlord worth?
How do I migrate to Postgres? | How do I migrate from Postgres?
What is the drive into town like? | What is the drive out of town like?
Can I pay for shipping? | Can I pay by shipping?
Is the key under the mat? | Is the key on the mat?
What is in the box? | What is on the box?
How do I get off the bus? | How do I get on the bus?
Who works for Anna? | Who works with Anna?
What are gifts for teachers? | What are gifts by teachers?
What do I do at work? | What do I do for work?
Is there a fee above 50 items? | Is there a fee below 50 items?
What is the road through the park? | What is the road around the park?
How do I write about my mother? | How do I write to my mother?
What is made in glass? | What is made of glass?
# units
How many ounces are in 2 pints? | How many ounces are in 2 quarts?
Is 30 degrees Celsius hot? | Is 30 degrees Fahrenheit hot?
What is a 5 mile run worth? | What is a 5 km run worth?
How much is 3 tsp of salt? | How much is 3 tbsp of salt?
Is 40 lbs too heavy? | Is 40 kg too heavy?
How fast is 60 mph? | How fast is 60 knots?
How long is 2 hours of video in GB? | How long is 2 minutes of video in GB?
Is 90 dB loud? | Is 90 Hz loud?
What is 1 ml of vanilla? | What is 1 cl of vanilla?
How far is a light year? | How far is a leap year?
How big is 1 acre? | How big is 1 hectare?
Is 2 A enough for a phone? | Is 2 V enough for a phone?
# currencies
How much is £20 today worth? | How much is €20 today worth?
Is 100 yen a lot? | Is 100 yuan a lot?
Convert 5 USD to GBP | Convert 5 GBP to USD
What can I buy for 10 francs? | What can I buy for 10 pounds?
Is 50 cents enough? | Is 50 dollars enough?
Can I pay in euros? | Can I pay in dollars?
How much is 1 BTC in ETH? | How much is 1 ETH in BTC?
What was a US dollar worth in 1950? | What was a Canadian dollar worth in 1950?
# comparatives
What is the tallest tree? | What is the shortest tree?
Which planet is closest to the sun? | Which planet is farthest from the sun?
How do I cook rice faster? | How do I cook rice slower?
Is more sleep better? | Is less sleep better?
What is the most spoken language? | What is the least spoken language?
Who is the older brother? | Who is the oldest brother?
What is a good phone? | What is a better phone?
What is a better phone? | What is the best phone?
What costs at least 10? | What costs at most 10?
Which laptop has the best battery? | Which laptop has the better battery?
What is the second largest city? | What is the largest city?
What is the minimum age? | What is the maximum age?
Is it as hot as Spain? | Is it hotter than Spain?
Why are tickets so cheap? | Why are tickets too cheap?
# modality
Must I sign the form? | May I sign the form?
Can I leave early? | Should I leave early?
Will it rain on the plain? | Would it rain on the plain?
What could go wrong? | What will go wrong?
Do I need to stretch? | Do I want to stretch?
How can a bill fail? | How must a bill fail?
Should dogs eat rice? | Can dogs eat rice?
What might have caused it? | What must have caused it?
Am I allowed to vote? | Am I required to vote?
When can I retire? | When should I retire?
What do I have to bring? | What am I able to bring?
How would you fix it? | How did you fix it?
# tense
Who is the mayor of Turin? | Who was the mayor of Turin?
What does he do? | What did he do?
What will Rome look like? | What did Rome look like?
Who has won the cup? | Who will win the cup?
Where does the queen live? | Where did the queen live?
Is it being repaired? | Has it been repaired?
What are they building? | What have they built?
Was she going to sing? | Is she going to sing?
How many people lived in Ur? | How many people live in Ur?
When did the store open? | When does the store open?
Why had it stopped? | Why has it stopped?
Who is running the bank? | Who ran the bank?
# quantifiers
Do all cats like milk? | Do some cats like milk?
Are most stars bigger than the sun? | Are all stars bigger than the sun?
Can I take both pills? | Can I take either pill?
Did everyone agree? | Did anyone agree?
Is it always wrong? | Is it sometimes wrong?
Do few people know? | Do a few people know?
Are many mammals blind? | Are any mammals blind?
Why do only men get it? | Why do men get it?
How often is it never true? | How often is it true?
Is every square a rectangle? | Is a square a rectangle?
Are both of them married? | Are none of them married?
Is almost everyone insured? | Is everyone insured?
Did half the class pass? | Did the class pass?
Do I need several coats of paint? | Do I need a coat of paint?
# entailment
What are symptoms of diabetes? | What are symptoms of type 2 diabetes?
How do I train a dog? | How do I train a guide dog?
What is a good book for children? | What is a good book?
How do I renew a passport? | How do I renew a passport for a child?
Where can I swim in Rome? | Where can I swim in Rome for free?
How do I open a bank account? | How do I open a bank account online?
Why is my phone hot? | Why is my phone hot while charging?
What are the side effects of ibuprofen? | What are the long term side effects of ibuprofen?
How do I cook salmon? | How do I cook frozen salmon?
What is the best hotel in Bath? | What is the best cheap hotel in Bath?
Can I return an item? | Can I return a used item?
How do I read a file in Go? | How do I read a large file in Go?
Who pays tax? | Who pays property tax?
What is the fine for speeding? | What is the fine for speeding in a school zone?
How do I make soup? | How do I make soup stock?
Is running good? | Is running good for the knees?
# singular and plural
Where are my glasses? | Where is my glass?
What is the custom of Spain? | What are the customs of Spain?
Write a haiku about a dog | Write haikus about a dog
Find the error in this approach | Find the errors in this approach
Who are the owners of Tesla? | Who is the owner of Tesla?
Is my arm broken? | Are my arms broken?
What is the force in physics? | What are the forces in physics?
What is good news on the radio? | What is a good new on the radio?
What is the arm of the state? | What are the arms of the state?
How do I save my work? | How do I save my works?
Suggest a name for a cat | Suggest names for a cat
What is the spirit of wine? | What are the spirits of wine?
How do I find the mean? | How do I find the means?
What is the return on a bond? | What are the returns on a bond?
How do I get good at communication? | How do I get good at communications?
What was the content of the bag? | What were the contents of the bag?
What is the saving? | What are the savings?
How do I dress a wound in the wood? | How do I dress a wound in the woods?
Who is the brother of Ann? | Who are the brothers of Ann?
# versions
What is new in Python 3.11? | What is new in Python 3.12?
How do I upgrade to Angular 2? | How do I upgrade to Angular 12?
Is HTTP/2 better than HTTP/1.1? | Is HTTP/3 better than HTTP/1.1?
Does Java 8 have records? | Does Java 18 have records?
Is Windows 10 supported? | Is Windows 11 supported?
What changed in v1.2.3? | What changed in v1.2.4?
Is USB 3.0 the same as USB-C? | Is USB 3.1 the same as USB-C?
How good is GPT-4? | How good is GPT-4o?
What is in the beta release? | What is in the stable release?
Does Django 4.2 support it? | Does Django 4.2.1 support it?
# languages asked for
How do I say thank you in Korean? | How do I say thank you in Japanese?
Write hello world in C | Write hello world in C++
Write a sorting function in Java | Write a sorting function in JavaScript
How do I reverse a string in R? | How do I reverse a string in Go?
Answer in French: who is Zola? | Answer in German: who is Zola?
Give me a poem in Scots | Give me a poem in Scots Gaelic
What is bread in Spanish? | What is bread in Portuguese?
Explain closures in Ruby | Explain closures in Rust
How do I write my name in Arabic? | How do I write my name in Hebrew?
Summarise the plot in English | Summarise the plot in Dutch
# audience
Explain gravity to a child | Explain gravity to a physicist
Write a bio for LinkedIn | Write a bio for Tinder
Explain inflation like I'm five | Explain inflation like I'm fifty
Recommend a film for a teenager | Recommend a film for a toddler
How do I apologise to my boss? | How do I apologise to my wife?
What vitamins should men take? | What vitamins should women take?
Write an email to a client | Write an email to a colleague
Is it safe for me to fly? | Is it safe for my baby to fly?
What should my dog eat? | What should your dog eat?
Explain it to me | Explain it to my mother
Tips for beginners | Tips for experts
Can we apply? | Can they apply?
Why do I dream? | Why do you dream?
Help him write a letter | Help her write a letter
# antonyms
How do I gain weight? | How do I lose weight?
How do I increase the volume? | How do I decrease the volume?
What are the pros of solar? | What are the cons of solar?
Why is the sea warm? | Why is the sea cold?
How do I log in? | How do I log out?
How do I encrypt a file? | How do I decrypt a file?
How do I open the hood? | How do I close the hood?
What is a high pulse? | What is a low pulse?
Where do I buy stamps? | Where do I sell stamps?
How do I start the server? | How do I stop the server?
What are the advantages of debt? | What are the disadvantages of debt?
How do I lock my phone? | How do I unlock my phone?
Is it a public beach? | Is it a private beach?
How do I mute a call? | How do I unmute a call?
What causes a heavy period? | What causes a light period?
Who are the winners? | Who are the losers?
How do I accept an invitation? | How do I decline an invitation?
What are internal causes? | What are external causes?
How do I import contacts? | How do I export contacts?
What is the employer's share? | What is the employee's share?
# ordinals
Who was the first man on the moon? | Who was the second man on the moon?
What is the third letter? | What is the last letter?
Who came in first? | Who came in third?
What is the second act about? | What is the first act about?
What is the next step? | What is the last step?
How do I delete the first row? | How do I delete the last row?
What is the 3rd amendment? | What is the 13th amendment?
Who was the previous owner? | Who was the original owner?
What is the nth root? | What is the fourth root?
# before and after
Should I stretch before running? | Should I stretch after running?
What happened before the war? | What happened during the war?
Can I eat before a blood test? | Can I eat after a blood test?
What do I do until it boils? | What do I do after it boils?
Who ruled after Nero? | Who ruled before Nero?
Can I cancel within 14 days? | Can I cancel after 14 days?
Is it due by Friday? | Is it due on Friday?
Do I add salt while it cools? | Do I add salt once it cools?
What has changed since 1990? | What had changed by 1990?
# part and whole
What is the area of a circle? | What is the area of a semicircle?
What is the capital of the state of New York? | What is the capital of New York?
How do I clean a car engine? | How do I clean a car?
What is the first line of the book? | What is the first book of the line?
How much is a slice of cake? | How much is a cake?
Who owns the apartment? | Who owns the apartment building?
What is the wheel of the cart? | What is the cart of the wheel?
What is the GDP of the United Kingdom? | What is the GDP of England?
Is the roof of the house red? | Is the house red?
How many players are in a team? | How many teams are in a league?
What is the leader of a group? | What is a group of leaders?
# code identifiers
What does getUser do? | What does getUsers do?
What does user_id hold? | What does userid hold?
What does sort() do? | What does sorted() do?
What is the use of ls -l? | What is the use of ls -L?
What does x += 1 mean? | What does x =+ 1 mean?
What does a == b check? | What does a = b check?
What is arr[0]? | What is arr[-1]?
How do I use Map in JS? | How do I use map in JS?
What is foo.bar? | What is foo->bar?
What does *p do? | What does &p do?
What does /etc/host hold? | What does /etc/hosts hold?
What is the regex a+? | What is the regex a*?
What is git reset --soft? | What is git reset --hard?
What does i++ return? | What does ++i return?
Why is NaN null? | Why is nan Null?
What is a void* in C? | What is a void in C?
How do I call print_r? | How do I call print?
What does the strings command do? | What does the string command do?
What is $HOME? | What is HOME?
What does df.head() return? | What does df.head return?
How do I set process.env? | How do I set .env?
What is a 'static lifetime? | What is a static lifetime?
# conditionals
What happens if I pay late? | What happens if I pay early?
Will it work if it rains? | Will it work unless it rains?
Can I go if I am sick? | Can I go because I am sick?
Is it open when it snows? | Is it open even when it snows?
What if I forget my password? | What if I forget your password?
If A then B, is B true? | If B then A, is B true?
Can I sue if he lied? | Can I sue only if he lied?
Is it a crime if nobody knows? | Is it a crime if everybody knows?
What happens if a tree falls? | What happens as a tree falls?
Should I quit if I hate it? | Should I quit though I hate it?
# kind of question
When did he write it? | Why did he write it?
How many people came? | Which people came?
How does it rain? | Does it rain?
What is a mortgage? | What is a mortgage for?
Who is Java for? | What is Java for?
How long is the river? | How wide is the river?
What is the cause of rust? | What is the cure of rust?
How do I know it works? | How do I know how it works?
Is tea good? | How good is tea?
Why is he here? | Is he here?
How much do whales eat? | What do whales eat?
How old is the church? | How is the old church?
Where is the train from? | Where is the train?
What makes bread rise? | What bread makes rise?
Do I look good? | How do I look good?
How do cats see? | What do cats see?
Write an essay on rain | Write an outline on rain
Compare tea and coffee | Combine tea and coffee
What is love like? | What does love like?
What can I do for Ann? | What can Ann do for me?
What do I need this for? | Do I need this?
Tell me who he is | Tell me who she is
What are the rules? | What are our rules?
Which is the best time to visit Bali? | Which is the best time to leave Bali?
How do I get rid of ants in the house? | How do I get rid of ants in the garden?
How do I get my money back? | How do I get money back?
What are some good names? | What are some good family names?
What do they sell? | What do they sell for?
How do I make it up? | How do I make up?
How do I tell him? | How do I tell on him?
Is there a way out? | Is there a way?
What is up? | What is it up to?
How did it come about? | How did it come?
What is the point of it? | What is the point on it?
""")
