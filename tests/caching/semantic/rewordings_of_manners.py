"""Pairs that one answer serves, as people word what they ask several times."""

from tests.caching.semantic.near_misses_of_meaning import read

OF_MANNERS = read("""
# politeness
How do I reset my router? | Could you please tell me how to reset my router?
How do I reset my router? | Hi there, how do I reset my router?
How do I reset my router? | how can i reset my router please
How do I reset my router? | How do I reset my router? Thanks!
How do I reset my router? | Good morning! How do I reset my router? Thank you.
How do I reset my router? | Please help me reset my router
How do I reset my router? | Hello, can you tell me how I reset my router?
How do I reset my router? | Hey can you tell me how to reset my router
How do I reset my router? | Any idea how to reset my router?
How do I reset my router? | I was wondering how to reset my router
How do I reset my router? | Excuse me, how do I reset my router?
How do I reset my router? | Sorry, how do I reset my router?
How do I reset my router? | Quick question: how do I reset my router?
How do I reset my router? | How do I reset my router? Please help.
How do I reset my router? | How do I reset my router, thanks in advance
How do I reset my router? | Dear team, how do I reset my router?
How do I reset my router? | Would you mind telling me how to reset my router?
How do I reset my router? | Do you happen to know how to reset my router?
How do I reset my router? | I'd appreciate it if you could tell me how to reset my router
How do I reset my router? | Can someone tell me how to reset my router?
How do I reset my router? | hi how do i reset my router
How do I reset my router? | ok so how do I reset my router
How do I reset my router? | So how do I reset my router?
How do I reset my router? | Okay, how do I reset my router?
How do I reset my router? | Um, how do I reset my router?
How do I reset my router? | Well, how do I reset my router?
How do I reset my router? | How do I just reset my router?
How do I reset my router? | how do i reset my router??
How do I reset my router? | How do I reset my router ?
How do I reset my router? | HOW DO I RESET MY ROUTER
How do I reset my router? | How do i reset my router!
How do I reset my router? | How do I reset my router :)
How do I reset my router? | How do I reset my router pls
How do I reset my router? | how to reset my router
How do I reset my router? | How do we reset our router?
How do I reset my router? | how do I reset my rooter
How do I reset my router? | how do I reste my router
How do I reset my router? | reset my router how
How do I reset my router? | what's the best way to reset my router
How do I reset my router? | what is the way to reset my router
How do I reset my router? | Tell me how to reset my router.
How do I reset my router? | Explain how to reset my router
How do I reset my router? | Show me how to reset my router
How do I reset my router? | I need help resetting my router
How do I reset my router? | I want to know how to reset my router.
How do I reset my router? | I'd like to know how I can reset my router
How do I reset my router? | Is there a way to reset my router?
How do I reset my router? | What do I have to do to reset my router?
How do I reset my router? | what should i do to reset my router
How do I reset my router? | My router, how do I reset it?
# contractions and case
What is the boiling point of water? | what's the boiling point of water
What is the boiling point of water? | What's the boiling point of water?
What is the boiling point of water? | Whats the boiling point of water?
What is the boiling point of water? | boiling point of water
What is the boiling point of water? | boiling point of water?
What is the boiling point of water? | What is water's boiling point?
What is the boiling point of water? | What is the water boiling point?
What is the boiling point of water? | what is boiling point of water
What is the boiling point of water? | tell me the boiling point of water
What is the boiling point of water? | At what temperature does water boil?
What is the boiling point of water? | Give me the boiling point of water
What is the boiling point of water? | What is teh boiling point of water?
Who is the author of Hamlet? | who's the author of hamlet
Who is the author of Hamlet? | Who wrote Hamlet?
Who is the author of Hamlet? | who is the author of hamlet?
Who is the author of Hamlet? | Who is Hamlet's author?
Where is the Louvre? | Where's the Louvre?
Where is the Louvre? | where's the louvre located
Where is the Louvre? | Where is the Louvre located?
Where is the Louvre? | In which city is the Louvre?
I cannot log in | I can't log in
I cannot log in | i cant log in
I cannot log in | I can not log in.
I cannot log in | I'm not able to log in
I do not understand recursion | I don't understand recursion
I do not understand recursion | i dont understand recursion
Why does my laptop not charge? | Why doesn't my laptop charge?
Why is my laptop not charging? | Why isn't my laptop charging?
Why is my laptop not charging? | why isnt my laptop charging
Why is my laptop not charging? | my laptop is not charging why
Why won't my printer print? | Why will my printer not print?
I have lost my card | I've lost my card
I have lost my card | ive lost my card
I am locked out of my account | I'm locked out of my account
I am locked out of my account | im locked out of my account
What will happen if I do not pay? | What'll happen if I don't pay?
What will happen if I do not pay? | What will happen if I don't pay
Let us plan a trip to Rome | Let's plan a trip to Rome
I would like a refund | I'd like a refund
I would like a refund | i would like a refund please
# orders
Write a poem about autumn | Please write a poem about autumn
Write a poem about autumn | Can you write a poem about autumn?
Write a poem about autumn | Could you please write me a poem about autumn
Write a poem about autumn | write me a poem about autumn
Write a poem about autumn | I want you to write a poem about autumn
Write a poem about autumn | I need a poem about autumn
Write a poem about autumn | Write a poem about autumn.
Write a poem about autumn | Write a poem about autumn!
Write a poem about autumn | I'd like you to write a poem about autumn, please.
Write a poem about autumn | Hey, write me a poem about autumn
Write a poem about autumn | Would you write a poem about autumn for me?
Write a poem about autumn | write poem about autumn
Write a poem about autumn | Write a poem about fall
Write a poem about autumn | Compose a poem about autumn
Write a poem about autumn | Go ahead and write a poem about autumn
Write a poem about autumn | Now write a poem about autumn
Summarize the plot of Macbeth | Summarise the plot of Macbeth
Summarize the plot of Macbeth | Give me a summary of the plot of Macbeth
Summarize the plot of Macbeth | Can you summarize the plot of Macbeth?
Summarize the plot of Macbeth | please summarize the plot of macbeth
Summarize the plot of Macbeth | Summarize Macbeth's plot
Summarize the plot of Macbeth | Summarize the plot of Macbeth for me
List five uses of vinegar | List 5 uses of vinegar
List five uses of vinegar | Please list five uses of vinegar
List five uses of vinegar | Give me five uses of vinegar
List five uses of vinegar | Can you list 5 uses of vinegar please
List five uses of vinegar | name five uses of vinegar
Recommend a good book about Rome | Can you recommend a good book about Rome?
Recommend a good book about Rome | Could you recommend me a good book about Rome?
Recommend a good book about Rome | recommend me a good book about rome
Recommend a good book about Rome | Suggest a good book about Rome
Explain quantum entanglement | Can you explain quantum entanglement?
Explain quantum entanglement | Explain quantum entanglement to me
Explain quantum entanglement | explain quantum entanglement please
Explain quantum entanglement | What is quantum entanglement?
Explain quantum entanglement | Please explain quantum entanglement.
Explain quantum entanglement | Could you explain quantum entanglement to me?
Explain quantum entanglement | explain Quantum Entanglement
Explain the difference between TCP and UDP | What is the difference between TCP and UDP?
What is the difference between TCP and UDP? | What's the difference between UDP and TCP?
What is the difference between TCP and UDP? | difference between tcp and udp
What is the difference between TCP and UDP? | TCP vs UDP
What is the difference between TCP and UDP? | How is TCP different from UDP?
What is the difference between TCP and UDP? | what are the differences between TCP and UDP
What is the difference between TCP and UDP? | How do TCP and UDP differ?
# questions
How long does it take to boil an egg? | How long does it take to boil eggs?
How long does it take to boil an egg? | how much time does it take to boil an egg
How long does it take to boil an egg? | How long to boil an egg?
How long does it take to boil an egg? | How long should I boil an egg?
Which language is spoken in Brazil? | What language is spoken in Brazil?
Which language is spoken in Brazil? | What language do they speak in Brazil?
Which languages are spoken in Brazil? | What languages are spoken in Brazil?
How many people live in Japan? | how many people live in japan
How many people live in Japan? | Can you tell me how many people live in Japan?
How many people live in Japan? | How many people are living in Japan?
How do I sort a list in Python? | In Python, how do I sort a list?
How do I sort a list in Python? | How do you sort a list in Python?
How do I sort a list in Python? | how to sort a list in python
How do I sort a list in Python? | How do I sort lists in Python?
How do I sort a list in Python? | sort a list in python
How do I sort a list in Python? | python how to sort a list
How do I sort a list in Python? | How can a list be sorted in Python?
How do I sort a list in Python? | How would I sort a list in Python?
How do I sort a list in Python? | python sort list
Do I need a visa for Turkey? | Do I have to have a visa for Turkey?
Do I need to pay tax? | Do I have to pay tax?
Is it safe to eat raw salmon? | is it safe to eat raw salmon?
Is it safe to eat raw salmon? | Can I safely eat raw salmon?
Can I cancel my order? | Could I cancel my order?
Can I cancel my order? | Am I able to cancel my order?
Can I cancel my order? | Is it possible to cancel my order?
Can I cancel my order? | can I cancel my order???
Why do cats purr? | Why does a cat purr?
Why do cats purr? | why do cats purr
Why do cats purr? | Tell me why cats purr
Why do cats purr? | What makes cats purr?
Why do cats purr? | Why do cats purr, exactly?
When was the Berlin Wall built? | In what year was the Berlin Wall built?
When was the Berlin Wall built? | When did they build the Berlin Wall?
When was the Berlin Wall built? | Do you know when the Berlin Wall was built?
When was the Berlin Wall built? | when was berlin wall built
What colour is the sky? | What color is the sky?
What does CPU stand for? | What does CPU mean?
What does CPU stand for? | what does cpu stand for
What is a black hole? | What are black holes?
What is a black hole? | what is a blackhole
What is a black hole? | What exactly is a black hole?
What is a black hole? | What, exactly, is a black hole?
What is a black hole? | so what is a black hole
How do I turn off notifications? | How do I turn notifications off?
How do I turn off notifications? | how to turn off the notifications
How do I turn off notifications? | How do I disable notifications?
How much is shipping? | How much does shipping cost?
What are your opening hours? | what are your opening hours?
What are your opening hours? | When are you open?
What are your opening hours? | Could you tell me what your opening hours are?
What are your opening hours? | Can you tell me your opening hours?
# German
Wie setze ich mein Passwort zurück? | Hallo, wie setze ich mein Passwort zurück?
Wie setze ich mein Passwort zurück? | wie setze ich mein passwort zurück
Wie setze ich mein Passwort zurück? | Wie kann ich mein Passwort zurücksetzen?
Wie setze ich mein Passwort zurück? | Wie setze ich mein Passwort zurück? Danke!
Wie setze ich mein Passwort zurück? | Können Sie mir sagen, wie ich mein Passwort zurücksetze?
Was ist die Hauptstadt von Peru? | was ist die hauptstadt von peru?
Was ist die Hauptstadt von Peru? | Bitte sag mir, was die Hauptstadt von Peru ist
Was ist die Hauptstadt von Peru? | Was ist bitte die Hauptstadt von Peru?
Schreibe ein Gedicht über den Herbst | Bitte schreibe ein Gedicht über den Herbst
Schreibe ein Gedicht über den Herbst | Schreib ein Gedicht über den Herbst
Schreibe ein Gedicht über den Herbst | Kannst du ein Gedicht über den Herbst schreiben?
Schreibe ein Gedicht über den Herbst | Schreibe mir bitte ein Gedicht über den Herbst.
# French
Comment réinitialiser mon mot de passe ? | Bonjour, comment réinitialiser mon mot de passe ?
Comment réinitialiser mon mot de passe ? | Comment réinitialiser mon mot de passe?
Comment réinitialiser mon mot de passe ? | comment reinitialiser mon mot de passe
Comment réinitialiser mon mot de passe ? | Comment puis-je réinitialiser mon mot de passe ?
Comment réinitialiser mon mot de passe ? | Comment réinitialiser mon mot de passe ? Merci
Quelle est la capitale du Pérou ? | quelle est la capitale du pérou
Quelle est la capitale du Pérou ? | C'est quoi la capitale du Pérou ?
Écris un poème sur l'automne | Peux-tu écrire un poème sur l'automne ?
Écris un poème sur l'automne | Écris un poème sur l'automne s'il te plaît
# Spanish
¿Cómo restablezco mi contraseña? | como restablezco mi contraseña
¿Cómo restablezco mi contraseña? | Hola, ¿cómo restablezco mi contraseña?
¿Cómo restablezco mi contraseña? | ¿Cómo puedo restablecer mi contraseña?
¿Cómo restablezco mi contraseña? | ¿Cómo restablezco mi contraseña? Gracias.
¿Cuál es la capital de Perú? | cuál es la capital de perú?
¿Cuál es la capital de Perú? | Por favor, dime cuál es la capital de Perú
Escribe un poema sobre el otoño | ¿Puedes escribir un poema sobre el otoño?
Escribe un poema sobre el otoño | Por favor escribe un poema sobre el otoño.
How do I return a parcel? | Hi, how do I return a parcel please?
How do I return a parcel? | How can I return a parcel?
How do I return a parcel? | how to return a parcel
How do I return a parcel? | Could you tell me how to return a parcel?
How do I return a parcel? | I'd like to know how to return a parcel.
How do I return a parcel? | Good afternoon, how do I return a parcel? Thanks in advance!
How do I return a parcel? | I was wondering how to return a parcel.
How do I return a parcel? | okay so how do i return a parcel
How do I return a parcel? | How do I send back a parcel?
How do I return a parcel? | Sorry, how can I return a parcel?
How do I return a parcel? | what do I need to do to return a parcel
How do I return a parcel? | How do I return parcels?
How do I return a parcel? | how do I retrun a parcel
How do I return a parcel? | how do I return my parcel
How do I return a parcel? | Can anyone tell me how to return a parcel?
How do I return a parcel? | Returning a parcel - how?
What is the currency of Japan? | what's the currency of japan
What is the currency of Japan? | whats the currency of japan?
What is the currency of Japan? | What's Japan's currency?
What is the currency of Japan? | Tell me the currency of Japan please
What is the currency of Japan? | Which currency is used in Japan?
What is the currency of Japan? | What currency does Japan use?
What is the currency of Japan? | currency of Japan
What is the currency of Japan? | Do you know what the currency of Japan is?
What is the currency of Japan? | Hey, what is the currency of Japan?
What is the currency of Japan? | What is Japan's currency
What is the currency of Japan? | japan currency
Write a short story about a fox | write a short story about a fox please
Write a short story about a fox | Could you write a short story about a fox?
Write a short story about a fox | Please write me a short story about a fox.
Write a short story about a fox | Can you please write a short story about a fox
Write a short story about a fox | I want you to write a short story about a fox.
Write a short story about a fox | Hello! Write a short story about a fox, thanks
Write a short story about a fox | Make up a short story about a fox
Write a short story about a fox | Tell me a short story about a fox
Write a short story about a fox | write short story about fox
Write a short story about a fox | I'd love a short story about a fox
Why is my internet slow? | why is my internet slow
Why is my internet slow? | Why's my internet slow?
Why is my internet slow? | Why is my internet so slow?
Why is my internet slow? | Can you tell me why my internet is slow?
Why is my internet slow? | my internet is slow, why?
Why is my internet slow? | Any idea why my internet is slow?
Why is my internet slow? | why my internet is slow
Why doesn't the app start? | why doesnt the app start
Why doesn't the app start? | Why does the app not start?
Why doesn't the app start? | Why won't the app start?
Why doesn't the app start? | hello why doesn't the app start
I can't find my invoice | i cant find my invoice
I can't find my invoice | I cannot find my invoice.
I can't find my invoice | I am unable to find my invoice
I'd like to cancel | I would like to cancel
I'd like to cancel | I'd like to cancel please
I'd like to cancel | I want to cancel
What are your prices for students? | what are your prices for students
When does the museum open? | when does the museum open?
When does the museum open? | Can you tell me when the museum opens?
When does the museum open? | What time does the museum open?
How long does a refund take? | how long does a refund take
How long does a refund take? | How long do refunds take?
How long does a refund take? | How much time does a refund take?
How long does a refund take? | When will I get my refund?
Explain photosynthesis | What is photosynthesis?
Explain photosynthesis | can you explain photosynthesis to me please
Explain photosynthesis | Explain photosynthesis for me
Explain photosynthesis | How does photosynthesis work?
Explain climate change | What is climate change?
Explain climate change | Please explain climate change to me.
What is the difference between a stoat and a weasel? | what's the difference between a weasel and a stoat?
What is the difference between a stoat and a weasel? | Explain the difference between a stoat and a weasel
What is the difference between a stoat and a weasel? | difference between a stoat and a weasel
What is the difference between a stoat and a weasel? | What are the differences between a stoat and a weasel?
What is the difference between a stoat and a weasel? | crocodile vs alligator
How do I merge two dicts in Python? | How can I merge 2 dicts in Python?
How do I merge two dicts in Python? | In Python, how do I merge two dicts?
How do I merge two dicts in Python? | python merge two dicts
How do I merge two dicts in Python? | How could I merge two dicts in Python?
How do I merge two dicts in Python? | Whats the way to merge two dicts in Python
How do I merge two dicts in Python? | how do you merge two dicts in python
Do I have to register? | Do I need to register?
Do I have to register? | Is registration required?
Can I change my flight? | Could I change my flight?
Can I change my flight? | Is it possible to change my flight?
Can I change my flight? | can i change my flight
Can I change my flight? | May I change my flight?
Where is the nearest station? | where's the nearest station
Where is the nearest station? | Where is the nearest station located?
Who painted Guernica? | who painted guernica
Who painted Guernica? | Who was Guernica painted by?
Who painted Guernica? | Do you know who painted Guernica?
How do I turn on Bluetooth? | How do I turn Bluetooth on?
How do I turn on Bluetooth? | how to turn on bluetooth
Summarize the French Revolution | Give me a summary of the French Revolution
Summarize the French Revolution | can you summarise the french revolution
Wie kündige ich mein Abo? | wie kündige ich mein abo?
Wie kündige ich mein Abo? | Hallo, wie kündige ich mein Abo?
Wie kündige ich mein Abo? | Wie kündige ich mein Abo? Vielen Dank!
Wie kündige ich mein Abo? | Guten Tag, wie kündige ich mein Abo
Wo finde ich meine Rechnung? | wo finde ich meine rechnung
Wo finde ich meine Rechnung? | Hallo! Wo finde ich meine Rechnung? Danke
Comment annuler ma commande ? | Bonjour, comment annuler ma commande ? Merci
Comment annuler ma commande ? | comment annuler ma commande
Où est ma facture ? | Bonjour ! Où est ma facture ?
¿Dónde está mi factura? | dónde está mi factura
¿Dónde está mi factura? | Hola, ¿dónde está mi factura? Gracias
¿Cómo cancelo mi pedido? | Buenos días, ¿cómo cancelo mi pedido?
""")
