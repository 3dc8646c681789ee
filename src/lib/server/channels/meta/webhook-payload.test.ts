import { describe, expect, test } from 'vitest';
import { Random } from '../../rehearsal/generator/random.ts';
import { MAX_CHANGES, readWebhook } from './webhook-payload.ts';

const RECEIVED_AT = 1_760_000_777_000;
const SENT_AT = 1_755_779_280_000;
const ACCOUNT = '17841400000000001';
const PAGE = '370873143344730';

const read = (body: unknown) => readWebhook(JSON.stringify(body), RECEIVED_AT);

const SHAPE_A_VALUE = {
	from: { id: '232323232', username: 'test', self_ig_scoped_id: '232323232' },
	media: { id: '123123123', media_product_type: 'LIVE' },
	id: '17865799348089039',
	text: 'This is an example.'
};

function instagram(value: unknown, field = 'live_comments', time: unknown = SENT_AT / 1000) {
	return { object: 'instagram', entry: [{ id: ACCOUNT, time, changes: [{ field, value }] }] };
}

const COMMENT = {
	kind: 'comment',
	accountId: ACCOUNT,
	sentAt: SENT_AT,
	liveIds: { mediaId: '123123123' },
	verb: 'add',
	comment: {
		platform: 'instagram',
		commentId: '17865799348089039',
		rawId: '17865799348089039',
		postedAt: null,
		orderAt: SENT_AT,
		author: { id: '232323232', name: 'test' },
		fromPage: false,
		text: 'This is an example.',
		sourcePrefix: null
	}
};

describe('a live comment of Instagram', () => {
	test('shape A: with changes', () => {
		expect(read(instagram(SHAPE_A_VALUE))).toEqual([COMMENT]);
	});

	test('shape B: the id is called `comment_id`', () => {
		const { id: comment_id, ...value } = SHAPE_A_VALUE;
		const media = { ...value.media, ad_id: '5', original_media_id: '6' };
		const body = instagram({ ...value, comment_id, parent_id: '7', media });
		expect(read(body)).toEqual([COMMENT]);
	});

	test('shape C: field and value stand in the entry', () => {
		const entry = {
			id: ACCOUNT,
			time: SENT_AT / 1000,
			field: 'live_comments',
			value: SHAPE_A_VALUE
		};
		expect(read({ object: 'instagram', entry: [entry] })).toEqual([COMMENT]);
	});

	test('the whole may be wrapped in a list', () => {
		const body = instagram(SHAPE_A_VALUE);
		expect(read([body])).toEqual([COMMENT]);
		expect(read([body, body])).toEqual([COMMENT, COMMENT]);
	});

	test('the time is in seconds or milliseconds', () => {
		expect(read(instagram(SHAPE_A_VALUE, 'live_comments', SENT_AT))).toEqual([COMMENT]);
		expect(read(instagram(SHAPE_A_VALUE, 'live_comments', String(SENT_AT / 1000)))).toEqual([
			COMMENT
		]);
	});

	test('without a time it is ordered by when it was received', () => {
		expect(read(instagram(SHAPE_A_VALUE, 'live_comments', null))).toMatchObject([
			{ sentAt: RECEIVED_AT, comment: { postedAt: null, orderAt: RECEIVED_AT } }
		]);
	});

	test('text and author may be missing', () => {
		const { id, media } = SHAPE_A_VALUE;
		expect(read(instagram({ id, media }))).toMatchObject([
			{ kind: 'comment', comment: { author: null, fromPage: false, text: '' } }
		]);
		expect(read(instagram({ id }))).toMatchObject([{ liveIds: { mediaId: null } }]);
	});

	test('ids that are bare numbers keep all their digits', () => {
		const text = JSON.stringify(instagram(SHAPE_A_VALUE)).replace(
			'"17865799348089039"',
			'17865799348089039'
		);
		expect(readWebhook(text.replace(`"${ACCOUNT}"`, ACCOUNT), RECEIVED_AT)).toEqual([COMMENT]);
	});

	test('escaped characters come out as written', () => {
		const text =
			'{"object":"instagram","entry":[{"id":"1","time":1760000000,"changes":[{"field":"live_comments","value":{"from":{"id":"900100","username":"shopper_1"},"media":{"id":"2","media_product_type":"LIVE"},"id":"3","text":"caf\\u00e9 sold 1\\/2"}}]}]}';
		expect(readWebhook(text, RECEIVED_AT)).toMatchObject([{ comment: { text: 'café sold 1/2' } }]);
	});

	test('is the account’s own when `from.id` is the account’s, whatever `self_ig_scoped_id` says', () => {
		const from = { id: ACCOUNT, username: 'demo_shop' };
		expect(read(instagram({ ...SHAPE_A_VALUE, from }))).toMatchObject([
			{ comment: { fromPage: true } }
		]);
	});

	test('comes in `comments` too, but not those under posts', () => {
		expect(read(instagram(SHAPE_A_VALUE, 'comments'))).toEqual([COMMENT]);
		const media = { id: '5', media_product_type: 'REELS' };
		expect(read(instagram({ ...SHAPE_A_VALUE, media }, 'comments'))).toEqual([
			{ kind: 'ignored', why: 'other', count: 1 }
		]);
	});

	test.each([[undefined], [null], [''], ['  '], [{}], [[]], ['1'.repeat(201)], ['1\n2']])(
		'without a usable id is malformed, and costs the others nothing: %j',
		(id) => {
			const good = { field: 'live_comments', value: SHAPE_A_VALUE };
			const bad = { field: 'live_comments', value: { ...SHAPE_A_VALUE, id } };
			const entry = { id: ACCOUNT, time: SENT_AT / 1000, changes: [bad, good, bad] };
			expect(read({ object: 'instagram', entry: [entry] })).toEqual([
				COMMENT,
				{ kind: 'ignored', why: 'malformed', count: 2 }
			]);
		}
	);

	test('several accounts may share a delivery', () => {
		const [entry] = instagram(SHAPE_A_VALUE).entry;
		const body = { object: 'instagram', entry: [entry, { ...entry, id: '9' }] };
		expect(read(body).map((notice) => 'accountId' in notice && notice.accountId)).toEqual([
			ACCOUNT,
			'9'
		]);
	});
});

