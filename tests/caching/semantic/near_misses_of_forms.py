"""Near misses of what was once taken for grammar or manners: number, articles, capitals, stress, ability."""

from tests.caching.semantic.near_misses_of_meaning import read

OF_FORMS = read("""
# plural as other thing
What are the terms of the loan? | What is the term of the loan?
What are the conditions of the car? | What is the condition of the car?
What are the values of the company? | What is the value of the company?
What are the states of Australia? | What is the state of Australia?
What are the strengths of steel? | What is the strength of steel?
What are the qualities of the wood? | What is the quality of the wood?
What are the difficulties of the course? | What is the difficulty of the course?
What are the directions to the fort? | What is the direction to the fort?
What are the stakes in the deal? | What is the stake in the deal?
What is the largest country in Africa? | What are the largest countries in Africa?
What is the tallest building in Dubai? | What are the tallest buildings in Dubai?
What is the prime number after 7? | What are the prime numbers after 7?
What is the letter before D? | What are the letters before D?
What is the planet between Earth and Jupiter? | What are the planets between Earth and Jupiter?
How do I improve memory? | How do I improve memories?
How do I build character? | How do I build characters?
How do I make change? | How do I make changes?
How do I play cards? | How do I play a card?
How do I take turns? | How do I take a turn?
What is the right of way? | What are the rights of way?
How do I buy stock? | How do I buy stocks?
What is the interest of the bank? | What are the interests of the bank?
Which planet is in the habitable zone? | Which planets are in the habitable zone?
What vitamin is in oranges? | What vitamins are in oranges?
Where is the exit in the hall? | Where are the exits in the hall?
What is the charge of the particle? | What are the charges of the particle?
Does it take a week? | Does it take weeks?
Is it a mile away? | Is it miles away?
Did he wait an hour? | Did he wait hours?
Can I stay for a month? | Can I stay for months?
Recommend a day in Rome | Recommend days in Rome
I need a cup | I need cups
Give me a minute of silence | Give me minutes of silence
# a or none
How do I start a school? | How do I start school?
How do I treat a cold? | How do I treat cold?
What is a stock made of? | What is stock made of?
How do I get rid of a corn? | How do I get rid of corn?
How do I polish a marble? | How do I polish marble?
How do I store a pepper? | How do I store pepper?
How do I leave a home? | How do I leave home?
How do I develop a film? | How do I develop film?
Can I keep an order? | Can I keep order?
How do I learn a dance? | How do I learn dance?
Should I go to a church? | Should I go to church?
How do I grow a mint? | How do I grow mint?
How do I build a bridge? | How do I build bridge?
How do I plan a prison break? | How do I plan prison breaks?
How do I make an ice? | How do I make ice?
How do I take a stock? | How do I take stock?
Can I eat a squash? | Can I eat squash?
How do I measure a current? | How do I measure current?
# capital names that are units or seasons
What is Pascal? | What is pascal?
Who was Kelvin? | Who was kelvin?
How big is Acre? | How big is acre?
Is Hertz cheap? | Is hertz cheap?
What is Pound known for? | What is pound known for?
Who is Summer? | Who is summer?
What did Day sing? | What did day sing?
Where is Winter from? | Where is winter from?
Is Sterling good? | Is sterling good?
Was Night a goddess? | Was night a goddess?
Does Gallon sell milk? | Does gallon sell milk?
# stress
Who really killed him? | Who killed him?
Find a really cheap hotel | Find a cheap hotel
who directed love actually | who directed love
What really happened at Roswell? | What happened at Roswell?
How do I get really rich? | How do I get rich?
Which cars go really fast? | Which cars go fast?
Who actually wrote the plays of Shakespeare? | Who wrote the plays of Shakespeare?
Is a really small dog smart? | Is a small dog smart?
When exactly did the war end? | When did the war end?
Where exactly is Troy? | Where is Troy?
# ability or request
Can you write code? | Write code
Can you describe images? | Describe images
Can you translate Korean? | Translate Korean
Can you summarize videos? | Summarize videos
Can you list files? | List files
Do you know how to swim? | How to swim?
Do you know how to drive a truck? | How do I drive a truck?
Do you know when to stop? | When to stop?
Can you write SQL? | Write SQL
# long
How long can a snake grow? | For how long can a snake grow?
How long do snakes grow? | For how long do snakes grow?
How long does hair get? | For how long does hair get?
How long did the road stretch? | For how long did the road stretch?
# order matters in differences
Write code for the difference between x and y | Write code for the difference between y and x
How do I get the difference between start and end? | How do I get the difference between end and start?
Print the difference between a and b | Print the difference between b and a
# fronted
In court, what did he say happened? | What did he say happened in court?
In bed, who did he think lied? | Who did he think lied in bed?
In Paris, where did she claim he lived? | Where did she claim he lived in Paris?
# how can / how do
How could I forget? | How do I forget?
How can I owe money? | How do I owe money?
How can I have a fever? | How do I have a fever?
How would I die? | How do I die?
How can I be wrong? | How do I be wrong?
How could I fail? | How do I fail?
How can I lose? | How do I lose?
How could I miss it? | How do I miss it?
How do I age? | How can I age?
# quoted layout
What is the length of ' x'? | What is the length of 'x'?
# numbers elsewhere
Wie weit sind 2,500 km? | Wie weit sind 2500 km?
Combien font 1,250 litres ? | Combien font 1250 litres ?
Hoeveel is 3,141 meter? | Hoeveel is 3141 meter?
Quanto sono 1,500 chili? | Quanto sono 1500 chili?
# which bird
Which man is he? | What man is he?
Which dog is that? | What dog is that?
Which doctor are you? | What doctor are you?
How do I win a favor? | How do I win favor?
How do I make a pass? | How do I make pass?
# put in order
Put it in order to see | Put it to see
Are they in order to go? | Are they to go?
Keep the books in order to impress | Keep the books to impress
How do I play darts? | How do I play a dart?
How do I pay dues? | How do I pay a due?
How do I cut corners? | How do I cut a corner?
How do I save face? | How do I save a face?
How do I find cover? | How do I find a cover?
How do I restore balance? | How do I restore a balance?
How do I jump ship? | How do I jump a ship?
How do I trade places? | How do I trade a place?
How do I keep tabs? | How do I keep a tab?
Ciao, bella | bella
Hey, Jude | Jude
""")
