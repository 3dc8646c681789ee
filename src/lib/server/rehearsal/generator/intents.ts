import type { Language } from './phrases.ts';
import type { Random } from './random.ts';

/** What a comment asks for by DESIGN §3. The generator writes the text and knows the answer. */
export type SpokenIntent = { kind: 'claim' | 'pass'; item: string };

/** A text with the intent it carries, if any. */
export type Spoken = { text: string; intent: SpokenIntent | null };

/** What the spellings are made of: the claim word W, the pass word P and the item number N. */
type Spelling = readonly [weight: number, template: string];

const CLAIMS: readonly Spelling[] = [
	[30, 'sold {n}'],
	[16, 'Sold {n}'],
	[14, 'SOLD {n}'],
	[8, 'sold{n}'],
	[5, 'SOLD{n}'],
	[5, 'sold #{n}'],
	[3, 'SOLD #{n}!!'],
	[4, '{n} sold'],
	[2, '{n} SOLD'],
	[2, '{n}sold'],
	[3, 'sold {n}!'],
	[3, 'Sold {n} please'],
	[2, 'sold {n} pls pls pls'],
	[2, 'sold {n} 🙋‍♀️'],
	[2, 'SOLD {n} ❤️❤️'],
	[1, '🙋🏽‍♀️ sold {n}'],
	[2, 'sold - {n}'],
	[2, 'sold: {n}'],
	[1, 'sold.{n}.'],
	[1, '#sold{n}'],
	[1, '"sold {n}"'],
	[1, 'sold  {n}   😍'],
	[1, 'sold\n{n}'],
	[1, 'yes!! sold {n} thank you'],
	[1, 'me me me sold {n}'],
	[1, 'sold {n} size M'],
	[1, 'sold {n}, in blue if you have it'],
	[1, 'sOLD {n}'],
	[2, 'sold 0{n}'],
	[1, 'sold 00{n}'],
	[2, 'ｓｏｌｄ {full}'],
	[1, '𝐬𝐨𝐥𝐝 {bold}'],
	[1, 'so\u200bld {n}']
];

/** How a claim looks in the viewer's own language, where the claim word stays. */
const LOCAL_CLAIMS: Readonly<Record<Language, readonly string[]>> = {
	en: ['sold {n} for my mum', 'sold {n} gimme'],
	es: ['sold {n} por favor', '¡sold {n}!', 'yo, sold {n} para mi hermana'],
	fr: ['sold {n} svp', 'sold {n} pour moi', 'moi ! sold {n}'],
	de: ['sold {n} bitte', 'ich: sold {n}', 'sold {n} für mich'],
	tl: ['sold {n} po', 'mine! sold {n} po', 'sold {n} sis'],
	th: ['sold {thai}', 'sold {thai} ค่ะ', 'sold {n} ค่ะ', 'เอาค่ะ sold {thai}'],
	vi: ['sold {n} ạ', 'em sold {n} nhé', 'chị ơi sold {n}'],
	ar: ['sold {arabic}', 'أنا sold {arabic}', 'sold {n} من فضلك', 'sold {arabic} لو سمحتي'],
	hi: ['sold {hindi}', 'sold {hindi} जी', 'मेरे लिए sold {n}', 'sold {hindi} 🙏'],
	pt: ['sold {n} por favor', 'eu quero, sold {n}', 'sold {n} aqui'],
	id: ['sold {n} kak', 'aku kak sold {n}', 'sold {n} ya kak']
};

const PASSES: readonly Spelling[] = [
	[12, 'pass {n}'],
	[6, 'Pass {n}'],
	[4, 'PASS {n}'],
	[3, 'pass #{n}'],
	[3, 'pass{n}'],
	[3, '{n} pass'],
	[3, 'sorry, pass {n}'],
	[2, 'pass {n} sorry 😔'],
	[2, 'I have to pass {n}, wrong size'],
	[1, 'ｐａｓｓ {full}']
];

const LOCAL_PASSES: Readonly<Record<Language, readonly string[]>> = {
	en: ['pass {n}, my bank account says no', 'pass {n} after all'],
	es: ['pass {n}, lo siento', 'perdón, pass {n}'],
	fr: ['pass {n} désolée', 'pass {n}, trop petit pour moi'],
	de: ['pass {n}, tut mir leid', 'doch pass {n}'],
	tl: ['pass {n} po, pasensya na', 'pass {n} muna sis'],
	th: ['pass {thai} ค่ะ', 'ขอโทษค่ะ pass {thai}'],
	vi: ['pass {n} ạ, em xin lỗi', 'cho em pass {n}'],
	ar: ['pass {arabic}', 'آسفة pass {arabic}'],
	hi: ['pass {hindi}', 'माफ़ कीजिए, pass {hindi}'],
	pt: ['pass {n}, desculpa', 'pass {n} gente'],
	id: ['pass {n} kak, maaf', 'maaf kak pass {n}']
};