const FEED_VALUE = {
	from: { id: '6780462125377510', name: 'Ann B.' },
	post: { status_type: 'added_video', id: `${PAGE}_690891113073877` },
	message: 'sold 12',
	post_id: `${PAGE}_690891113073877`,
	comment_id: '690891113073877_759878495960329',
	created_time: 1_701_413_571,
	item: 'comment',
	parent_id: `${PAGE}_690891113073877`,
	verb: 'add'
};

function feed(value: unknown, field = 'feed') {
	return {
		object: 'page',
		entry: [{ id: PAGE, time: 1_701_413_579, changes: [{ field, value }] }]
	};
}

const ABOUT = {
	accountId: PAGE,
	sentAt: 1_701_413_579_000,
	liveIds: { postId: `${PAGE}_690891113073877`, postPart: '690891113073877' }
};

describe('a comment in the feed of a page', () => {
	test('has the identity that polls and the stream give it, and its own time', () => {
		expect(read(feed(FEED_VALUE))).toEqual([
			{
				kind: 'comment',
				...ABOUT,
				verb: 'add',
				comment: {
					platform: 'facebook',
					commentId: `${PAGE}_759878495960329`,
					rawId: '690891113073877_759878495960329',
					postedAt: 1_701_413_571_000,
					orderAt: 1_701_413_571_000,
					author: { id: '6780462125377510', name: 'Ann B.' },
					fromPage: false,
					text: 'sold 12',
					sourcePrefix: '690891113073877'
				}
			}
		]);
	});

	test('of the page itself says so', () => {
		const from = { id: PAGE, name: 'Demo Shop' };
		expect(read(feed({ ...FEED_VALUE, from }))).toMatchObject([{ comment: { fromPage: true } }]);
	});

	test('that was edited brings its new text', () => {
		const value = { ...FEED_VALUE, verb: 'edited', message: 'sold 13' };
		expect(read(feed(value))).toMatchObject([
			{ kind: 'comment', verb: 'edited', comment: { text: 'sold 13' } }
		]);
	});

	test.each([
		['remove', { kind: 'comment_removed' }],
		['hide', { kind: 'comment_hidden', hidden: true }],
		['unhide', { kind: 'comment_hidden', hidden: false }]
	])('%s', (verb, notice) => {
		const value = { ...FEED_VALUE, verb, message: undefined, from: undefined };
		const commentId = `${PAGE}_759878495960329`;
		expect(read(feed(value))).toEqual([{ ...notice, platform: 'facebook', ...ABOUT, commentId }]);
	});

	test.each([
		['a reaction', { item: 'reaction', verb: 'add', post_id: '1_2', comment_id: '1_2' }],
		['a post', { item: 'video', verb: 'add', post_id: '1_2' }],
		['a verb that is not known', { ...FEED_VALUE, verb: 'mute' }],
		['nothing known', {}]
	])('%s is not for us', (_, value) => {
		expect(read(feed(value))).toEqual([{ kind: 'ignored', why: 'other', count: 1 }]);
	});

	test.each([[undefined], [''], ['690891113073877_']])(
		'without a usable id is malformed: %j',
		(comment_id) => {
			expect(read(feed({ ...FEED_VALUE, comment_id }))).toEqual([
				{ kind: 'ignored', why: 'malformed', count: 1 }
			]);
		}
	);
});

