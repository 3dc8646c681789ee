import { describe, expect, test } from 'vitest';
import {
	facebookCommentId,
	isPlatformId,
	parseComments,
	parseFacebookComment,
	parseInstagramComment,
	platformTime
} from './platform-comment.ts';

const SEEN_AT = 1_760_000_000_000;
const PAGE = '1093482904102';
const facebook = (row: unknown) => parseFacebookComment(row, { pageId: PAGE, seenAt: SEEN_AT });
const instagram = (row: unknown) =>
	parseInstagramComment(row, { accountId: '17841400000000001', seenAt: SEEN_AT });

describe('the identity of a Facebook comment', () => {
	test.each([
		['as a poll gives it', '911936075671494_911936769004758'],
		['as the stream gives it, under the post', '370873143344730_911936769004758'],
		['with two prefixes', '370873143344730_911936075671494_911936769004758'],
		['with none', '911936769004758']
	])('is the own part and the page: %s', (_, rawId) => {
		expect(facebookCommentId(PAGE, rawId)).toBe('1093482904102_911936769004758');
	});

	test('differs between two pages', () => {
		expect(facebookCommentId('1', '5_7')).not.toBe(facebookCommentId('2', '5_7'));
	});

	test.each([
		['an empty id', ''],
		['an id that ends before its own part', '911936075671494_'],
		['an id over 200 characters', '1'.repeat(201)],
		['an id that is over 200 characters with the page', '1'.repeat(195)],
		['an id with a line feed', '1\n2'],
		['an id with a tab', '1\t2'],
		['an id with a NUL', '1\u00002'],
		['an id with spaces around it', ' 12 '],
		['an id with half a character', '1\ud8002']
	])('is refused: %s', (_, rawId) => {
		expect(facebookCommentId(PAGE, rawId)).toBeNull();
	});

	test('keeps ids beyond 2^53 exactly', () => {
		expect(isPlatformId('90071992547409930')).toBe(true);
		const comment = facebook({ id: '1_90071992547409931', from: { id: '90071992547409933' } });
		expect(comment?.commentId).toBe(`${PAGE}_90071992547409931`);
		expect(comment?.author?.id).toBe('90071992547409933');
	});
});

describe('a Facebook comment', () => {
	test('as a poll gives it', () => {
		const row = {
			created_time: '2018-08-30T18:47:02+0000',
			from: { name: 'Steph C.', id: '552524095105158' },
			message: 'sold 12',
			id: '911936075671494_911936769004758'
		};
		expect(facebook(row)).toEqual({
			platform: 'facebook',
			commentId: '1093482904102_911936769004758',
			rawId: '911936075671494_911936769004758',
			postedAt: Date.UTC(2018, 7, 30, 18, 47, 2),
			orderAt: Date.UTC(2018, 7, 30, 18, 47, 2),
			author: { id: '552524095105158', name: 'Steph C.' },
			fromPage: false,
			text: 'sold 12',
			sourcePrefix: '911936075671494'
		});
	});

	test('without a time is ordered by when it was seen', () => {
		expect(facebook({ id: '1_2' })).toMatchObject({ postedAt: null, orderAt: SEEN_AT });
	});

	test('of the page itself says so', () => {
		expect(facebook({ id: '1_2', from: { id: PAGE, name: 'Demo Shop' } })?.fromPage).toBe(true);
		expect(facebook({ id: '1_2', from: { id: '7', name: 'Demo Shop' } })?.fromPage).toBe(false);
	});

	test.each([
		['left out', {}],
		['null', { from: null }],
		['empty', { from: {} }],
		['without an id', { from: { name: 'Ann' } }],
		['with an empty id', { from: { id: '', name: 'Ann' } }],
		['a text', { from: 'Ann' }]
	])('has no author when `from` is %s', (_, from) => {
		expect(facebook({ id: '1_2', message: 'sold 1', ...from })).toMatchObject({
			author: null,
			fromPage: false,
			text: 'sold 1'
		});
	});

	test.each([[{}], [{ message: null }], [{ message: 7 }], [{ attachment: { type: 'sticker' } }]])(
		'without a text has the text "": %j',
		(row) => {
			expect(facebook({ id: '1_2', ...row })?.text).toBe('');
		}
	);

	test('keeps its text uncut and unchanged', () => {
		const text = `  ขาย ๑๒ \u0000 ${'x'.repeat(10_000)}  `;
		expect(facebook({ id: '1_2', message: text })?.text).toBe(text);
	});

	test('whose number has lost digits is none: it would be another comment', () => {
		expect(facebook({ id: 2 ** 53 + 2 })).toBeNull();
		expect(facebook({ id: 12 })?.commentId).toBe(`${PAGE}_12`);
	});
});

describe('an Instagram comment', () => {
	test('is known by its id and names its author by handle', () => {
		const row = {
			id: '17907364514064687',
			text: 'sold 12',
			timestamp: '2021-08-17T21:23:07+0000',
			from: { id: '900100', username: 'shopper_1' }
		};
		expect(instagram(row)).toEqual({
			platform: 'instagram',
			commentId: '17907364514064687',
			rawId: '17907364514064687',
			postedAt: Date.UTC(2021, 7, 17, 21, 23, 7),
			orderAt: Date.UTC(2021, 7, 17, 21, 23, 7),
			author: { id: '900100', name: 'shopper_1' },
			fromPage: false,
			text: 'sold 12',
			sourcePrefix: null
		});
	});

	test('with a user name but no id has no author: names change hands', () => {
		expect(instagram({ id: '1', username: 'shopper_1' })?.author).toBeNull();
	});

	test('of the account itself is told by the id, not by `self_ig_scoped_id`', () => {
		const from = { id: '232323232', username: 'test', self_ig_scoped_id: '232323232' };
		expect(instagram({ id: '1', from })?.fromPage).toBe(false);
		expect(instagram({ id: '1', from: { ...from, id: '17841400000000001' } })?.fromPage).toBe(true);
	});
});

test('a strange entry is counted and costs the others nothing', () => {
	const rows = [{ id: '1_2' }, null, {}, 'x', [], { id: '' }, { id: {} }, { id: '1_3' }];
	const { comments, malformed } = parseComments(rows, facebook);
	expect(comments.map(({ rawId }) => rawId)).toEqual(['1_2', '1_3']);
	expect(malformed).toBe(6);
});

describe('a time of Meta’s', () => {
	const TIME = Date.UTC(2026, 9, 4, 16, 0, 12);
	test.each([
		['2026-10-04T16:00:12+0000', TIME],
		['2026-10-04T16:00:12+00:00', TIME],
		['2026-10-04T16:00:12Z', TIME],
		['2026-10-04T18:00:12+0200', TIME],
		['2026-10-04T16:00:12.500+0000', TIME + 500],
		[TIME / 1000, TIME],
		[String(TIME / 1000), TIME],
		[TIME, TIME],
		[String(TIME), TIME]
	])('%j is read', (value, time) => {
		expect(platformTime(value)).toBe(time);
	});

	test.each([
		...['', 'yesterday', '2026-10-04', '2026-13-04T16:00:12Z', '2026-10-04T16:00:12'],
		...[0, -1, NaN, Infinity, 1e18, 1.5e300, null, undefined, {}, [], true]
	])('%j is none', (value) => {
		expect(platformTime(value)).toBeNull();
	});
});
