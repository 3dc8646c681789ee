/**
 * What viewers say when they do not claim, by language. `{n}` is the number of the item on show.
 * No phrase puts a number next to "sold" or "pass": none of them may mean anything to the parser.
 */

export const LANGUAGES = [
	'en',
	'es',
	'fr',
	'de',
	'tl',
	'th',
	'vi',
	'ar',
	'hi',
	'pt',
	'id'
] as const;

/** ISO 639-1 code of a language that viewers write in. */
export type Language = (typeof LANGUAGES)[number];

/** What a comment can be about. */
export type Topic = 'greeting' | 'question' | 'praise' | 'chat' | 'goodbye';

export const PHRASES: Readonly<Record<Language, Readonly<Record<Topic, readonly string[]>>>> = {
	en: {
		greeting: [
			'Hi everyone!',
			'hello from Leeds',
			'hiii just joined',
			'Good evening lovely people',
			'first time here, how does this work?',
			'made it just in time',
			'evening all, tea is ready',
			'hello hello, is the sound a bit low or is it me?',
			'finally caught one live',
			'hey from Cape Town'
		],
		question: [
			'what sizes does {n} come in?',
			'how much is {n}?',
			'is {n} true to size?',
			'does number {n} come in navy?',
			'what is {n} made of?',
			'can you show {n} again please',
			'do you ship to Ireland?',
			'how much is shipping?',
			'is there a pocket on {n}?',
			'can you hold {n} up to the light, is it see through?',
			'is it machine washable?',
			'will a UK 14 fit in {n}?',
			'can I pick up on Monday?',
			'what colour is that, more green or more blue?',
			'do you combine shipping if I buy three things?',
			'how long is {n} on you? I am 160 cm'
		],
		praise: [
			'that is gorgeous',
			'ooh love that colour',
			'so pretty',
			'need this in my life',
			'wow the details',
			'that would go with everything',
			'okay that one is dreamy',
			'the quality looks amazing',
			'you have such a good eye',
			'stunning on you',
			'obsessed'
		],
		chat: [
			'my cat just walked over the keyboard',
			'my husband is going to kill me lol',
			'these go so fast',
			'too slow again, story of my life',
			'got mine last week, arrived in two days, beautifully wrapped',
			'is it freezing for anyone else or just my wifi',
			'the music is lovely, what is it?',
			'saving up for the next one then',
			'I blinked and it was gone',
			'you are too fast girls',
			'payday is Friday, why is this not on Friday',
			'my sister told me about this show and now I blame her'
		],
		goodbye: [
			'thank you, lovely show',
			'great show tonight, see you next Saturday',
			'bye all, happy with my haul',
			'thank you so much, off to pay now'
		]
	},
	es: {
		greeting: [
			'¡Hola a todas!',
			'buenas noches desde Valencia',
			'hola hola, ya llegué',
			'saludos desde Guadalajara',
			'¡qué emoción, es mi primer directo!'
		],
		question: [
			'¿qué tallas hay del {n}?',
			'¿cuánto cuesta el {n}?',
			'¿el {n} lo tienes en negro?',
			'¿hacen envíos a Canarias?',
			'¿de qué tela es?',
			'¿puedes enseñar otra vez el {n}?',
			'¿el {n} es talla única?',
			'¿cuánto es el envío?'
		],
		praise: [
			'¡qué bonito!',
			'me encanta ese color',
			'precioso de verdad',
			'está divino',
			'qué cosa más linda, por favor',
			'ese lo quiero yo'
		],
		chat: [
			'se me fue el internet justo ahora',
			'siempre llego tarde jajaja',
			'el mío llegó perfecto la semana pasada, gracias',
			'mi hija también está mirando',
			'¡son rapidísimas ustedes!'
		],
		goodbye: ['gracias por todo, un beso', 'hasta el sábado que viene', 'qué buen directo, gracias']
	},
	fr: {
		greeting: [
			'Bonjour tout le monde !',
			'coucou de Nantes',
			'bonsoir les filles',
			'bonsoir, je découvre, c’est super',
			'me voilà, j’ai raté quoi ?'
		],
		question: [
			'c’est quelle taille le {n} ?',
			'combien coûte le {n} ?',
			'il existe en bleu marine, le {n} ?',
			'vous livrez en Belgique ?',
			'c’est quelle matière ?',
			'on peut revoir le {n} s’il vous plaît ?',
			'le {n} taille grand ou petit ?',
			'combien pour les frais de port ?'
		],
		praise: [
			'oh que c’est joli',
			'trop beau ce vert',
			'magnifique',
			'j’adore la coupe',
			'superbe, vraiment',
			'le tissu a l’air d’une douceur'
		],
		chat: [
			'j’ai encore cliqué trop tard',
			'mon chat veut acheter aussi',
			'colis bien reçu, tout est parfait, merci',
			'ça part trop vite ici',
			'je regarde depuis le train, ça coupe un peu'
		],
		goodbye: ['merci et bonne soirée', 'à samedi prochain !', 'merci beaucoup, très beau live']
	},
	de: {
		greeting: [
			'Hallo zusammen!',
			'Grüße aus Leipzig',
			'guten Abend in die Runde',
			'so, Tee steht bereit, kann losgehen',
			'hallo, zum ersten Mal dabei'
		],
		question: [
			'welche Größe ist die {n}?',
			'was kostet die {n}?',
			'gibt es die {n} auch in Grau?',
			'versendet ihr nach Österreich?',
			'aus welchem Material ist das?',
			'kannst du die {n} nochmal zeigen?',
			'fällt die {n} eher klein aus?',
			'wie hoch sind die Versandkosten?'
		],
		praise: [
			'oh wie schön!',
			'die Farbe ist ein Traum',
			'total schön verarbeitet',
			'gefällt mir richtig gut',
			'wunderschön',
			'das würde meiner Mutter gefallen'
		],
		chat: [
			'wieder zu langsam, wie immer',
			'mein Paket kam super schnell an, danke',
			'bei mir ruckelt das Bild etwas',
			'mein Mann schüttelt schon den Kopf',
			'ihr seid ja blitzschnell'
		],
		goodbye: ['danke, war wieder schön', 'bis nächsten Samstag', 'gute Nacht zusammen']
	},
	tl: {
		greeting: [
			'magandang gabi po!',
			'hello po mula sa Iloilo',
			'kararating ko lang, anong item na po?',
			'hi sis, present po!'
		],
		question: [
			'magkano po ang {n}?',
			'anong size po ang {n}?',
			'may ibang kulay po ba ang {n}?',
			'pwede po ba sa Cebu ang shipping?',
			'pakita po ulit ang {n}',
			'anong tela po?',
			'magkano po ang shipping fee?'
		],
		praise: [
			'ang ganda naman!',
			'ang cute po',
			'bet ko yan!',
			'ganda ng kulay sis',
			'sana all may ganyan'
		],
		chat: [
			'naunahan na naman ako huhu',
			'ang bibilis niyo naman!',
			'dumating na po order ko, salamat',
			'ang bagal ng signal ko dito',
			'lagot ako kay mister nito haha'
		],
		goodbye: [
			'salamat po, sa susunod ulit',
			'ingat po kayo, good night',
			'salamat sis, bayad na ako'
		]
	},
	th: {
		greeting: ['สวัสดีค่ะทุกคน', 'มาแล้วค่า', 'สวัสดีจากเชียงใหม่ค่ะ', 'เข้ามาดูครั้งแรกเลยค่ะ'],
		question: [
			'ตัว {n} ราคาเท่าไหร่คะ',
			'เบอร์ {n} มีไซส์อะไรบ้างคะ',
			'{n} มีสีอื่นไหมคะ',
			'ค่าส่งเท่าไหร่คะ',
			'ขอดู {n} อีกทีได้ไหมคะ',
			'ผ้าอะไรคะ',
			'ส่งต่างจังหวัดไหมคะ'
		],
		praise: ['สวยมากค่ะ', 'น่ารักจังเลย', 'สีสวยมาก', 'งานดีมากค่ะ', 'อยากได้จัง'],
		chat: ['ไม่ทันอีกแล้ว', 'ของถึงแล้วนะคะ แพ็คดีมากค่ะ', 'เน็ตช้ามากเลย', 'ทุกคนไวมากค่ะ', 'แฟนบ่นแล้ว 555'],
		goodbye: ['ขอบคุณค่ะ', 'เจอกันเสาร์หน้านะคะ', 'ไลฟ์สนุกมากค่ะ']
	},
	vi: {
		greeting: [
			'Chào cả nhà ạ',
			'em mới vào, chào shop',
			'chào chị từ Đà Nẵng ạ',
			'hóng nãy giờ luôn'
		],
		question: [
			'{n} bao nhiêu vậy chị?',
			'mẫu {n} có size gì ạ?',
			'{n} còn màu nào khác không ạ?',
			'phí ship bao nhiêu ạ?',
			'cho em xem lại {n} với ạ',
			'chất liệu gì vậy shop?',
			'có ship về Huế không ạ?'
		],
		praise: ['đẹp quá ạ', 'màu này xinh ghê', 'dễ thương quá', 'mê luôn', 'hàng đẹp thật sự'],
		chat: [
			'lại chậm mất rồi',
			'em nhận được hàng rồi, gói kỹ lắm ạ',
			'mạng nhà em lag quá',
			'mọi người nhanh tay quá',
			'chồng em đang nhìn haha'
		],
		goodbye: ['cảm ơn shop nhiều ạ', 'hẹn thứ bảy tuần sau nhé', 'chúc cả nhà ngủ ngon']
	},
	ar: {
		greeting: ['مساء الخير جميعاً', 'السلام عليكم', 'تحية من عمّان', 'أول مرة أحضر البث، أهلاً بكم'],
		question: [
			'كم سعر رقم {n}؟',
			'ما المقاسات المتوفرة من {n}؟',
			'هل يوجد {n} بلون آخر؟',
			'هل التوصيل متوفر إلى دبي؟',
			'ممكن نشوف {n} مرة ثانية؟',
			'شو نوع القماش؟',
			'كم تكلفة الشحن؟'
		],
		praise: ['ما شاء الله، جميل جداً', 'اللون رائع', 'تحفة!', 'ذوقك حلو كثير', 'أنيق جداً'],
		chat: [
			'تأخرت مرة أخرى',
			'وصلني الطلب الأسبوع الماضي، شكراً لكم',
			'الإنترنت عندي بطيء اليوم',
			'أنتم سريعون جداً!',
			'أختي تشاهد معي الآن'
		],
		goodbye: ['شكراً لكم، تصبحون على خير', 'إلى اللقاء السبت القادم', 'بث جميل، شكراً']
	},
	hi: {
		greeting: ['नमस्ते सबको', 'नमस्ते जयपुर से', 'मैं भी आ गई', 'पहली बार देख रही हूँ'],
		question: [
			'{n} का दाम क्या है?',
			'{n} में कौन सा साइज़ है?',
			'{n} और किस रंग में है?',
			'डिलीवरी चार्ज कितना है?',
			'{n} फिर से दिखाइए न',
			'कपड़ा कौन सा है?',
			'क्या पुणे में डिलीवरी होती है?'
		],
		praise: ['बहुत सुंदर!', 'रंग बहुत अच्छा है', 'क्या बात है', 'मुझे बहुत पसंद आया', 'कमाल का है'],
		chat: [
			'फिर से देर हो गई',
			'मेरा पार्सल आ गया, बहुत अच्छा है, धन्यवाद',
			'नेट बहुत धीमा है आज',
			'सब लोग कितने तेज़ हैं!',
			'मम्मी भी साथ में देख रही हैं'
		],
		goodbye: ['धन्यवाद, बहुत अच्छा लाइव था', 'अगले शनिवार मिलते हैं', 'शुभ रात्रि सबको']
	},
	pt: {
		greeting: [
			'Oi gente, boa noite!',
			'boa noite do Porto',
			'cheguei, meninas',
			'olá, primeira vez aqui'
		],
		question: [
			'qual o tamanho do {n}?',
			'quanto custa o {n}?',
			'tem o {n} em outra cor?',
			'vocês enviam para o Recife?',
			'mostra o {n} de novo, por favor',
			'é de que tecido?',
			'quanto fica o frete?'
		],
		praise: [
			'que lindo!',
			'amei essa cor',
			'maravilhoso, não tenho palavras',
			'que coisa mais fofa',
			'quero muito esse'
		],
		chat: [
			'perdi de novo, não acredito',
			'o meu chegou ontem, perfeito, obrigada',
			'minha internet não ajuda',
			'vocês são muito rápidas, meninas',
			'meu marido já foi dormir, agora posso comprar kkk'
		],
		goodbye: ['obrigada, até sábado', 'adorei a live, beijos', 'boa noite, gente']
	},
	id: {
		greeting: ['selamat malam semua', 'halo kak dari Bandung', 'baru gabung nih kak', 'hadir kak!'],
		question: [
			'berapa harga nomor {n} kak?',
			'ukuran {n} apa saja kak?',
			'nomor {n} ada warna lain?',
			'ongkir ke Medan berapa kak?',
			'boleh lihat {n} lagi kak?',
			'bahannya apa kak?',
			'bisa kirim besok kak?'
		],
		praise: [
			'bagus banget kak',
			'warnanya cantik',
			'lucu banget',
			'keren kak',
			'suka banget modelnya'
		],
		chat: [
			'telat lagi aku',
			'pesananku sudah sampai, rapi banget, makasih kak',
			'sinyalnya lemot hari ini',
			'cepat-cepat banget sih kalian',
			'suami sudah geleng-geleng kepala wkwk'
		],
		goodbye: [
			'terima kasih kak, seru banget',
			'sampai jumpa Sabtu depan',
			'selamat istirahat semua'
		]
	}
};

/** Comments without a language. */
export const EMOJI_ONLY: readonly string[] = [
	'😍😍😍',
	'❤️',
	'🔥🔥',
	'👏👏👏👏',
	'🥰',
	'😭😭',
	'🙌',
	'💕💕',
	'😂😂😂',
	'👀',
	'💐',
	'👍🏽',
	'🤩',
	'🫶🏼'
];

/** What people put behind a sentence. */
export const EMOJI_ENDINGS: readonly string[] = [
	' 😍',
	' 🥰',
	' ❤️',
	' 🙏',
	' 😂',
	'!!',
	' 🔥',
	' 👏👏',
	' ✨',
	' 🙋‍♀️',
	' 💕'
];
