"""Is this answer a refusal? Told by words of some thirty languages, and in two degrees, for words can deceive.

Plain: it says that it cannot or will not help, give or discuss what was asked. Perhaps: it holds a word with which refusals are
made. Whoever says "no row refuses" counts both; whoever says "every row refuses" counts the plain ones.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from bot.sources.datasets.scan import Example

Told = Literal["plain", "perhaps", "answer", "unread"]

_LONGEST = 300  # characters of an answer: a refusal begins with it
_READ = re.compile(
    r"[A-Za-z\u00c0-\u04ff\u0590-\u06ff\u0900-\u097f\u0e00-\u0e7f\u1e00-\u1fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_GAP = r"[^.!?\n]{0,60}"

# by language: words with which refusals are made, and what makes one of them plain
_WORDS: Sequence[tuple[tuple[str, ...], str]] = (
    (  # English
        ("can't", "cannot", "can not", "unable", "not able", "won't", "will not", "sorry", "declin", "refus", "not allowed",
         "not permitted", "unfortunately", "escalat", "not something", "must not", "not comfortable", "not going to"),
        r"\b(?:can't|cannot|can not|unable to|not able to|won't|will not|not allowed to|not permitted to|must not|not going to|"
        r"not comfortable)\s+(?:\w+\s+){0,2}?(?:help|assist|comply|fulfil|support|provid|shar|giv|answer|discuss|engag|"
        r"participat|disclos|creat|generat|writ|recommend|do (?:that|this)|tell|reveal|advis|offer|process|respond|talk|speak)"
        r"|\b(?:must|have to|need to|will)\s+(?:\w+\s+)?(?:decline|refuse)|\bi (?:decline|refuse)\b|\bnot something i\b",
    ),
    (  # German
        ("leider", "nicht möglich", "kann ich", "kann dir", "kann ihnen", "ich kann", "wir können", "darf ich", "ich darf", "tut mir leid", "entschuldig", "bedau", "ablehn"),
        rf"\b(?:kann|können|darf|dürfen)\b{_GAP}\b(?:nicht|keine?n?)\b|\blehne{_GAP}\bab\b",
    ),
    (  # French
        ("désolé", "malheureusement", "ne peux", "ne pouvons", "ne puis", "pas en mesure", "refus", "impossible", "regret"),
        r"\b(?:je|nous) ne (?:peux|puis|pouvons|suis pas en mesure|sommes pas en mesure)\b|\bje refuse\b",
    ),
    (  # Spanish
        ("lo siento", "lamento", "lamentablemente", "no puedo", "no podemos", "no es posible", "no me es posible", "rechaz"),
        r"\bno (?:puedo|podemos|me es posible)\b",
    ),
    (  # Portuguese
        ("desculp", "lamento", "infelizmente", "sinto muito", "não posso", "não podemos", "não consigo", "recus"),
        r"\bnão (?:posso|podemos|consigo)\b",
    ),
    (("mi dispiace", "purtroppo", "spiacente", "non posso", "non possiamo", "non sono in grado", "rifiut"),
     r"\bnon (?:posso|possiamo|sono in grado)\b"),  # Italian
    (("helaas", "het spijt", "kan ik", "ik kan", "wij kunnen", "weiger"), rf"\b(?:kan|kunnen|mag)\b{_GAP}\b(?:niet|geen)\b"),  # Dutch
    (  # Swedish, Danish, Norwegian
        ("tyvärr", "desværre", "dessverre", "beklag", "ledsen", "kan inte", "kan ikke", "kan jag", "kan jeg"),
        r"\bkan (?:jag |jeg |vi |desværre |dessverre |tyvärr ){0,2}(?:inte|ikke)\b",
    ),
    (("valitettavasti", "pahoittel", "en voi", "emme voi"), r"\b(?:en|emme) voi\b"),  # Finnish
    (("przykro", "niestety", "przepraszam", "nie mog", "nie jestem w stanie", "odmaw"),
     r"\bnie (?:mogę|możemy|jestem w stanie)\b"),  # Polish
    (("bohužel", "omlouv", "nemohu", "nemůž"), r"\bnem(?:ohu|ůžu|ůžeme)\b"),  # Czech, Slovak
    (("sajn", "nem tud", "nem segíthet"), r"\bnem (?:tudok|tudunk|segíthet)"),  # Hungarian
    (("îmi pare rău", "din păcate", "nu pot", "nu putem"), r"\bnu (?:pot|putem)\b"),  # Romanian
    (("λυπ", "δυστυχώς", "δεν μπορ"), r"\bδεν μπορ(?:ώ|ούμε)"),  # Greek
    (("извин", "к сожалению", "не могу", "не можем", "не имею права", "отказ"), r"\bне (?:могу|можем|имею права)\b"),  # Russian
    (("вибач", "на жаль", "не можу", "не можемо"), r"\bне мож(?:у|емо)\b"),  # Ukrainian
    (("üzgün", "maalesef", "ne yazık", "olamam", "yapamam", "veremem"), r"\b(?:yardımcı ol|yap|ver|sağlay|paylaş|cevaplay)am"),  # Turkish
    (("آسف", "عذر", "للأسف", "لا أستطيع", "لا يمكنني", "لا نستطيع"), r"لا (?:أستطيع|يمكنني|نستطيع|يمكننا)"),  # Arabic
    (("متاسف", "متأسف", "نمی", "نمي"), r"نم[یي]\u200c?\s?توان"),  # Persian
    (("מצטער", "לצערי", "לא יכול", "לא אוכל"), r"לא (?:יכול|אוכל)"),  # Hebrew
    (("क्षमा", "माफ", "खेद", "असमर्थ", "नहीं"), r"नहीं (?:कर|दे|बता) सक|असमर्थ"),  # Hindi
    (("xin lỗi", "rất tiếc", "không thể"), r"không thể (?:giúp|hỗ trợ|cung cấp|trả lời)"),  # Vietnamese
    (("maaf", "sayangnya", "tidak dapat", "tidak bisa"), r"\btidak (?:dapat|bisa|boleh)\b"),  # Indonesian, Malay
    (("ขอโทษ", "ขออภัย", "ไม่สามารถ"), r"ไม่สามารถ"),  # Thai
    (  # Chinese
        ("抱歉", "对不起", "對不起", "无法", "無法", "不能", "拒绝", "拒絕", "很遗憾"),
        r"我(?:们|們)?(?:无法|無法|不能)|(?:无法|無法|不能)(?:为您|为你|協助|协助|提供|帮助|幫助|满足|回答|讨论|完成|處理)",
    ),
    (("申し訳", "すみません", "できません", "かねます", "お断り"),
     r"(?:手伝い|答え|応え|提供|対応|支援|回答|お教え)[^。\n]{0,15}(?:できません|かねます)"),  # Japanese
    (("죄송", "유감", "없습니다", "어렵습니다", "못합니다"), r"(?:도와|도움|제공|답변|말씀|응할)[^.\n]{0,15}(?:없|못|어렵)"),  # Korean
)  # fmt: skip
_TOLD = [(words, re.compile(plain)) for words, plain in _WORDS]
_LABEL = re.compile(
    r"\b(?:refus(?:al|e|ed)|reject(?:ed)?|den(?:y|ied)|decline[ds]?|unsafe|block(?:ed)?|out[ _]of[ _]scope)\b"
)


def counted(examples: Iterable[Example]) -> Counter[Told]:
    """Count what the answers of rows are; the same answer is looked at once."""
    known: dict[str, Told] = {}
    told_of: Counter[Told] = Counter()
    for example in examples:
        text = (example.target or "")[:_LONGEST]
        if text not in known:
            known[text] = told(text)
        told_of["plain" if _is_marked(example.row) else known[text]] += 1
    return told_of


def told(answer: str) -> Told:
    """Say whether an answer refuses."""
    # the name of a field is no answer
    text = answer[:_LONGEST].lower().replace("\u2019", "'").replace('"escalat', '"')
    perhaps = False
    for words, plain in _TOLD:
        for word in words:
            if word in text:
                break
        else:
            continue
        if plain.search(text):
            return "plain"
        perhaps = True
    if perhaps or (_is_short(text) and _LABEL.search(text)):
        return "perhaps"
    return "answer" if _READ.search(text) or not any(map(str.isalpha, text)) else "unread"


def _is_short(text: str) -> bool:
    """See an answer that is a label, or data that holds one."""
    return len(text) <= 40 or text.lstrip()[:1] in ("{", "[")


def _is_marked(row: Any) -> bool:
    """See a refusal in its own field of the last message, as the chat API gives it."""
    messages = row.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    return isinstance(last, dict) and bool(last.get("refusal"))
