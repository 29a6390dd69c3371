"""Words for phone numbers, near them and in the headings of tables."""

PHONE_WORDS = tuple(
    (
        "phone|tel|telephone|call|mobile|cell|fax|whatsapp|number is|contact|sms|text me|dial|reach me|"
        "hotline|answering at|messages to|phone no|msisdn|my number|calling from|callback|wa.me|your number|"
        "ur number|fone|phones|phone numbers|mobiles|num is|nr is|"
        "telefon|handy|mobil|telefonnummer|telefonnr|telnr|handynummer|handynr|mobilnummer|mobilnr|"
        "rufnummer|deine nummer|meine nummer|telefono|teléfono"
    ).split("|")
)
HEADS = (
    *PHONE_WORDS,
    *(
        "téléphone|tél|portable|telefone|celular|móvil|cellulare|telefoon|telefoonnummer|mobiel|gsm|tlf|telemóvel|"
        "numer telefonu|телефон|电话|手机|电话号码|手机号|電話|電話番号|携帯|전화|전화번호|연락처"
    ).split("|"),
)
