import { describe, expect, test } from 'vitest';
import { MAX_COMMENT_TEXT, cleanText, normaliseText } from './text.ts';

/** The ten digits of every decimal numbering system that ICU knows, as a source besides our own code. */
function digitsOfAllScripts(): Map<string, string> {
	const values = new Map<string, string>();
	for (const system of Intl.supportedValuesOf('numberingSystem')) {
		const format = new Intl.NumberFormat('en', { numberingSystem: system, useGrouping: false });
		for (let value = 0; value <= 9; value++) {
			const digit = format.format(value);
			if (/^\p{Nd}$/u.test(digit)) values.set(digit, String(value));
		}
	}
	return values;
}

describe('normaliseText', () => {
	test.each([
		['case', 'SOLD 12', 'sold 12'],
		['full-width letters and digits', 'ｓｏｌｄ　１２', 'sold 12'],
		['compatibility forms', 'ﬁne Ⅻ', 'fine xii'],
		['superscript digits', 'x²', 'x2'],
		['circled and parenthesised numbers', '⑫ ⒀', '12 13'],
		['mathematical digits', '𝟏𝟐 𝟙𝟚 𝟣𝟤 𝟭𝟮 𝟷𝟸', '12 12 12 12 12'],
		['mathematical letters', '𝓼𝓸𝓵𝓭', 'sold'],
		['composition: a letter and its mark are one', 'cafe\u0301', 'café'],
		['marks stay', 'สินค้า', 'สินค้า'],
		['letters of right-to-left scripts stay in order', 'נמכר 12', 'נמכר 12'],
		['soft hyphen', 'so\u00adld', 'sold'],
		['zero-width space, joiner and non-joiner', 's\u200bo\u200cl\u200dd', 'sold'],
		['direction marks and isolates', '\u200fsold\u200e \u2067１２\u2069', 'sold 12'],
		['byte order mark', '\ufeffsold', 'sold'],
		['an emoji is a space', 'sold🔥12', 'sold 12'],
		['an emoji of several joined ones is one space', 'sold👩‍👩‍👧12', 'sold 12'],
		['punctuation', 'sold:#12!!', 'sold 12'],
		['an underscore is no letter', 'sold_12', 'sold 12'],
		['a decimal point separates', 'sold 12.50', 'sold 12 50'],
		['every kind of white space', '\t sold\n\r\u00a0\u2003\u202812\u3000', 'sold 12'],
		['control characters', 'sold\u000012\u0007', 'sold 12'],
		['lone surrogates', 'sold\ud83d12\udc00', 'sold 12'],
		['fractions and other numbers that are no digits', '½ ௧', '1 2 1'],
		['the capital sharp s', 'GROẞ', 'groß'],
		['nothing but symbols', '💥✨!!', ''],
		['nothing', '', '']
	])('%s', (_what, text, normal) => {
		expect(normaliseText(text)).toBe(normal);
	});

	test('decimal digits of every script have their value', () => {
		const digits = digitsOfAllScripts();
		expect(digits.size).toBeGreaterThan(600);
		for (const [digit, value] of digits) {
			expect(normaliseText(digit), `U+${digit.codePointAt(0)?.toString(16)}`).toBe(value);
		}
	});

	test('no decimal digit of Unicode is left as it was', () => {
		for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
			const character = String.fromCodePoint(codePoint);
			if (/\p{Nd}/u.test(character)) expect(normaliseText(character)).toMatch(/^[0-9]$/);
		}
	});

	test('8,000 characters of anything are done in a few milliseconds', () => {
		const texts = [
			'9'.repeat(MAX_COMMENT_TEXT),
			'๙'.repeat(MAX_COMMENT_TEXT),
			'𝟿'.repeat(MAX_COMMENT_TEXT / 2),
			'\u{fdfa}'.repeat(MAX_COMMENT_TEXT),
			'!'.repeat(MAX_COMMENT_TEXT),
			'\u200d'.repeat(MAX_COMMENT_TEXT),
			'a\u0315\u0300\u05ae\u0300'.repeat(MAX_COMMENT_TEXT / 5),
			'! '.repeat(MAX_COMMENT_TEXT / 2)
		];
		let fastest = Infinity;
		// A stall of the machine makes one attempt slow; what is slow by itself always is.
		for (let attempt = 0; attempt < 10 && fastest >= 500; attempt++) {
			const startedAt = performance.now();
			for (const text of texts) normaliseText(text);
			fastest = Math.min(fastest, performance.now() - startedAt);
		}
		expect(fastest).toBeLessThan(500);
	});
});

describe('cleanText', () => {
	test('keeps what people write, whatever it looks like', () => {
		const text = '<script>alert("1")</script> สวัสดี 👩‍👩‍👧 é \u200f \\ \' " % \u2028';
		expect(cleanText(text, 1_000)).toBe(text);
	});

	test('keeps tabs and line feeds', () => {
		expect(cleanText('a\tb\nc', 10)).toBe('a\tb\nc');
	});

	test.each(['\u0000', '\u0001', '\u0008', '\u000b', '\r', '\u001f', '\u007f', '\u0085', '\u009f'])(
		'a control character becomes a space: %j',
		(control) => {
			expect(cleanText(`a${control}b`, 10)).toBe('a b');
		}
	);

	test('lone surrogates become replacement characters', () => {
		expect(cleanText('a\ud83db\udc00c', 10)).toBe('a\ufffdb\ufffdc');
	});

	test('cuts at the limit, and not before', () => {
		expect(cleanText('abc', 3)).toBe('abc');
		expect(cleanText('abcd', 3)).toBe('abc');
	});

	test('a character cut in half is no lone surrogate', () => {
		expect(cleanText('ab😀', 3)).toBe('ab\ufffd');
	});

	test('cleaning never changes what a text asks for', () => {
		for (const text of ['sold\u000012', 'so\u0007ld 12', 'sold\ud83d12', 'sold\r\n12']) {
			expect(normaliseText(cleanText(text, 100))).toBe(normaliseText(text));
		}
	});
});
