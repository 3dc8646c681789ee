import type { Language } from './phrases.ts';
import type { Random } from './random.ts';

/** An invented viewer. */
export type Person = {
	platform: string;
	userId: string;
	/** `platform:userId`. */
	key: string;
	handle: string;
	displayName: string | null;
	language: Language;
};

/** Name as it is shown, and as it is spelled in a handle. */
type Name = readonly [shown: string, spelled: string];
type Names = { given: readonly Name[]; family: readonly Name[] };

const latin = (words: string): Name[] =>
	words.split(' ').map((word) => [
		word,
		word
			.normalize('NFD')
			.replace(/[^A-Za-z]/g, '')
			.toLowerCase()
	]);

const paired = (words: string): Name[] =>
	words.split(' ').map((word) => {
		const [shown = word, spelled = word] = word.split('|');
		return [shown, spelled];
	});

// Given and family names are combined by chance; any likeness is one too.
const NAMES: Readonly<Record<Language, Names>> = {
	en: {
		given: latin(
			'Maisie Tilda Orla Freya Nell Jodie Bex Carys Imogen Hattie Robyn Wren Callum Otis'
		),
		family: latin(
			'Fernwick Ashgrove Pellam Thistlewood Marlowe Quill Hartley Bramble Locke Winslet'
		)
	},
	es: {
		given: latin('Marisol Ximena Lucía Noelia Rocío Yolanda Paloma Itziar Nerea Candela Amparo'),
		family: latin('Vegaluz Montiel Carrasco Olmedo Sarmiento Quiroga Barrios Ledesma Arroyo')
	},
	fr: {
		given: latin('Maëlle Solène Capucine Élodie Manon Clémence Anaïs Océane Margaux Apolline'),
		family: latin('Beaumel Fontanel Rivoire Delacourt Marchais Tissier Vauclin Lorrain Peltier')
	},
	de: {
		given: latin('Anneke Friederike Svenja Maren Jule Wiebke Hedda Katrin Imke Lotte'),
		family: latin('Hollerbach Sandmann Wiesner Lindenau Kranz Brückner Falkenried Vossberg Moor')
	},
	tl: {
		given: latin('Ligaya Tala Marikit Jhoanna Analyn Rowena Mutya Dalisay Amihan Cherry'),
		family: latin('Magsino Balagtasan Dimaano Salcedo Panganiban Malonzo Catacutan Bituin')
	},
	th: {
		given: paired('นภา|napa พลอย|ploy มะลิ|mali ฟ้าใส|fahsai ดาว|dao ชมพู่|chompoo ปลายฝน|plaifon'),
		family: paired('ใจดี|jaidee รักสวน|raksuan ทองดี|thongdee แก้วใส|kaewsai ศรีงาม|sringam')
	},
	vi: {
		given: latin('Thảo Hương Ngân Quỳnh Trâm Yến Diễm Khánh Linh Vy'),
		family: latin('Nguyễn Trần Phạm Võ Đặng Bùi Lê Hồ')
	},
	ar: {
		given: paired('ليلى|layla نور|nour سلمى|salma ريم|reem هند|hind ياسمين|yasmin دانة|dana'),
		family: paired('الزهري|alzahri النجار|alnajjar الورد|alward الشامي|alshami البستاني|albustani')
	},
	hi: {
		given: paired('अनन्या|ananya दिया|diya काव्या|kavya मीरा|meera रिया|riya तारा|tara ईशा|isha'),
		family: paired('वर्मा|varma जोशी|joshi मेहता|mehta कुलकर्णी|kulkarni सागर|sagar पाठक|pathak')
	},
	pt: {
		given: latin('Beatriz Luana Thaís Joana Iolanda Mirela Raíssa Inês Jandira Leonor'),
		family: latin('Figueira Sampaio Lacerda Vasques Meireles Bragança Teles Pinhal')
	},
	id: {
		given: latin('Ayu Melati Kirana Sekar Wulan Ratih Citra Dewi Puspita Laras'),
		family: latin('Wibisono Santika Pramesti Kusuma Anggraini Hapsari Nirmala Prasetya')
	}
};

const CROWD: readonly (readonly [number, Language])[] = [
	[30, 'en'],
	[12, 'es'],
	[7, 'fr'],
	[7, 'de'],
	[10, 'tl'],
	[6, 'th'],
	[7, 'vi'],
	[6, 'ar'],
	[6, 'hi'],
	[7, 'pt'],
	[7, 'id']
];

const HANDLE_ENDINGS = ['knits', 'finds', 'closet', 'diaries', 'loves', 'xo', 'atelier', 'daily'];

/**
 * Invents viewers, the keenest first. User ids repeat across platforms, as two platforms know
 * nothing of each other: `facebook:u1042` and `instagram:u1042` are two people.
 * @param count how many, over all platforms
 */
export function inventPeople(
	random: Random,
	count: number,
	platforms: readonly string[]
): Person[] {
	const taken = new Set<string>();
	const nextId = new Map<string, number>();
	return Array.from({ length: count }, (_, index) => {
		// The first ones in turn, so that a small crowd too has someone on every platform.
		const inTurn = platforms[index];
		const platform = inTurn ?? random.pick(platforms);
		const language = random.weighted(CROWD);
		const given = random.pick(NAMES[language].given);
		const family = random.pick(NAMES[language].family);
		const number = (nextId.get(platform) ?? 1000) + random.int(1, 3);
		nextId.set(platform, number);
		const userId = `u${number}`;
		return {
			platform,
			userId,
			key: `${platform}:${userId}`,
			handle: freeHandle(random, taken, platform, given[1], family[1]),
			displayName: random.chance(0.12) ? null : `${given[0]} ${family[0]}`,
			language
		};
	});
}

function freeHandle(
	random: Random,
	taken: Set<string>,
	platform: string,
	given: string,
	family: string
): string {
	const base = random.pick([
		`${given}.${family}`,
		`${given}_${family}`,
		`${given}${family.slice(0, 1)}`,
		`${given}_${random.pick(HANDLE_ENDINGS)}`,
		`its.${given}`
	]);
	let handle = base;
	for (let suffix = random.int(2, 99); taken.has(`${platform}:${handle}`); suffix++) {
		handle = `${base}${suffix}`;
	}
	taken.add(`${platform}:${handle}`);
	return handle;
}
