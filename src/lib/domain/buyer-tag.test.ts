import { describe, expect, test } from 'vitest';
import { MAX_TAG_TEXT, parseTag } from './buyer-tag.ts';

describe('a tag', () => {
	test.each([
		['VIP', 'vip'],
		['  slow \t payer\n', 'slow payer'],
		['ｖｉｐ', 'vip'],
		['pays, late', 'pays late'],
		['👩‍👧 family', '👩‍👧 family'],
		['<b>bold</b>', '<b>bold</b>'],
		['\u202eliam', 'liam'],
		['a\u0000b', 'a b'],
		['x'.repeat(MAX_TAG_TEXT), 'x'.repeat(MAX_TAG_TEXT)]
	])('%j is kept as %j', (typed, tag) => {
		expect(parseTag(typed)).toBe(tag);
	});

	test.each(['', '  ', ',,', '\u202e', 'x'.repeat(MAX_TAG_TEXT + 1), 'x'.repeat(5_000)])(
		'%j is none',
		(typed) => {
			expect(parseTag(typed)).toBeNull();
		}
	);

	test('reading it again changes nothing', () => {
		for (const typed of ['VIP ', 'ﬀ', 'İstanbul', '①②']) {
			const tag = parseTag(typed);
			expect(tag === null ? null : parseTag(tag)).toBe(tag);
		}
	});
});
