"""Names for the training texts of the names model: invented people and companies, real places."""


def _listed(text: str) -> list[str]:
    return [" ".join(each.split()) for each in text.split("|")]


GIVEN = _listed(
    """
Anna | Mehmet | Giulia | Pierre | Fatima | Lukas | Olga | Ravi | Chloe | Hassan | Ingrid | Diego | Yuki |
Aisha | Tomasz | Elena | Kwame | Siobhan | Mateo | Priya | Jonas | Leila | Dmitri | Amelie | Chinedu |
Sofia | Erik | Nadia | Rohan | Beatriz | Wei | Zoltan | Marta | Ahmed | Freja | Carlos | Thandiwe | Liam |
Noor | Viktor | Isabella | Kenji | Halima | Stefan | Camille | Omar | Greta | Andrei | Mei | Tariq |
Hannah | Joao | Svetlana | Ibrahim | Astrid | Paolo | Sakura | Nikos | Ayesha | Bartosz | Clara | Emeka |
Yara | Felix | Ivana | Samuel | Rania | Henrik | Lucia | Arjun | Birgit | Malik | Renata | Oskar |
Valentina | Kofi | Lena | Giovanni | Zeynep | Martin | Ana | Darius | Helga | Vikram | Marie | Robert |
Jennifer | Michael | Linda | David | Susan | James | Karen | John | Nancy | William | Betty | Thomas |
Sandra | Charles | Ashley | Daniel | Kimberly | Matthew | Emily | Anthony | Donna | Mark | Michelle |
Donald | Carol | Steven | Amanda | Paul | Melissa | Andrew | Deborah | Joshua | Stephanie | Kenneth |
Rebecca | Kevin | Laura | Brian | Grace | Will | Rose | May | Faith | Dean | Frank | Bill | Jack | Joy |
Summer | Angel | Chase | Hunter | Mason | Cooper | Parker | Taylor | Jordan | Casey | Riley | Morgan |
Xiaoming | Li | Jing | Hiroshi | Min-jun | Seo-yeon | Nguyen | Thi | Anh | Minh | Somchai | Putri | Agus |
Maria-Jose | Jean-Luc | Anne-Marie | Karl-Heinz | Abdulrahman
"""
)
FAMILY = _listed(
    """
Kowalska | Yilmaz | Rossi | Dubois | Khan | Schneider | Ivanova | Patel | Martin | Haddad | Larsen |
Morales | Tanaka | Bello | Nowak | Popescu | Mensah | Murphy | Silva | Sharma | Weber | Hosseini | Volkov
| Lefebvre | Okafor | Petrov | Andersson | Rahman | Mehta | Costa | Zhang | Szabo | Fernandez | Farouk |
Jensen | Garcia | Dlamini | O'Brien | Hussein | Novak | Ferrari | Suzuki | Sow | Becker | Moreau | Aziz |
Lindqvist | Ionescu | Wang | Qureshi | Adler | Pereira | Sokolov | Diallo | Berg | Romano | Ito |
Papadopoulos | Siddiqui | Wisniewski | Hoffmann | Eze | Nasser | Krause | Horvat | Cohen | Saleh | Nilsson
| Conti | Reddy | Fischer | Johnson | Souza | Aydin | Smith | Brown | Jones | Miller | Davis | Wilson |
Anderson | Taylor | Thomas | Moore | Jackson | White | Harris | Thompson | Clark | Lewis | Robinson |
Walker | Young | Hall | King | Wright | Green | Baker | Hill | Carter | Stone | Banks | Woods | Rivers |
Field | Price | Cook | Bishop | Knight | Fox | Wolf | Bell | Page | Park | Rice | Day | Long | Short |
McDonald | MacLeod | van  | Dijk | Al-Rashid | Ben-David | D'Angelo | Fitzgerald | St. Clair | Tran | Pham
| Kim | Lee | Choi | Yamamoto | Watanabe | Chen | Liu | Singh | Kaur | Gonzalez | Rodriguez | Hernandez |
Ramirez | Torres | Oliveira | Almeida | Vasquez | Schwarzenberger | Brzezinski | Wojciechowski |
Papadimitriou | Tshabalala
"""
)
CITIES = _listed(
    """
Berlin | Lisbon | Nairobi | Toronto | Osaka | Lyon | Warsaw | Chennai | Bogota | Oslo | Accra | Dublin |
Seville | Karachi | Vienna | Boston | Lima | Helsinki | Jakarta | Casablanca | Zagreb | Austin | Hanoi |
Porto | Tallinn | Munich | Manila | Cork | Riga | Dakar | Leeds | Florence | Kyoto | Bergen | Cusco |
Gdansk | Montreal | Tunis | Bristol | Rotterdam | Malmo | Valencia | Bratislava | Denver | Seattle |
Chicago | Houston | Phoenix | Dallas | Portland | Atlanta | Miami | Paris | London | Madrid | Rome |
Athens | Cairo | Lagos | Mumbai | Delhi | Beijing | Shanghai | Seoul | Tokyo | Sydney | Melbourne |
Auckland | Istanbul | Ankara | Dubai | Doha | Zurich | Geneva | Basel | Bath | Reading | Nice | Mobile |
Cologne | Bern | Split | Bursa | Cali | Orlando | Providence | Lincoln | Jackson | Victoria | Charlotte |
Salem | Concord | New York | San Francisco | Los Angeles | Cape Town | Buenos Aires | Hong Kong | Kuala
Lumpur | St. Gallen | The Hague | Salt Lake City | Rio de Janeiro | Tel Aviv | Addis Ababa | Ho Chi Minh
City | Stratford-upon-Avon | Bad Homburg
"""
)
LANDS = _listed(
    """
Germany | Portugal | Kenya | Canada | Japan | France | Poland | India | Colombia | Norway | Ghana |
Ireland | Spain | Pakistan | Austria | Peru | Finland | Indonesia | Morocco | Croatia | Vietnam | Estonia
| Philippines | Latvia | Senegal | Italy | Tunisia | Netherlands | Sweden | Slovakia | Brazil | Mexico |
Turkey | Egypt | Nigeria | China | Chile | Bavaria | Catalonia | Tuscany | Provence | Texas | Ohio |
Oregon | Alberta | Kerala | Scotland | Wales | Cornwall | Normandy | Saxony | Georgia | Jordan | Chad |
Andalusia | Scandinavia | Europe | Asia | Africa | Patagonia | Siberia | Anatolia | California | Vermont |
Queensland | Hokkaido | Punjab | Lombardy | South Africa | New Zealand | United Kingdom | Saudi Arabia |
Costa Rica | Sri Lanka | Northern Ireland | North Carolina | the Netherlands | the United States | Lower
Saxony | Southern Tunisia | Western Australia | the Black Forest | Lake Geneva | the Rhine | Mount Fuji |
the Andes | the Baltic Sea
"""
)
# Company names are made from these parts; the next lists are their suffixes.
FIRMS = _listed(
    """
Northwind | Contoso | Globex | Initech | Umbra | Vandelay | Hooli | Acme | Stark | Wayne | Wonka |
Cyberdyne | Tyrell | Soylent | Massive | Oceanic | Bluth | Dunder | Aurora | Helios | Nimbus | Vertex |
Quantis | Lumina | Arcadia | Solaris | Meridian | Zephyr | Kestrel | Juniper | Orion | Cobalt | Granite |
Falcon | Harbor | Summit | Brightwater | Silverline | Oakridge | Redstone | Fairbanks | Westbrook |
Ironbridge | Greenfield | Lakeshore | Kingsley | Thornton | Whitfield | Ashworth
"""
)
FIRM_ENDS = _listed(
    """
Inc | Ltd | GmbH | LLC | AG | S.A. | Corp | Group | Holdings | Partners | Bank | Insurance | Logistics |
Pharma | Energy | Airlines | Systems | Labs | Technologies | Foods | Motors | Media | Consulting | Capital
| Robotics | Health | Telecom | Solutions | Industries | & Sons | Brothers | Foundation | Hospital |
Institute | University | Ventures | Records | Publishing | Brewery | Chemicals | Shipping | Stores |
Hotels
"""
)
FIRMS_WHOLE = _listed(
    """
Siemens | Volkswagen | Toyota | Nestle | Unilever | Barclays | Lufthansa | Deloitte | Ikea | Vodafone |
Pfizer | Novartis | Walmart | Costco | Boeing | Airbus | Allianz | Danone | Carrefour | Samsung | Sony |
Honda | Maersk | Shell | Total | Visa | Red Cross | World Bank | European Commission | Ministry of Health
| Department of Justice | Bundesbank | UNICEF | NASA | FBI | University of Oxford | Stanford University |
Charité | Mayo Clinic | Harvard Medical School | Bank of England | Green Party | Deutsche Bahn | Air
France | British Museum | Royal Mail | Banco Santander | Tata Steel | Credit Suisse | Goldman Sachs
"""
)
