"""Near misses as they are asked of banks, doctors, lawyers, shops, railways and programmers."""

from tests.caching.semantic.near_misses_of_meaning import read

OF_TRADES = read("""
How do I change my PIN? | How do I change my SIM?
What is the fee for a $50 transfer? | What is the fee for a €50 transfer?
What is the fee for a transfer of 50 dollars? | What is the fee for a transfer of 50 pounds?
Why was my card declined? | Why is my card declined?
Why has my card been charged twice? | Why was my card charged?
Can I withdraw money before the term ends? | Can I withdraw money after the term ends?
How do I dispute a charge? | How do I dispute the charge?
Who may open an account? | Who must open an account?
Do all cards have a fee? | Do some cards have a fee?
Is every transfer free? | Is any transfer free?
Is my deposit insured up to 100,000? | Is my deposit insured up to 10,000?
What is the rate on a 15 year mortgage? | What is the rate on a 30 year mortgage?
How do I send money from Wise to Revolut? | How do I send money from Revolut to Wise?
Can I top up by card? | Can I top up my card?
How do I activate my card? | How do I deactivate my card?
Can I get a card without an account? | Can I get a card with an account?
Can I use my card abroad? | Can I use my card aboard?
How do I close an account? | How do I close on an account?
How long do transfers take within the EU? | How long do transfers take outside the EU?
Is the exchange rate better on weekdays? | Is the exchange rate better on weekends?
What happens if I miss one payment? | What happens if I miss two payments?
What happens if I miss a payment? | What happens if I miss payments?
How do I lower my limit? | How do I raise my limit?
Can my wife use my card? | Can I use my wife's card?
Is interest paid monthly? | Is interest paid yearly?
How much ibuprofen can I take in 24 hours? | How much ibuprofen can I take in 4 hours?
Is 5 mg of melatonin safe? | Is 5 g of melatonin safe?
Can I take aspirin with ibuprofen? | Can I take aspirin without ibuprofen?
Can I take aspirin before ibuprofen? | Can I take ibuprofen before aspirin?
Does paracetamol cause headaches? | Do headaches cause paracetamol?
Can children take aspirin? | Can't children take aspirin?
What does a low heart rate mean? | What does a high heart rate mean?
Is type 1 diabetes hereditary? | Is type 2 diabetes hereditary?
Is vitamin B12 safe in pregnancy? | Is vitamin B6 safe in pregnancy?
What are the symptoms of hypothermia? | What are the symptoms of hyperthermia?
What causes hypertension? | What causes hypotension?
Can I eat after surgery? | Can I eat before surgery?
Should I ice a sprain? | Should I heat a sprain?
Is a fever of 38 C dangerous? | Is a fever of 38 F dangerous?
Is a fever of 39 dangerous in adults? | Is a fever of 39 dangerous in babies?
How do I treat a cold sore? | How do I treat a cold or sore?
Can I drink alcohol on antibiotics? | Can I drink alcohol off antibiotics?
Do I need the second dose? | Do I need the first dose?
Is it normal to bleed after giving birth? | Is it normal to bleed before giving birth?
How often should I take statins? | How soon should I take statins?
Can I exercise with a slipped disc? | Could I exercise with a slipped disc?
Is all cancer curable? | Is any cancer curable?
What if I have not been vaccinated? | What if I have been vaccinated?
Which painkillers are safe for the liver? | Which painkiller is safe for the liver?
Does the flu shot contain the live virus? | Does the flu shot contain the flu virus?
Can a landlord evict a tenant? | Can a tenant evict a landlord?
Can a landlord enter without notice? | Can a landlord enter with notice?
Can my employer fire me for being sick? | Can my employer fire me for calling in sick?
Do I have to pay the fine? | Do I have to pay a fine?
May I record a phone call? | Must I record a phone call?
Is it legal to record calls in Texas? | Is it legal to record calls in California?
How long is a patent valid in the US? | How long is a patent valid in the UK?
Who inherits if there is no will? | Who inherits if there is a will?
Can I sue my employer? | Can my employer sue me?
Can I be fired while on leave? | Can I be fired after leave?
What is the statute of limitations for theft? | What is the statute of limitations for fraud?
Do both parents have to sign? | Does either parent have to sign?
Do all heirs have to agree? | Do most heirs have to agree?
Is a verbal contract binding? | Is a written contract binding?
What does "without prejudice" mean? | What does "with prejudice" mean?
Can the police search my car? | Can the police search my house?
Should I sign the agreement? | Should I have signed the agreement?
When must I file an appeal? | When can I file an appeal?
What rights do tenants have? | What rights does the tenant have?
Is a power of attorney valid after death? | Is a power of attorney valid until death?
Can I return shoes I have worn? | Can I return shoes I have not worn?
Can I return a gift? | Can I return the gift?
How do I return an item bought in store? | How do I return an item bought online?
Do you ship to Austria? | Do you ship to Australia?
Do you ship from Canada? | Do you ship to Canada?
Is the blue one cheaper than the red one? | Is the red one cheaper than the blue one?
Is shipping free over 50 dollars? | Is shipping free under 50 dollars?
Which size is larger, EU 42 or US 9? | Which size is smaller, EU 42 or US 9?
Does it come with a charger? | Does it come without a charger?
Does the phone have a 5 MP camera? | Does the phone have a 50 MP camera?
How do I track my return? | How do I return my track?
Is the table 80 cm wide? | Is the table 80 inches wide?
Is the table 80 cm wide? | Is the table 80 cm high?
Can I change my order after it ships? | Can I change my order before it ships?
Do you have this in a size 10? | Do you have this in a size 12?
How do I use two coupons? | How do I use a coupon?
When was my order delivered? | When will my order be delivered?
Will my order arrive on Monday? | Will my order arrive by Monday?
Do you sell men's shoes? | Do you sell women's shoes?
Are only members eligible? | Are members only eligible?
Do you accept returns only in store? | Do you only accept returns in store?
Can I get a refund instead of a voucher? | Can I get a voucher instead of a refund?
What is the warranty on the S21? | What is the warranty on the S22?
Is the pillow filled with down? | Is the pillow filled down?
How do I get from Vienna to Prague? | How do I get from Prague to Vienna?
Do I need a visa for Georgia? | Do I need a visa for Georgia, USA?
Do I need a visa for a stay of 90 days? | Do I need a visa for a stay of 9 days?
Is breakfast included in the price of the room? | Is dinner included in the price of the room?
Can I bring a 100 ml bottle? | Can I bring a 100 l bottle?
Which airport is nearer, Gatwick or Luton? | Which airport is farther, Gatwick or Luton?
What is the first train to Lyon? | What is the last train to Lyon?
Can I check in after midnight? | Can I check in at midnight?
Can I check in a bag? | Can I check in my bag?
What time is it in Lima when it is noon in Rome? | What time is it in Rome when it is noon in Lima?
Are dogs allowed on the train? | Are dogs allowed in the train station?
Is it cheaper to fly in May or June? | Is it cheaper to fly in May or July?
Which seats recline? | Which seats do not recline?
How far is it from Nice to Cannes? | How far is it from Nice to Caen?
Do all rooms have a balcony? | Does any room have a balcony?
Do I need an adapter in Ireland? | Do I need an adapter in Iceland?
Can I cancel the flight but keep the hotel? | Can I cancel the hotel but keep the flight?
Is the Louvre closed on Tuesdays? | Is the Louvre open on Tuesdays?
Can I pay in euros in Poland? | Can I pay in euros in Portugal?
What was the fare to Oslo? | What is the fare to Oslo?
Can I travel within 6 months of expiry? | Can I travel within 6 weeks of expiry?
Is a layover of two hours enough? | Is a layover of half an hour enough?
Can two adults share a bed with a child? | Can an adult share a bed with two children?
How do I reverse a list in Python? | How do I reverse a string in Python?
How do I use map in Python 2? | How do I use map in Python 3?
What does git reset --soft do? | What does git reset --hard do?
What does list.append return? | What does list.extend return?
What is the difference between == and ===? | What is the difference between == and !=?
How do I call getUser? | How do I call get_user?
What does str_replace do? | What does strReplace do?
How do I convert JSON to YAML? | How do I convert YAML to JSON?
How do I cast an int to a string in Go? | How do I cast a string to an int in Go?
How do I sort a list in ascending order? | How do I sort a list in descending order?
How do I install Node 18 on Ubuntu 20.04? | How do I install Node 18 on Ubuntu 22.04?
How do I install Node 18 on Ubuntu 20.04? | How do I install Node 20 on Ubuntu 20.04?
How do I merge main into dev? | How do I merge dev into main?
How do I revert a commit? | How do I revert the last commit?
How do I revert a pushed commit? | How do I revert an unpushed commit?
How do I test private methods? | How do I test public methods?
Why is x[0] an error? | Why is x[1] an error?
What is a null pointer? | What is a nil pointer?
What does O(n) mean? | What does O(n2) mean?
How do I run a script as root? | How do I run a script as a user?
How do I exit vi? | How do I exit vim without saving?
Write a function that returns all even numbers | Write a function that returns all odd numbers
Write a function that returns any even number | Write a function that returns every even number
What is a class in Java? | What is a class in JavaScript?
How do I disable CORS? | How do I enable CORS?
What does chmod 755 do? | What does chmod 775 do?
When should I use a tuple over a list? | When should I use a list over a tuple?
Does Go have generics? | Did Go have generics?
How do I grep for lines with foo? | How do I grep for lines without foo?
How do I grep for lines with foo and bar? | How do I grep for lines with foo or bar?
Is Rust faster than Go? | Is Go faster than Rust?
Is Rust as fast as Go? | Is Rust faster than Go?
Why does a.b work but a['b'] not? | Why does a['b'] work but a.b not?
How can I keep my account after I delete the app? | How can I delete my account after I keep the app?
How do I log in without a password? | How do I log in with a password?
How do I remove myself from a group? | How do I remove someone from a group?
Why can I see my messages? | Why can't I see my messages?
How do I export contacts except photos? | How do I export contacts and photos?
How do I downgrade from Pro to Free? | How do I upgrade from Free to Pro?
Does the free plan include SSO? | Does the pro plan include SSO?
Why do I keep getting logged out? | Why do I keep getting logged in?
What happens to my data if I cancel? | What happens to my data if you cancel?
Are my messages deleted after 30 days? | Are my messages deleted after 3 days?
How do I turn off two-factor authentication? | How do I turn on two-factor authentication?
Can admins read messages? | Can members read messages?
Can I get an invoice in German? | Can I get an invoice in Germany?
Do you have a phone app? | Do you have an app phone?
Why is the app slow on Android? | Why is the app slow on iOS?
How do I mute everyone but the host? | How do I mute everyone and the host?
How do I report a bug? | How do I report a user?
Does it sync with Outlook? | Does it sync without Outlook?
Who can see my profile? | Whose profile can I see?
Is the beta available? | Was the beta available?
Did Google buy Fitbit? | Did Fitbit buy Google?
Who wrote Emma? | Who wrote to Emma?
When did Rome conquer Greece? | When did Greece conquer Rome?
In 1914 who declared war on Serbia? | In 1914 on whom did Serbia declare war?
Which is the largest lake in Africa? | Which is the second largest lake in Africa?
How many people speak French in Canada? | How many people speak English in Canada?
Translate good morning into Spanish | Translate good morning into Portuguese
What is 10 feet in meters? | What is 10 meters in feet?
What is the boiling point of ethanol in Celsius? | What is the boiling point of ethanol in Fahrenheit?
How old was Mozart when he died? | How old was Mozart when he married?
What did Kant say about Hume? | What did Hume say about Kant?
Name a country that borders France | Name the countries that border France
Is Pluto a planet? | Is Pluto the planet?
Who was president in 1861? | Who was president until 1861?
What are the best films of the 1990s? | What are the best films of 1990?
Name three rivers in Italy | Name three rivers not in Italy
Can cats eat what dogs eat? | Can dogs eat what cats eat?
Why might prices rise? | Why do prices rise?
How many calories does one egg have? | How many calories do two eggs have?
Does coffee stain teeth more than tea? | Does tea stain teeth more than coffee?
How do I cook rice without a lid? | How do I cook rice with a lid?
Why did the dollar fall against the euro? | Why did the euro fall against the dollar?
Which bread is made without yeast? | Which bread is made with yeast?
What should a beginner know? | What would a beginner know?
List all primes below 100 | List some primes below 100
How do I say no? | How do I say yes?
Does a whale have a bigger brain than a human? | Does a human have a bigger brain than a whale?
What is a standard deduction? | What is the standard deduction for a couple?
Summarize chapter 2 of Dune | Summarize chapter 3 of Dune
Can I bring a guest? | Can I bring guests?
Can I use a coupon? | Can I use coupons?
Can I bring a bag on board? | Can I bring bags on board?
Can I bring a bag? | Can I bring bags?
Can my child have a snack? | Can my child have snacks?
Should I eat an egg for breakfast? | Should I eat eggs for breakfast?
Do I need a witness? | Do I need witnesses?
Do I need a reference for the visa? | Do I need references for the visa?
May I take a photo in the museum? | May I take photos in the museum?
Did she win a medal? | Did she win medals?
Will I get a refund? | Will I get refunds?
Is there a fee for transfers? | Are there fees for transfers?
Is there a beach in Nice? | Are there beaches in Nice?
Does the room have a bed? | Does the room have beds?
Does the hotel have a pool? | Does the hotel have pools?
Do you have a store in Berlin? | Do you have stores in Berlin?
Can I use two promo codes? | Can I use a promo code?
Can I book a room for a night? | Can I book rooms for a night?
What should I do if I lose a passport? | What should I do if I lose the passport?
What should I do if a tooth falls out? | What should I do if teeth fall out?
When does a lease end? | When does the lease end?
What happens after an appeal is denied? | What happens after appeals are denied?
Why did a plane crash in Peru? | Why did planes crash in Peru?
How much time do I have to appeal? | How much time did I have to appeal?
How long is the lease in months? | How long is the lease in years?
What causes acne? | What is caused by acne?
What are the causes of acne? | What are the effects of acne?
What are the causes of the American Civil War? | What are the causes of the English Civil War?
How do I turn on the alarm? | How do I turn off the alarm?
How do I turn the volume up? | How do I turn the volume down?
How do I turn the lights down? | How do I turn down the offer?
What is Chad's capital? | What is Chad's population?
What is the capital of Georgia? | What is the capital of George?
Why is my app not syncing? | Why is your app not syncing?
Why isn't my card working? | Why is my card working?
Why is the user not active? | Why is the user active?
Why does the build not fail? | Why does the build fail?
I got the wrong size, what do I do? | I got the right size, what do I do?
I did not get a code. What should I do? | I did get a code. What should I do?
What is the cost per day? | What is the cost per week?
How many mg per day can I take? | How many mg per dose can I take?
What is 15% of 90? | What is 15 per mille of 90?
Is 20% off better than 20 dollars off? | Is 20 dollars off better than 20% off?
Difference between tea and coffee in Japan | Difference between tea in Japan and coffee
What is a jury in France? | What is a jury in Spain?
In Texas, who pays for a divorce? | In Texas, who pays after a divorce?
In Java, how do I sort a list? | In Java, how do I sort a set?
In Rome, what did people eat? | In Rome, what do people eat?
For how long is a visa valid? | From when is a visa valid?
When is the best time to visit Bali? | When is the worst time to visit Bali?
Explain recursion | Explain iteration
Explain osmosis to me | Explain osmosis to a child
What is recursion? | What is a recursion limit?
How can I sleep without pills? | How can I sleep with pills?
How can I know if I am pregnant? | How do I know if she is pregnant?
How do I look? | How to look
How do I eat with braces? | How do I eat without braces?
Which card has no annual fee? | Which card has an annual fee?
Which cards work in Japan? | Which cards do not work in Japan?
How do I pay off a loan early? | How do I pay off a loan late?
What is the APR on a loan of 5,000? | What is the APR on a loan of 50,000?
Is my money safe if the bank fails? | Is my money safe unless the bank fails?
Can I transfer from savings to checking? | Can I transfer from checking to savings?
Should I pay off debt before investing? | Should I invest before paying off debt?
Do I owe tax on gifts I receive? | Do I owe tax on gifts I give?
Is interest deductible on a second home? | Is interest deductible on a first home?
What is the penalty for filing late? | What is the penalty for paying late?
Who pays the fee, buyer or seller? | Who sets the fee, buyer or seller?
Does warfarin interact with aspirin? | Does warfarin interact with heparin?
Can I give my cat aspirin? | Can I give my dog aspirin?
What is the dose for a child of 10 kg? | What is the dose for a child of 10 lb?
Is it safe to take after meals? | Is it safe to take before meals?
Which vaccines do adults need? | Which vaccines do infants need?
Can diabetes cause blindness? | Can blindness cause diabetes?
What are early signs of dementia? | What are late signs of dementia?
Are all moles dangerous? | Are any moles dangerous?
Do antibiotics kill viruses? | Do antivirals kill bacteria?
Is a resting pulse of 45 normal? | Is a resting pulse of 145 normal?
How do I treat a first degree burn? | How do I treat a third degree burn?
Can a minor sign a contract? | Can a minor void a contract?
Can I quit without notice? | Can I be fired without notice?
Must the seller disclose defects? | Should the seller disclose defects?
Can the executor be a beneficiary? | Can a beneficiary be excluded?
Does the plaintiff appeal to the court? | Does the court appeal to the plaintiff?
Is hearsay always inadmissible? | Is hearsay sometimes inadmissible?
What did the court decide in Roe? | What did the court decide in Dobbs?
What is the fine for 10 mph over? | What is the fine for 20 mph over?
Do I need a license to fish from shore? | Do I need a license to fish offshore?
Is the coat waterproof? | Is the coat water resistant?
Is it sold with batteries? | Is it sold without batteries?
Which is lighter, the X1 or the X2? | Which is heavier, the X1 or the X2?
Does size M fit a 38 inch chest? | Does size M fit a 38 cm chest?
Can I swap red for blue? | Can I swap blue for red?
Is the sale on all shoes? | Is the sale on some shoes?
When does the sale start? | When does the sale end?
Do you deliver only on weekdays? | Do you deliver on weekdays?
How do I fly from Oslo to Bergen? | How do I fly from Bergen to Oslo?
Are pets free on board? | Are pets allowed on board?
Can I sleep at the airport? | Can I sleep near the airport?
Is the ferry faster than the train? | Is the train faster than the ferry?
Do I need a visa if I have a US green card? | Do I need a visa if I have a US passport?
What is the last metro on Friday? | What is the last metro on Sunday?
Is a tip of 10 percent enough? | Is a tip of 1 percent enough?
What can I see in a day in Rome? | What can I see in two days in Rome?
Who do I call in an emergency? | Who do I call after an emergency?
What does arr[1:] return? | What does arr[:1] return?
How do I kill a process on port 80? | How do I kill a process on port 8080?
What is the default of max_size? | What is the default of maxsize?
How do I get the first element of an array? | How do I get the last element of an array?
Why is foo() called twice? | Why is foo() called once?
How do I make a list immutable? | How do I make a list mutable?
What does pip install -U do? | What does pip install -u do?
How do I revert to Python 3.8? | How do I revert from Python 3.8?
How do I undo git add? | How do I undo git add -A?
Does TypeScript compile to JavaScript? | Does JavaScript compile to TypeScript?
How do I catch an exception in C? | How do I catch an exception in C++?
How can I delete only my comments? | How can only I delete my comments?
How do I hide my email from others? | How do I hide others' email from me?
""")
