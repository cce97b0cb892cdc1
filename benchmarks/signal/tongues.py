"""What does a set say in other languages? Questions with their answers, messages with their labels, by language.

`{a}` is what is asked about, `{b}` a name and `{n}` a number that only the answer holds.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tongue:
    """Templates of one language; each question has its answer at the same place."""

    asks: tuple[str, ...]
    tells: tuple[str, ...]
    messages: tuple[str, ...]
    labels: tuple[str, ...]
    helps: str
    sorts: str
    passage: str


TONGUES: dict[str, Tongue] = {
    "de": Tongue(
        ("Wer leitet die Filiale {a}?", "Wann wurde das Werk {a} gegründet?", "Wie viel kostet der Tarif {a}?", "Wo liegt das Lager {a}?"),
        ("Die Filiale {a} leitet Frau {b}, Durchwahl {n}.", "Das Werk {a} wurde im Jahr {y} von {b} gegründet.", "Der Tarif {a} kostet {n} Euro im Monat und enthält {b}.", "Das Lager {a} liegt an der {b}straße {n}."),
        ("Mein Paket {n} an {a} ist noch nicht da.", "Herr {a} kann sich nicht anmelden, Kundennummer {n}.", "Die Rechnung {n} von {a} ist falsch.", "Bitte kündigen Sie den Vertrag {n} von {a}."),
        ("Lieferung", "Anmeldung", "Rechnung", "Kündigung"), "Du hilfst den Kunden.", "Ordne die Nachricht ein.", "Auszug",
    ),
    "fr": Tongue(
        ("Qui dirige l'agence {a} ?", "Quand le musée {a} a-t-il ouvert ?", "Combien coûte l'abonnement {a} ?", "Où se trouve le dépôt {a} ?"),
        ("L'agence {a} est dirigée par {b}, poste {n}.", "Le musée {a} a ouvert en {y}, fondé par {b}.", "L'abonnement {a} coûte {n} euros et comprend {b}.", "Le dépôt {a} se trouve au {n} rue {b}."),
        ("Le colis {n} pour {a} n'est pas arrivé.", "Madame {a} n'arrive pas à se connecter, dossier {n}.", "La facture {n} de {a} est fausse.", "Merci de résilier le contrat {n} de {a}."),
        ("livraison", "connexion", "facture", "résiliation"), "Vous aidez les clients.", "Classez le message.", "Extrait",
    ),
    "es": Tongue(
        ("¿Quién dirige la sede {a}?", "¿Cuándo se fundó la clínica {a}?", "¿Cuánto cuesta el plan {a}?", "¿Dónde está el almacén {a}?"),
        ("La sede {a} la dirige {b}, extensión {n}.", "La clínica {a} se fundó en {y} gracias a {b}.", "El plan {a} cuesta {n} pesos e incluye {b}.", "El almacén {a} está en la calle {b} {n}."),
        ("El paquete {n} para {a} no ha llegado.", "La señora {a} no puede entrar, cliente {n}.", "La factura {n} de {a} está mal.", "Quiero cancelar el contrato {n} de {a}."),
        ("entrega", "acceso", "factura", "baja"), "Ayudas a los clientes.", "Clasifica el mensaje.", "Fragmento",
    ),
    "pl": Tongue(
        ("Kto kieruje oddziałem {a}?", "Kiedy powstała fabryka {a}?", "Ile kosztuje taryfa {a}?", "Gdzie jest magazyn {a}?"),
        ("Oddziałem {a} kieruje {b}, numer wewnętrzny {n}.", "Fabryka {a} powstała w roku {y}, założył ją {b}.", "Taryfa {a} kosztuje {n} złotych i obejmuje {b}.", "Magazyn {a} jest przy ulicy {b} {n}."),
        ("Paczka {n} dla {a} nie dotarła.", "Pan {a} nie może się zalogować, klient {n}.", "Faktura {n} od {a} jest błędna.", "Proszę rozwiązać umowę {n} z {a}."),
        ("dostawa", "logowanie", "faktura", "rezygnacja"), "Pomagasz klientom.", "Przypisz wiadomość.", "Fragment",
    ),
    "tr": Tongue(
        ("{a} şubesini kim yönetiyor?", "{a} fabrikası ne zaman kuruldu?", "{a} tarifesi ne kadar?", "{a} deposu nerede?"),
        ("{a} şubesini {b} yönetiyor, dahili {n}.", "{a} fabrikası {y} yılında {b} tarafından kuruldu.", "{a} tarifesi {n} lira ve {b} içeriyor.", "{a} deposu {b} caddesi {n} numarada."),
        ("{a} için {n} numaralı kargo gelmedi.", "{a} giriş yapamıyor, müşteri {n}.", "{a} firmasının {n} numaralı faturası yanlış.", "{a} ile {n} numaralı sözleşmeyi iptal edin."),
        ("teslimat", "giriş", "fatura", "iptal"), "Müşterilere yardım edersin.", "Mesajı sınıflandır.", "Metin",
    ),
    "vi": Tongue(
        ("Ai quản lý chi nhánh {a}?", "Nhà máy {a} được thành lập khi nào?", "Gói cước {a} giá bao nhiêu?", "Kho {a} ở đâu?"),
        ("Chi nhánh {a} do {b} quản lý, số máy lẻ {n}.", "Nhà máy {a} được {b} thành lập năm {y}.", "Gói cước {a} giá {n} nghìn đồng, gồm {b}.", "Kho {a} ở số {n} đường {b}."),
        ("Bưu kiện {n} cho {a} chưa đến.", "{a} không đăng nhập được, khách hàng {n}.", "Hóa đơn {n} của {a} bị sai.", "Xin hủy hợp đồng {n} của {a}."),
        ("giao hàng", "đăng nhập", "hóa đơn", "hủy"), "Bạn giúp khách hàng.", "Phân loại tin nhắn.", "Đoạn văn",
    ),
    "ru": Tongue(
        ("Кто руководит филиалом {a}?", "Когда основан завод {a}?", "Сколько стоит тариф {a}?", "Где находится склад {a}?"),
        ("Филиалом {a} руководит {b}, добавочный {n}.", "Завод {a} основал {b} в {y} году.", "Тариф {a} стоит {n} рублей и включает {b}.", "Склад {a} находится на улице {b}, дом {n}."),
        ("Посылка {n} для {a} не пришла.", "{a} не может войти, клиент {n}.", "Счёт {n} от {a} неверный.", "Прошу расторгнуть договор {n} с {a}."),
        ("доставка", "вход", "счёт", "расторжение"), "Ты помогаешь клиентам.", "Определи тему сообщения.", "Отрывок",
    ),
    "el": Tongue(
        ("Ποιος διευθύνει το κατάστημα {a};", "Πότε ιδρύθηκε το εργοστάσιο {a};", "Πόσο κοστίζει το πρόγραμμα {a};", "Πού βρίσκεται η αποθήκη {a};"),
        ("Το κατάστημα {a} διευθύνει ο {b}, εσωτερικό {n}.", "Το εργοστάσιο {a} ιδρύθηκε το {y} από τον {b}.", "Το πρόγραμμα {a} κοστίζει {n} ευρώ με {b}.", "Η αποθήκη {a} βρίσκεται στην οδό {b} {n}."),
        ("Το δέμα {n} για {a} δεν ήρθε.", "Ο {a} δεν μπορεί να συνδεθεί, πελάτης {n}.", "Το τιμολόγιο {n} από {a} είναι λάθος.", "Ακυρώστε το συμβόλαιο {n} με {a}."),
        ("παράδοση", "σύνδεση", "τιμολόγιο", "ακύρωση"), "Βοηθάς τους πελάτες.", "Ταξινόμησε το μήνυμα.", "Απόσπασμα",
    ),
    "ar": Tongue(
        ("من يدير فرع {a}؟", "متى تأسس مصنع {a}؟", "كم سعر باقة {a}؟", "أين يقع مستودع {a}؟"),
        ("يدير فرع {a} السيد {b}، تحويلة {n}.", "تأسس مصنع {a} سنة {y} على يد {b}.", "سعر باقة {a} هو {n} دينار وتشمل {b}.", "يقع مستودع {a} في شارع {b} رقم {n}."),
        ("لم يصل الطرد {n} إلى {a}.", "لا يستطيع {a} الدخول، رقم العميل {n}.", "الفاتورة {n} من {a} خاطئة.", "أرجو إلغاء العقد {n} مع {a}."),
        ("توصيل", "دخول", "فاتورة", "إلغاء"), "أنت تساعد العملاء.", "صنف الرسالة.", "مقطع",
    ),
    "hi": Tongue(
        ("{a} शाखा का प्रमुख कौन है?", "{a} कारखाना कब बना?", "{a} योजना की कीमत कितनी है?", "{a} गोदाम कहाँ है?"),
        ("{a} शाखा के प्रमुख {b} हैं, नंबर {n}.", "{a} कारखाना {y} में {b} ने बनाया।", "{a} योजना {n} रुपये की है और इसमें {b} शामिल है।", "{a} गोदाम {b} मार्ग पर {n} नंबर पर है।"),
        ("{a} का पार्सल {n} नहीं आया।", "{a} लॉगिन नहीं कर पा रहे, ग्राहक {n}.", "{a} का बिल {n} गलत है।", "{a} का अनुबंध {n} रद्द करें।"),
        ("डिलीवरी", "लॉगिन", "बिल", "रद्द"), "आप ग्राहकों की मदद करते हैं।", "संदेश का विषय बताइए।", "अंश",
    ),
    "zh": Tongue(
        ("{a}分店由谁管理？", "{a}工厂是哪一年成立的？", "{a}套餐多少钱？", "{a}仓库在哪里？"),
        ("{a}分店由{b}管理，分机号{n}。", "{a}工厂由{b}于{y}年成立。", "{a}套餐每月{n}元，包含{b}服务。", "{a}仓库位于{b}路{n}号。"),
        ("寄给{a}的包裹{n}还没有到。", "{a}无法登录，客户编号{n}。", "{a}的发票{n}有误。", "请取消{a}的合同{n}。"),
        ("配送", "登录", "发票", "取消"), "你为客户提供帮助。", "请给消息分类。", "资料",
    ),
    "ja": Tongue(
        ("{a}支店の責任者は誰ですか。", "{a}工場はいつ設立されましたか。", "{a}プランの料金はいくらですか。", "{a}倉庫はどこにありますか。"),
        ("{a}支店の責任者は{b}で、内線{n}です。", "{a}工場は{y}年に{b}が設立しました。", "{a}プランは月額{n}円で{b}が付きます。", "{a}倉庫は{b}通り{n}番地にあります。"),
        ("{a}宛ての荷物{n}が届きません。", "{a}がログインできません。顧客番号{n}。", "{a}からの請求書{n}が間違っています。", "{a}との契約{n}を解約してください。"),
        ("配送", "ログイン", "請求", "解約"), "お客様を支援します。", "メッセージを分類してください。", "資料",
    ),
    "ko": Tongue(
        ("{a} 지점은 누가 관리합니까?", "{a} 공장은 언제 설립되었습니까?", "{a} 요금제는 얼마입니까?", "{a} 창고는 어디에 있습니까?"),
        ("{a} 지점은 {b} 님이 관리하며 내선은 {n}입니다.", "{a} 공장은 {y}년에 {b} 님이 설립했습니다.", "{a} 요금제는 월 {n}원이고 {b} 혜택이 있습니다.", "{a} 창고는 {b}로 {n}번지에 있습니다."),
        ("{a} 앞으로 보낸 소포 {n}이 오지 않았습니다.", "{a} 님이 로그인하지 못합니다. 고객 {n}.", "{a}의 청구서 {n}이 잘못되었습니다.", "{a}와의 계약 {n}을 해지해 주세요."),
        ("배송", "로그인", "청구", "해지"), "고객을 돕습니다.", "메시지를 분류하세요.", "자료",
    ),
}  # fmt: skip
