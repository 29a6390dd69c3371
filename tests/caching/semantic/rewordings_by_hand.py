"""Pairs that one answer serves, as people word them; by no means all can be told without knowing words."""

from tests.caching.semantic.near_misses_of_meaning import read

REWORDINGS = read("""
How do I change my email address? | How can I change my email address?
How do I change my email address? | What is the way to change my email address?
How can I track my order? | How do I track my order?
How do I track an order? | How to track an order
Where is my order? | where's my order
What's your return policy? | What is your return policy?
What is your refund policy? | what's the refund policy
Do you ship to Canada? | do you ship to canada
How long does shipping take? | how long does the shipping take?
Can I get a refund? | Could I get a refund?
Can I pay with PayPal? | Is it possible to pay with PayPal?
How do I cancel my subscription? | I want to cancel my subscription. How do I do that?
How do I cancel my subscription? | How do I go about cancelling my subscription?
How do I cancel my subscription? | What do I need to do to cancel my subscription?
How do I cancel my subscription? | What steps do I take to cancel my subscription?
How do I delete my account? | How do you delete an account?
How do I delete my account? | Please tell me how to delete my account
How do I delete my account? | Tell me how I can delete my account.
I forgot my password | I forgot my password.
I forgot my password, what do I do? | I forgot my password. What do I do?
I forgot my password, what should I do? | I've forgotten my password, what should I do?
How do I contact support? | How do I get in touch with support?
How do I contact customer support? | How can I contact customer support?
Are there any discounts for students? | Are there discounts for students?
Do you offer student discounts? | Do you have student discounts?
What payment methods do you accept? | Which payment methods do you accept?
What payment methods do you accept? | Which payment methods are accepted?
When will my package arrive? | When is my package going to arrive?
When will my package arrive? | when will my package arrive??
Why was my card declined? | Why has my card been declined?
How do I reset my password? | How would I reset my password?
How do I reset my password? | How should I reset my password?
How do I reset my password? | how do i reset my pasword
How do I reset my password? | Hi, how do I reset my password?
How do I reset my password? | Hello! I'd like to know how to reset my password, thanks
How do I reset my password? | Can you help me reset my password?
How do I reset my password? | Could you explain how to reset my password?
How do I reset my password? | Can you tell me how to reset my password please?
How do I reset my password? | I need to know how to reset my password
How do I reset my password? | What is the procedure to reset my password?
How do I reset my password? | how do I reset password
How do I reset my password? | In what way can I reset my password?
How do I reset my password? | How might I reset my password?
What is the capital of Peru? | What's the capital of Peru?
What is the capital of Peru? | which city is the capital of Peru
What is the capital of Peru? | Tell me the capital of Peru
What is the capital of Peru? | capital of Peru
What is the capital of Peru? | What's Peru's capital?
What is the capital of Peru? | Name the capital of Peru.
What is the capital of Peru? | Do you know what the capital of Peru is?
What is the capital of Peru? | Could you tell me what the capital of Peru is?
What is the capital of Peru? | Can you tell me the capital of Peru?
What is the capital of Peru? | the capital of Peru is what?
What is photosynthesis? | Explain photosynthesis
What is photosynthesis? | Can you explain what photosynthesis is?
What is photosynthesis? | Define photosynthesis
What is photosynthesis? | what exactly is photosynthesis
What is photosynthesis? | What does photosynthesis mean?
What is recursion? | Please explain recursion to me
Explain recursion | Explain what recursion is
Explain recursion | Describe recursion
What is machine learning? | What's machine learning?
What is machine learning? | what is meant by machine learning
What is machine learning? | What do you mean by machine learning?
How does a vaccine work? | How do vaccines work?
How does a vaccine work? | Explain how vaccines work
How does a vaccine work? | How do vaccines actually work?
How does a vaccine work? | Could you explain how vaccines work?
Why is the sky blue? | Why does the sky look blue?
Why is the sky blue? | What makes the sky blue?
Why is the sky blue? | How come the sky is blue?
Why is the sky blue? | Can you tell me why the sky is blue?
Why is the sky blue? | What is the reason the sky is blue?
Who invented the telephone? | Who was the inventor of the telephone?
Who invented the telephone? | Who invented telephone?
Who invented the telephone? | The telephone was invented by whom?
Who invented the telephone? | Tell me who invented the telephone.
Who wrote Hamlet? | Who is the author of Hamlet?
Who wrote Hamlet? | Who was Hamlet written by?
Who wrote Hamlet? | By whom was Hamlet written?
When did World War II end? | When did World War 2 end?
When did World War II end? | When did WW2 end?
When did World War II end? | In what year did World War II end?
How many planets are there? | How many planets are there in total?
How far is the moon? | How far away is the moon?
How far is the moon from Earth? | How far is the moon from the Earth?
How tall is Mount Everest? | What is the height of Mount Everest?
How tall is Mount Everest? | How high is Mount Everest?
How old is the universe? | What is the age of the universe?
What is the best way to learn Spanish? | What's the best way to learn Spanish?
What is the best way to learn Spanish? | What are the best ways to learn Spanish?
What is the best way to learn Spanish? | How can I best learn Spanish?
What is the best way to learn Spanish? | Which is the best way to learn Spanish?
What is the best way of learning Spanish? | What is the best way to learn Spanish?
How can I lose weight quickly? | How do I lose weight quickly?
How can I lose weight quickly? | How can I quickly lose weight?
How can I lose weight quickly? | How can I lose weight fast?
How can I lose weight quickly? | How does one lose weight quickly?
What are some good books on history? | What are good books on history?
What are some good books on history? | What are some good history books?
What are some good books about history? | Recommend some good books about history
What are some good books about history? | Can you recommend good books about history?
What are the benefits of yoga? | What are benefits of yoga?
What are the benefits of yoga? | What benefits does yoga have?
What are the benefits of yoga? | What are the advantages of yoga?
What are the benefits of yoga? | List the benefits of yoga
What are the benefits of yoga? | What are the main benefits of yoga?
What are the side effects of aspirin? | What side effects does aspirin have?
What are the side effects of aspirin? | What are aspirin's side effects?
What are the symptoms of flu? | What are flu symptoms?
What is the difference between a virus and a bacterium? | What's the difference between viruses and bacteria?
What is the difference between TCP and UDP? | What is the difference between UDP and TCP?
What is the difference between TCP and UDP? | What are the differences between TCP and UDP?
What is the difference between TCP and UDP? | How do TCP and UDP differ?
What is the difference between TCP and UDP? | Explain the difference between TCP and UDP
What is the difference between TCP and UDP? | What's the difference between tcp and udp?
How do I sort a list in Python? | How can I sort a list in Python?
How do I sort a list in Python? | Sort a list in Python
How do I sort a list in Python? | How to sort lists in python?
How do I sort a list in Python? | In Python, how do I sort a list?
How do I sort a list in Python? | How do you sort a list in Python?
How do I sort a list in Python? | python sort list
How do I sort a list in Python? | What is the best way to sort a list in Python?
How do I read a file in Python? | How to read a file in Python
How do I read a file in Python? | How do I read files using Python?
How do I center a div? | How do I centre a div?
How do I center a div? | How can a div be centered?
How do I install Docker on Ubuntu? | How can I install docker on ubuntu?
How do I install Docker on Ubuntu? | How do I install Docker in Ubuntu?
How do I install Docker on Ubuntu? | Steps to install Docker on Ubuntu
How do I install Docker on Ubuntu? | what are the steps to install docker on ubuntu
Write a poem about the sea | Write me a poem about the sea
Write a poem about the sea | Please write a poem about the sea.
Write a poem about the sea | Could you write a poem about the sea?
Write a poem about the sea | Can you please write me a poem about the sea?
Write a poem about the sea | I want you to write a poem about the sea
Write a poem about the sea | I'd like a poem about the sea
Write a poem about the sea | Compose a poem about the sea
Write a poem about the sea | Generate a poem about the sea
Give me three dinner ideas | Suggest three dinner ideas
Give me three dinner ideas | Give me 3 dinner ideas please
Give me three dinner ideas | Can you give me three ideas for dinner?
Summarise the French Revolution | Summarize the French Revolution
Summarise the French Revolution | Give me a summary of the French Revolution
Summarise the French Revolution | Give a summary of the French Revolution
Summarise the French Revolution | Can you summarise the French Revolution for me?
Is it safe to eat raw eggs? | Is eating raw eggs safe?
Is it safe to eat raw eggs? | Are raw eggs safe to eat?
Is it safe to eat raw eggs? | Is it safe to eat a raw egg?
Can dogs eat grapes? | Can dogs eat grapes
Can dogs eat grapes? | Can a dog eat grapes?
Can dogs eat grapes? | Can my dog eat grapes?
Can dogs eat grapes? | Are dogs able to eat grapes?
Should I learn Java or Python? | Should I learn Python or Java?
Should I learn Java or Python first? | Which should I learn first, Java or Python?
Where can I buy stamps? | Where do I buy stamps?
Where can I buy stamps? | Where can stamps be bought?
Where can I find cheap flights? | Where do I find cheap flights?
How much does a wedding cost? | What does a wedding cost?
How much does a wedding cost? | How much is a wedding?
How do I write a cover letter? | How do I write cover letters?
How do I write a good cover letter? | How can I write a good cover letter?
How do I write a good cover letter? | Tips for writing a good cover letter
How do I unsubscribe from the newsletter? | How do I unsubscribe from your newsletter?
How do I unsubscribe from the newsletter? | I would like to unsubscribe from the newsletter. How?
How do I download my invoice? | Where can I download my invoice?
How do I download my invoice? | How do I get my invoice?
How do I update my billing details? | How can I update my billing info?
Do I need an account to order? | Do I need an account in order to order?
Do I need to create an account? | Do I have to create an account?
Is there a free trial? | Do you offer a free trial?
Is there a free trial? | Is a free trial available?
My app keeps crashing | My app keeps on crashing
The app is not working | The app isn't working
The app does not open | The app doesn't open
I can't log in | I cannot log in
I can't log in | I am unable to log in
I am not able to log in | I'm not able to log in
What time do you close? | What time do you close at?
What are your opening hours? | What are your opening times?
Who do I contact about a bug? | Whom do I contact about a bug?
Who should I contact about a bug? | Whom should I contact about a bug?
How do I make a cup of tea? | How do you make a cup of tea?
How do I make a cup of tea? | How is a cup of tea made?
What is the meaning of life? | What's the meaning of life
What is the meaning of carpe diem? | What does carpe diem mean?
What is the meaning of carpe diem? | Meaning of carpe diem
What is the definition of entropy? | Define entropy
What is the definition of entropy? | What is entropy's definition?
What is the formula for speed? | What's the speed formula?
What is the boiling point of water? | At what temperature does water boil?
What is the population of France? | How many people live in France?
What is the population of France? | What's the population of france
How do I get from Paris to Rome? | What is the best way to get from Paris to Rome?
How do I get to Rome from Paris? | How do I get from Paris to Rome?
Why do cats purr? | Why does a cat purr?
Why do cats purr? | What causes cats to purr?
Why do cats purr? | For what reason do cats purr?
Why do cats purr? | Why do cats purr so?
How do I enable dark mode? | What is the way to enable dark mode?
How do I enable dark mode? | What steps do I take to enable dark mode?
How do I export my data? | What do I need to do to export my data?
How do I export my data? | how can i export my data pls
What is inflation? | Explain inflation.
What is inflation? | I want you to explain inflation
What is the meaning of ad hoc? | What does ad hoc mean?
What is the definition of osmosis? | Define osmosis
What is the difference between RAM and ROM? | Difference between ROM and RAM
What's the difference between a crow and a raven? | What is the difference between a raven and a crow?
What is the capital of Mali? | Tell me the capital of Mali
What is the capital of Mali? | Name the capital of Mali, please
What is the capital of Mali? | capital of Mali?
In what year did Rome fall? | In which year did Rome fall?
Which language is spoken in Brazil? | What language is spoken in Brazil?
Which vitamins are in eggs? | What vitamins are in eggs?
Do I need to tip in Japan? | Do I have to tip in Japan?
Where can I get a passport photo? | Where do I get a passport photo?
Where can I buy a bus ticket? | Where do I buy a bus ticket?
Summarise the Odyssey | Give me a summary of the Odyssey
Summarise the Odyssey | Summarize the Odyssey for me, please
How do I loop over a dict in Python? | In Python, how do I loop over a dict?
How would I remove a stain? | How do I remove a stain?
Why can I not sleep? | Why can't I sleep?
How far away is the sun? | How far is the sun?
What exactly is a quark? | What is a quark?
For what reason do leaves fall? | Why do leaves fall?
Who painted Guernica? | Guernica was painted by whom?
Who painted Guernica? | Do you know who painted Guernica?
How do I clean a keyboard? | How can one clean a keyboard?
How do I clean a keyboard? | What's the best way to clean a keyboard?
How do I clean a keyboard? | How should I clean my keyboard?
What are the causes of acne? | What causes acne?
What time is breakfast? | When is breakfast?
How long is the Nile? | What is the length of the Nile?
Is the museum open on Mondays? | Does the museum open on Mondays?
Can I bring my dog? | Am I allowed to bring my dog?
How do I merge two branches in git? | How to merge 2 branches in Git
Write a haiku about rain | Could you write me a haiku about rain?
Translate the menu for me | Can you translate the menu?
""")
