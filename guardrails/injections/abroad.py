"""Attack phrases in other languages: drop your instructions, show them."""

from guardrails.forms import latin
from guardrails.injections.wording import pair

# Verb and object, in the language's own order.
_DROP_ORDERS = (
    (
        "(?:vergiss|verlass|olvida|abandona|dimentica|abbandona|esquece|esqueça|oublie|quitte|vergeet"
        "|verlaat)",
        "(?:deine rolle|tu (?:papel|rol)\\b|il tuo ruolo|(?:o )?seu papel|ton rôle|je rol\\b)",
    ),
    ("(?:negeer|vergeet)", "(?:instructies|opdrachten|regels\\b|aanwijzingen|richtlijnen|alles wat)"),
    ("(?:z?ignoruj|zapomnij|pomiń)", "(?:instrukcj|polece[nń]|zasad|reguł|wytyczn|wszystk\\w{1,3} co)"),
    ("(?:ignorera|glöm|bortse från|ignorer|glem)", "(?:instruktion|anvisning|reglerna|regler\\b|instruks)"),
    ("(?:talimat|kural|yönerge|komut)", "(?:yok say|unut|görmezden gel|dikkate alma)"),
    ("(?:ignoră|uită|nu ține cont de)", "(?:instrucțiun|regul|tot ce)"),
    ("(?:abaikan|lupakan)", "(?:instruksi|perintah|aturan|petunjuk)"),
    ("(?:bỏ qua|phớt lờ|quên)", "(?:hướng dẫn|chỉ dẫn|mệnh lệnh|quy tắc)"),
    ("(?:ignoruj|zapomeň)", "(?:pokyn|instrukc|pravid)"),
    ("(?:unohda|ohita|jätä huomiotta)", "(?:ohje|sään|käsky)"),
    (
        "(?:игнорируй|забудь|отбрось|не обращай внимания на)",
        "(?:инструкци|указани|правил|команд|всё, что|сво\\S{1,2} роль)",
    ),
    ("(?:ігноруй|забудь)", "(?:інструкц|вказівк|правил)"),
    ("(?:αγνόησε|ξέχνα|ξέχασε)", "(?:οδηγίες|εντολές|κανόνες)"),
    ("(?:忽略|无视|無視|忘记|忘掉|不要遵守|不必遵守)", "(?:指令|指示|提示|规则|規則|要求|设定|你的角色)"),
    ("(?:指示|命令|ルール|プロンプト|指令)", "(?:無視|忘れ)"),
    ("(?:지시|명령|지침|규칙|프롬프트)", "(?:무시|잊)"),
    ("(?:تجاهل|انس|تجاوز)", "(?:التعليمات|الأوامر|القواعد|التوجيهات|قواعدك|تعليماتك)"),
    ("(?:התעלם|שכח)", "(?:ההוראות|ההנחיות|הכללים)"),
    ("(?:निर्देश|नियम)", "(?:अनदेखा|भूल|नज़रअंदाज़)"),
    ("(?:เพิกเฉย|ละเว้น|ลืม)", "(?:คำสั่ง|คำแนะนำ|กฎ)"),
    ("(?:ignore[zr]?|oublie[zr]?)", "(?:tout ce qu|ce qui a été dit|ce qu[ie]\\S{0,3} (?:précède"
        "|vient avant))"),
    ("(?:olvíd\\S{1,4}|olvid\\w{1,4})", "(?:todo lo que|las reglas|tus reglas|lo anterior)"),
    ("(?:dimentica\\w{0,3}|scorda\\w{0,3})", "(?:tutte le regole|le regole|le istruzioni|tutto quello)"),
    ("(?:desconsidere|esqueça|ignore)", "(?:as regras|as instruções|tudo o que)"),
    ("(?:твои|ваши|твоих) (?:правил|инструкц|ограничен)", "не (?:действ|работ|важн|имеют|существ)"),
    ("(?:tes|vos) (?:règles|consignes|instructions)", "ne (?:valent|comptent|s'appliquent)"),
    ("tus (?:reglas|normas|instrucciones)", "(?:ya no |no )(?:valen?|cuentan|aplican|existen)"),
    ("(?:tue|vostre) (?:regole|istruzioni)", "non (?:contano|valgono|esistono)"),
    ("(?:tuas|suas) (?:regras|instruções)", "não (?:valem|contam|existem)"),
    ("\\b(?:je|jouw) (?:regels|instructies)", "(?:gelden niet|tellen niet|niet meer)"),
    ("nie (?:obowiązują cię|obowiązują)", "(?:zasad|reguł|wytyczn|instrukcj|poleceni)"),
    ("(?:现在|今)(?:起|开始)?(?:,|，)?你", "不再是"),  # noqa: RUF001
    ("(?:これまで|今まで)の(?:役割|指示|設定)", "(?:終わり|忘れ|無効)"),
    (
        "(?:deine|ihre|alle deine) (?:richtlinien|regeln|vorgaben|anweisungen|einschränkungen)",
        "(?:nicht mehr|aufgehoben|ungültig)",
    ),
)  # fmt: skip
_SHOW = (
    "zeige?|gib|nenne?|verrate?|toon|geef|wypisz|pokaż|göster|tampilkan|hiển thị|cho tôi xem|afișează"
    "|visa|skriv ut|"
    "mostr[ae]|muestr[ae]|affiche[zr]?|montre[zr]?|dimmi|révèle[zr]?|revel[ae]|muéstrame|покажи|выведи"
    "|раскрой|"
    "повтори|显示|输出|告诉我|打印|透露|重复|表示|教えて|출력|보여|알려|اكشف|اعرض|दिखा"
)
_PROMPT = (
    "system-?\\s?prompt|systeemprompt|prompt systemowy|prompt du système|prompt (?:de|del|do|di) sistema|"
    "message système|prompt inicial|prompt iniziale|prompt hệ thống|prompt sistem|promptul de sistem"
    "|sistem mesaj|"
    "системн\\S{2,8} (?:промпт|сообщени|инструкци)|系统提示|系统消息|初始指令|システムプロンプト"
    "|시스템 ?프롬프트|"
    "موجه النظام|सिस्टम प्रॉम्प्ट"
)
# A model, and words that say it is without limits.
_FREED = (
    (
        "(?:\\bki\\b|assistent|modell)",
        "(?:ohne|keine\\w{0,2}) (?:\\S{1,12} )?(?:regeln|ein?schränkung|beschränkung|grenzen|filter|zensur)",
    ),
    ("(?:tu n'as|vous n'avez)", "(?:aucune?|plus de|pas de) (?:restriction|règle|limite|filtre|censure)"),
    (
        "(?:\\bia\\b|assistant|intelligence|modèle)",
        "sans (?:aucune? )?(?:restriction|règle|limite|filtre|censure)",
    ),
    ("no tienes", "(?:ningun[ao]s?|más|ya) (?:restricci|regla|límite|filtro)"),
    (
        "(?:\\bia\\b|asistente|inteligencia|modelo)",
        "sin (?:ningun[ao]s? )?(?:restricci|filtro|límite|regla|censura|normas)",
    ),
    (
        "(?:\\bia\\b|assistente|intelligenza|modello)",
        "senza (?:alcun[ao]? )?(?:restrizion|filtri|limiti|regole|censura)",
    ),
    (
        "(?:\\bia\\b|assistente|inteligência|modelo)",
        "sem (?:nenhum[ao]? )?(?:restriç|filtro|limite|regra|censura)",
    ),
    ("(?:\\bai\\b|assistent|model)", "zonder (?:enige )?(?:beperking|regels|filters|grenzen|censuur)"),
    ("(?:\\bai\\b|asystent|inteligencj|model)", "bez (?:żadnych )?(?:ogranicze|zasad|cenzury|filtrów|reguł)"),
    (
        "(?:\\sИИ\\s|\\sии\\s|ассистент|модель|бот\\s)",
        "без (?:всяких |каких-либо |любых )?(?:ограничени|цензуры|правил|фильтров)",
    ),
    ("(?:kısıtlama|kural|sansür|sınır)\\S{0,8} olmayan", "(?:yapay zek|asistan|model)"),
    ("(?:ذكاء|مساعد|نموذج)", "(?:بلا|بدون|دون) (?:أي )?(?:قيود|قواعد|رقابة)"),
    (
        "(?:你|人工智能|助手|AI)",
        "(?:没有|不受|不再受|毫无)(?:任何|一切)?(?:的)?(?:规则)?(?:的)?(?:限制|约束|审查|道德)",
    ),
    ("(?:制限|制約|規則|ルール|検閲)", "(?:ない|なし|なく)(?:の)?(?:AI|人工知能|アシスタント|モデル)"),
    ("(?:제한|규칙|검열)(?:이|도)? ?없는", "(?:AI|인공지능|비서|어시스턴트|모델)"),
)


