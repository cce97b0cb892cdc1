"""Which names, numbers and words fill the templates? Invented ones, drawn from a seed: nothing here is a fact of the world."""

import random
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate

VOCABULARY = 4_000  # invented words, drawn by Zipf's law: a few often, most hardly ever
_EXPONENT = 0.9


def _split(text: str) -> list[str]:
    return text.split()


LATIN = _split(
    "ba ber bri cal cor dan del dor el fa fen gar gri hal har il jo kel kir lan lor mar mel min nor ol or pel pra quin ra rin sa sel sol ta ter tor ul val ven wil wor yar zan zel"
)
CYRILLIC = _split(
    "ба бер вол гор дан дол ель жар зим ка кир лан лес мар мир но ор пол рав рус са све тар тол ул фед хол че шум яр"
)
GREEK = _split("α βα γορ δα ελ θε κα κορ λα μαρ με νι ορ πα ρα σα στα τα φι χαρ ψα")
ARABIC = _split("با بر تا تم جا جم حا خل دا در را رم زا زه سا سل شا صا طا عا غا فا قا كا لا ما نا ها وا يا")
DEVANAGARI = _split("कमल गगन चरण जनक तरल दमन नमन पवन बल भवन मगध रजत लव वरद शरद सफल हर अजय अमर नगर वन धन")
HAN = list("安白北昌成川春东芳丰光海河红华江金锦景康兰林龙明南宁平清庆泉山石松天万文武西新兴阳永玉云长正中")
KANA = _split(
    "アサ イズ ウミ エノ オカ カワ キタ クロ コマ サト シマ スギ タカ ツキ トネ ナカ ニシ ハマ ヒラ フジ マツ ミナ ムラ モリ ヤマ ユキ リン"
)
HANGUL = list(
    "가강고광구금김나남노다대도동라류리마무민바박산서선성송신아안양연영용우원윤이인임장전정조주진창천태하한현호화"
)
SYLLABLES = {
    "ru": CYRILLIC, "el": GREEK, "ar": ARABIC, "hi": DEVANAGARI, "zh": HAN, "ja": KANA, "ko": HANGUL,
}  # fmt: skip


class Words:
    """Draws of one set, from its name as the seed."""

    def __init__(self, seed: str, tongue: str = "en") -> None:
        """Begin; the same seed gives the same draws."""
        self.draw = random.Random(seed)
        self._syllables: Sequence[str] = SYLLABLES.get(tongue, LATIN)
        self._vocabulary = sorted({self._joined(2 + self.draw.random() * 2) for _ in range(VOCABULARY)})
        self.draw.shuffle(self._vocabulary)
        self._weights = list(accumulate(1 / rank**_EXPONENT for rank in range(1, len(self._vocabulary) + 1)))

    def _joined(self, syllables: float) -> str:
        return "".join(self.draw.choices(self._syllables, k=int(syllables)))

    def one(self, pool: Sequence[str]) -> str:
        """Draw from a pool."""
        return self.draw.choice(pool)

    def name(self) -> str:
        """Invent a name of two or three syllables."""
        return self._joined(2 + self.draw.random() * 2).capitalize()

    def number(self, least: int = 2, most: int = 9_999) -> str:
        """Draw a number."""
        return str(self.draw.randint(least, most))

    def code(self) -> str:
        """Draw a code like `KQ-3127`."""
        return f"{''.join(self.draw.choices('ABCDEFGHJKLMNPQRSTUVWXYZ', k=2))}-{self.draw.randint(100, 9_999)}"

    def day(self) -> str:
        """Draw a day of the calendar, in English words."""
        return f"{self.draw.randint(1, 28)} {self.one(MONTHS)} {self.draw.randint(1950, 2026)}"

    def phrase(self, least: int = 3, most: int = 7) -> str:
        """Draw words of the invented vocabulary, some common and most rare."""
        return " ".join(
            self._vocabulary[bisect(self._weights, self.draw.random() * self._weights[-1] * (1 - 1e-12))]
            for _ in range(self.draw.randint(least, most))
        )

    def fill(self, template: str, **known: str) -> str:
        """Fill a template: a, b, c names; n, m numbers; y year; d day; k code; w words; or what is known."""
        return template.format_map(_Slots(self, known))


class _Slots(dict[str, str]):
    def __init__(self, words: Words, known: dict[str, str]) -> None:
        super().__init__(known)
        self._words = words

    def __missing__(self, slot: str) -> str:
        made = {
            "a": self._words.name, "b": self._words.name, "c": self._words.name,
            "n": self._words.number, "m": self._words.number, "y": lambda: self._words.number(1890, 2026),
            "d": self._words.day, "k": self._words.code, "w": self._words.phrase,
        }[slot]()  # fmt: skip
        self[slot] = made
        return made


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
NOUNS = _split(
    "account address agenda battery bill bottle bracket branch bridge cabinet cable calendar camera carton chair charger client clock contract coupon courier dashboard deadline delivery desk device door drawer driver engine envelope event fabric factory filter folder garden handle heater hinge hotel invoice jacket kettle keyboard label ladder lamp laptop ledger lesson letter licence lock machine magnet manual meeting meter mirror monitor mortgage motor notebook office order oven package panel parcel password patch pillow pipe policy printer product pump queue quote radio rail receipt recipe refund remote report request reservation ring road roof router sample schedule screen seat sensor server shelf shipment signal sofa station stove strap studio subscription supplier survey switch table tank tap ticket timer token tool towel tray truck vase vehicle vendor voucher wallet warehouse window wire workshop"
)
VERBS = _split(
    "accepted adjusted approved arrived blocked bought brought built cancelled changed charged checked cleaned closed collected compared confirmed copied counted covered delayed delivered described dropped extended filled finished forgot forwarded handled installed joined kept labelled lent lifted loaded locked logged lost measured mended mixed moved noticed opened ordered packed paid painted parked planned posted printed promised pulled pushed received recorded removed renewed repaired replaced reported requested returned reviewed rolled scanned sealed sent shared signed sold sorted started stopped stored swapped tested traced tried turned updated used warned washed weighed wrapped"
)