describe('a live video of a page', () => {
	test.each([
		['live', 'live'],
		['live_stopped', 'ended'],
		['vod', 'ended'],
		['scheduled_live', 'other'],
		['brand_new', 'other']
	])('%s is %s', (raw, status) => {
		expect(read(feed({ id: '220578652911665', status: raw }, 'live_videos'))).toEqual([
			{
				kind: 'live',
				pageId: PAGE,
				liveId: '220578652911665',
				sentAt: 1_701_413_579_000,
				status,
				raw
			}
		]);
	});

	test('keeps strange words out of the log', () => {
		const value = { id: '220578652911665', status: 'live\u001b[2J' };
		expect(read(feed(value, 'live_videos'))).toMatchObject([{ status: 'other', raw: '' }]);
	});
});

describe('what is not for us', () => {
	test.each([
		['messages', { object: 'instagram', entry: [{ id: '1', time: 1, messaging: [{}] }] }, 'other'],
		[
			'another object',
			{ object: 'user', entry: [{ id: '1', changes: [{ field: 'feed' }] }] },
			'other'
		],
		['another field', feed({}, 'mention'), 'other'],
		['a page’s field of an account', { ...feed(FEED_VALUE), object: 'instagram' }, 'other'],
		['no object', { entry: [] }, 'malformed'],
		['no entries', { object: 'page' }, 'malformed'],
		['an entry without an id', { object: 'page', entry: [{ changes: [] }] }, 'malformed'],
		[
			'a change without a field',
			{ object: 'page', entry: [{ id: '1', changes: [7] }] },
			'malformed'
		],
		['a text', 'hello', 'malformed'],
		['null', null, 'malformed']
	])('%s is counted', (_, body, why) => {
		expect(read(body)).toEqual([{ kind: 'ignored', why, count: 1 }]);
	});

	test.each([[''], ['{'], ['<html>'], ['\u0000'], ['['.repeat(200_000)]])(
		'a body that is not JSON is counted: %.20s',
		(text) => {
			expect(readWebhook(text, RECEIVED_AT)).toEqual([
				{ kind: 'ignored', why: 'not_json', count: 1 }
			]);
		}
	);

	test('an empty list of changes is nothing at all', () => {
		expect(read({ object: 'page', entry: [{ id: '1', changes: [] }] })).toEqual([]);
		expect(read([])).toEqual([]);
	});

	test('more than 5,000 changes are cut, and the cut is counted', () => {
		const change = { field: 'live_comments', value: SHAPE_A_VALUE };
		const entry = { id: ACCOUNT, time: 1, changes: Array.from({ length: 3_000 }, () => change) };
		const notices = read({ object: 'instagram', entry: [entry, entry] });
		expect(notices).toHaveLength(MAX_CHANGES + 1);
		expect(notices.at(-1)).toEqual({ kind: 'ignored', why: 'too_many', count: 1_000 });
	});
});

describe('content of any kind', () => {
	const seed = 20261004;
	const STRANGE: readonly unknown[] = [
		...[null, true, 0, -1, 1e308, '', ' ', '\u0000', 'x', '1_', '_', [], {}, [[]], [null]],
		...[{ id: {} }, { __proto__: null }, JSON.parse('{"__proto__":{"id":"1"}}'), 2 ** 60]
	];

	/** The same tree with some of its parts replaced by something strange. */
	function spoil(value: unknown, random: Random): unknown {
		if (random.chance(0.06)) return random.pick(STRANGE);
		if (Array.isArray(value)) return value.map((item) => spoil(item, random));
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(
			Object.entries(value).map(([key, item]) => [key, spoil(item, random)])
		);
	}

	test(`is never an error, and no id is ever empty (seed ${seed})`, () => {
		const random = new Random(seed);
		const bodies = [
			instagram(SHAPE_A_VALUE),
			feed(FEED_VALUE),
			feed({ id: '1', status: 'live' }, 'live_videos')
		];
		const kinds = new Set<string>();
		for (let round = 0; round < 5_000; round++) {
			const text = JSON.stringify(spoil(random.pick(bodies), random));
			// Cut somewhere, now and then.
			const cut = random.chance(0.1) ? text.slice(0, random.int(0, text.length)) : text;
			for (const notice of readWebhook(cut, RECEIVED_AT)) {
				kinds.add(notice.kind);
				if (notice.kind !== 'comment') continue;
				expect(notice.comment.commentId).toMatch(/^[\w-]{1,200}$/);
				expect(notice.comment.author?.id).not.toBe('');
				expect(Number.isSafeInteger(notice.comment.orderAt)).toBe(true);
			}
		}
		expect(kinds).toEqual(new Set(['comment', 'ignored', 'live']));
	});
});