OVERRIDES = tuple(pair(first, then) for first, then in _DROP_ORDERS)
PERSONAS = tuple(pair(first, then) for first, then in _FREED)
# "Word for word".
_LITERALLY = (
    "wort für wort|wortwörtlich|mot pour mot|mot à mot|palabra por palabra|parola per parola|"
    "palavra por palavra|woord voor woord|słowo w słowo|слово в слово|дословно|逐字|一字一句"
)
_TOLD = (
    "anweisung|instruc|instruz|instruç|instructies|instrukcj|инструкц|написано выше|指令|指示|"
    "vor dieser nachricht|encima de este mensaje|sopra questo messaggio"
)
# Questions about the prompt without a verb of showing.
_ASKED = (
    "wie lautet|was ist|was steht in|quel est|quelles sont|cuál es|cuáles son|qual è|quali sono|qual é|"
    "quais são|wat is"
)
_YOURS = "deine?|ihre?|ton|tes|votre|vos|tus?|il tuo|le tue|o seu|as suas|teu|je|jouw"
_OWN = (
    "(?:system-?\\s?prompt|systeemprompt|"
    "prompt (?:du |de |del |do |di )?(?:système|sistema|initial|inicial|iniziale)|"
    "(?:geheimen?|internen?) anweisungen|instrucciones internas|instructions internes|istruzioni interne)"
)
LEAKS = (
    pair(_SHOW, _PROMPT),
    pair(_PROMPT, _SHOW),
    pair(_LITERALLY, _TOLD),
    pair(_TOLD, _LITERALLY),
    pair(
        "repite|repita|copia|wiederhol|gib|répète|ripeti|повтори",
        "(?:vor dieser nachricht|encima de este mensaje|antes de este mensaje|avant ce message|sopra questo)",
    ),
    pair(_ASKED, f"\\b(?:{_YOURS}) {_OWN}"),
    pair(_SHOW, f"\\b(?:{_YOURS}) {_OWN}"),
)
# In data: it has no reason to speak of a user's request, or of what to hide from the user.
_OF_THE_USER = (
    "(?:pregunta|petición|solicitud) del usuario|(?:question|demande|requête) de l'utilisateur"
    "|(?:frage|anfrage|bitte) des (?:nutzers|benutzers|users)|(?:domanda|richiesta) dell'utente"
    "|(?:pergunta|pedido) do usuário|(?:vraag|verzoek) van de gebruiker|(?:pytani|prośb)\\S{1,3} użytkownik"
    "|(?:вопрос|просьб|запрос)\\S{0,4} пользовател|用户的(?:请求|问题|指令|要求)|ユーザーの(?:質問|依頼|指示)"
)
_NO = (
    "ignor|beantworte\\S{0,3} nicht|vergiss|no (?:respond|contest)|olvida|descart|ne répond|oublie|laisse"
    "|non rispond|dimentica|lascia|não respond|esque|negeer|vergeet|nie odpowiad|zapomnij|pomiń"
    "|не отвеча|забудь|игнориру|请?(?:忽略|无视|不要)"
)
_UNTOLD = (
    ("sag|verrat|erzähl|informier|zeig", "nutzer (?:nichts|nicht)"),
    ("ne dis|ne dites|n'informe|ne montre", "utilisateur"),
    ("no (?:le )?(?:digas|avises|informes|muestres)", "usuario"),
    ("non (?:dire|informare|mostrare|avvisare)", "utente"),
    ("não (?:diga|informe|mostre|avise)", "usuário"),
    ("nie (?:mów|informuj|pokazuj)", "użytkownik"),
    ("не (?:говори|сообщай|показывай)", "пользовател"),
    ("(?:不要|别)(?:告诉|通知)", "用户"),
)
# "Whoever summarises or reads this" addresses the model.
_WHOEVER = (
    ("\\bwer", "(?:diesen? text|dies|das hier) (?:zusammenfasst|liest|verarbeitet)"),
    ("toi qui|vous qui|quiconque", "(?:lis|lit|lisez|résum\\S{1,3}|traite\\S?) (?:ce|ceci|cela)"),
    ("quien|tú que", "(?:lea|lee|lees|resum\\S{1,2}) (?:esto|este)"),
    ("\\bchi|\\btu che", "(?:legg\\S|riassum\\S) (?:questo|ciò)"),
)
# In data: a model is addressed.
ORDERS = (
    pair(_NO, _OF_THE_USER),
    *[pair(*each) for each in (*_UNTOLD, *_WHOEVER)],
    latin("请(?:各位|所有)?(?:AI|人工智能|语言模型|大模型)"),
    latin(r"(?i)(?:anweisung|hinweis|nachricht|wichtig)\S{0,3} (?:für|an) (?:\S{1,12} )?(?:ki\b|ki-"
        r"|assisten|sprachmodell)"),
    latin(r"(?i)\b(?:note|instruction|message|consigne)s? (?:aux?|pour|à) (?:\S{1,6} ?)?(?:ia\b"
        r"|assistant|modèle)"),
    latin(r"(?i)\b(?:para|nota|instrucci\S{2,4}|mensaje) (?:para |a )?(?:el |la )?(?:asistente|ia"
        r"|modelo)\s?[:,]"),
)  # fmt: skip