/** Close to an intent, and none: what a viewer may believe to be one. */
const NEAR_MISSES: readonly Spelling[] = [
	[3, 'soldier {n} reporting for duty'],
	[2, 'I hope {n} is not unsold'],
	[2, 'unsold {n}?'],
	[4, 'sold'],
	[3, 'SOLD!!!'],
	[3, '{n}'],
	[2, '{n} please'],
	[3, 'mine {n}'],
	[3, 'solf {n}'],
	[2, 'sokd {n}'],
	[2, 'soldd {n}'],
	[2, 's o l d {n}'],
	[2, 'sold number {n}'],
	[2, 'sold no. {n}'],
	[2, 'has anyone been told {n} sells out fast'],
	[2, 'sold out again 😭'],
	[1, 'sold 555123456'],
	[1, 'sold 0'],
	[2, 'pass on {n}'],
	[2, 'password123 haha wrong window'],
	[1, 'passing, thanks'],
	[1, 'sold item {n}'],
	[1, 'add {n} to my bag'],
	[1, 'is {n} still there?'],
	[1, '1️⃣2️⃣ sold']
];

const LOCAL_NEAR_MISSES: Readonly<Record<Language, readonly string[]>> = {
	en: ['I will take {n}', 'dibs on {n}'],
	es: ['vendido {n}', 'lo quiero, el {n}', 'paso {n}'],
	fr: ['vendu {n}', 'je prends le {n}', 'je passe {n}'],
	de: ['verkauft {n}', 'ich nehme die {n}'],
	tl: ['akin na po {n}', 'mine {n} po'],
	th: ['จอง {n} ค่ะ', 'sold{n}ค่ะ', 'เอา {thai} ค่ะ'],
	vi: ['chốt {n} ạ', 'em lấy {n}'],
	ar: ['أريد {arabic}', 'احجزي لي {arabic}'],
	hi: ['मुझे {hindi} चाहिए', '{hindi} मेरा है'],
	pt: ['vendido {n}', 'fico com o {n}'],
	id: ['aku mau {n} kak', 'keep {n} kak']
};

/**
 * Read literally these ask for something else than their author means. The rule is literal, so
 * they count as what they say; `{n}` or the number in the last place of the pair is what they claim.
 */
const AMBIGUOUS: readonly (readonly [template: string, claims: string])[] = [
	['is {n} sold out?', '{n}'],
	['was {n} sold already? 😢', '{n}'],
	['<3 sold {n}', '3'],
	['size 38 sold {n}', '38'],
	['{n} sold in two seconds, unreal', '{n}']
];

/** Two intents in one comment: the first one counts. */
const DOUBLES: readonly (readonly [template: string, kind: 'claim' | 'pass'])[] = [
	['sold {n} sold {m}', 'claim'],
	['sold {n} and sold {m} please', 'claim'],
	['pass {n} sold {m}', 'pass']
];

/** Digits of a script by the code point of its zero. */
const SCRIPTS: Readonly<Record<string, number>> = {
	full: 0xff10,
	bold: 0x1d7ce,
	thai: 0x0e50,
	arabic: 0x0660,
	hindi: 0x0966
};

/** A claim of the item in one of many spellings, sometimes in the viewer's language. */
export function sayClaim(random: Random, item: string, language: Language): Spoken {
	const text = fill(phrase(random, CLAIMS, LOCAL_CLAIMS[language]), item);
	return { text, intent: { kind: 'claim', item } };
}

/** A pass of the item in one of many spellings, sometimes in the viewer's language. */
export function sayPass(random: Random, item: string, language: Language): Spoken {
	const text = fill(phrase(random, PASSES, LOCAL_PASSES[language]), item);
	return { text, intent: { kind: 'pass', item } };
}

/** Text that looks like an intent and is none. */
export function sayNearMiss(random: Random, item: string, language: Language): Spoken {
	return {
		text: fill(phrase(random, NEAR_MISSES, LOCAL_NEAR_MISSES[language]), item),
		intent: null
	};
}

function phrase(random: Random, common: readonly Spelling[], local: readonly string[]): string {
	return random.chance(0.25) ? random.pick(local) : random.weighted(common);
}

/** Text that is a claim by the letter only. */
export function sayAmbiguous(random: Random, item: string): Spoken {
	const [template, claims] = random.pick(AMBIGUOUS);
	return { text: fill(template, item), intent: { kind: 'claim', item: fill(claims, item) } };
}

/** Two intents at once, on two items. */
export function sayDouble(random: Random, item: string, other: string): Spoken {
	const [template, kind] = random.pick(DOUBLES);
	return { text: fill(template, item).replaceAll('{m}', other), intent: { kind, item } };
}

function fill(template: string, item: string): string {
	return template.replace(/\{(n|full|bold|thai|arabic|hindi)\}/g, (_, script: string) => {
		const zero = SCRIPTS[script];
		if (zero === undefined) return item;
		return Array.from(item, (digit) => String.fromCodePoint(zero + Number(digit))).join('');
	});
}

/** Every template, for the test that each one means what is said of it. */
export const SPELLINGS = {
	claim: [...texts(CLAIMS), ...Object.values(LOCAL_CLAIMS).flat()],
	pass: [...texts(PASSES), ...Object.values(LOCAL_PASSES).flat()],
	nearMiss: [...texts(NEAR_MISSES), ...Object.values(LOCAL_NEAR_MISSES).flat()],
	fill
};

function texts(spellings: readonly Spelling[]): string[] {
	return spellings.map(([, template]) => template);
}
