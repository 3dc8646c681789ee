import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShowEvent } from '../../src/lib/domain/events.ts';
import { MAX_COMMENT_TEXT, MAX_ID_TEXT, MAX_NAME_TEXT } from '../../src/lib/domain/text.ts';
import type { IncomingComment } from '../../src/lib/server/allocator/comment.ts';
import { ACTOR, createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import {
	eventsOf,
	expectAgreement,
	expectRefusal,
	holders,
	liveState,
	randomShowId
} from './probes.ts';

let app: TestContext;
beforeAll(async () => {
	app = await createTestContext();
});
afterAll(() => app.close());

const types = (events: readonly ShowEvent[]): string[] => events.map(({ type }) => type);

/** One unit of item 12: a has it, b and c wait. */
async function busyShow(): Promise<string> {
	const showId = await app.show({ '12': 1 });
	for (const user of ['a', 'b', 'c']) await app.say(showId, user, 'sold 12');
	return showId;
}

describe('a claim', () => {
	test('200 buyers at once: one wins, 199 wait in the order of the log', async () => {
		const showId = await app.show({ '12': 1 });
		const buyers = Array.from({ length: 200 }, (_, index) => `u${index}`);
		const replies = await Promise.all(buyers.map((buyer) => app.say(showId, buyer, 'sold 12')));
		expect(replies.filter((reply) => reply.outcome === 'winner')).toHaveLength(1);
		const waiting = replies.filter((reply) => reply.outcome === 'waitlist');
		const positions = waiting.sort((a, b) => a.seq - b.seq).map((reply) => reply.position);
		expect(positions).toEqual(Array.from({ length: 199 }, (_, index) => index + 1));
		const digests = await app.settle(showId);
		expect(new Set(Object.values(digests)).size).toBe(1);
	});

	test('200 buyers at once through two processes: exactly as many win as there are units', async () => {
		const other = await app.another();
		const showId = await app.show({ '12': 7 });
		const replies = await Promise.all(
			Array.from({ length: 200 }, (_, index) =>
				(index % 2 === 0 ? app : other).comments.take(showId, {
					platform: 'facebook',
					liveId: 'L',
					commentId: `two-${index}`,
					userId: `u${index}`,
					userHandle: 'x',
					text: 'sold 12'
				})
			)
		);
		expect(replies.filter(({ outcome }) => outcome === 'winner')).toHaveLength(7);
		expect(replies.filter(({ outcome }) => outcome === 'waitlist')).toHaveLength(193);
		const { winners, waitlist } = await holders(app, showId);
		expect([winners.length, waitlist.length]).toEqual([7, 193]);
		expectAgreement(await app.settle(showId));
	});

	test('of quantity 0 nobody wins', async () => {
		const showId = await app.show({ '12': 0 });
		expect((await app.say(showId, 'a', 'sold 12')).outcome).toBe('waitlist');
		expect(await holders(app, showId)).toEqual({ winners: [], waitlist: ['a'] });
	});

	test.each([1, 2, 5])(
		'of quantity %i that many win, and the next one waits first',
		async (units) => {
			const showId = await app.show({ '12': units });
			for (let index = 0; index < units; index++) {
				const reply = await app.say(showId, `u${index}`, 'sold 12');
				expect(reply).toMatchObject({ outcome: 'winner', position: null });
			}
			const next = await app.say(showId, 'next', 'sold 12');
			expect(next).toMatchObject({ outcome: 'waitlist', position: 1 });
			expect((await app.say(showId, 'last', 'sold 12')).position).toBe(2);
		}
	);

	test('counts per item: a buyer may hold several', async () => {
		const showId = await app.show({ '1': 1, '2': 1, '10': 1 });
		for (const number of ['1', '2', '10']) {
			expect((await app.say(showId, 'a', `sold ${number}`)).outcome).toBe('winner');
		}
		expect((await app.say(showId, 'b', 'sold 1')).position).toBe(1);
		expect((await app.say(showId, 'c', 'sold 10')).position).toBe(1);
		expect((await app.say(showId, 'd', 'sold 1')).position).toBe(2);
	});

	test('the smallest and the largest number are items like any other', async () => {
		const showId = await app.show({ '1': 1, '999999': 1 });
		for (const number of ['1', '999999']) {
			await app.say(showId, 'a', `sold ${number}`);
			await app.say(showId, 'b', `sold ${number}`);
			await app.say(showId, 'a', `pass ${number}`);
			expect(await holders(app, showId, number)).toEqual({ winners: ['b'], waitlist: [] });
		}
	});
});

describe('the outcome of a new comment', () => {
	test('none: it asks for nothing', async () => {
		const showId = await busyShow();
		const before = await holders(app, showId);
		const events = await eventsOf(app, showId, async () => {
			const reply = await app.say(showId, 'x', 'what a nice dress');
			expect(reply).toMatchObject({ outcome: 'none', item: null, claimId: null, position: null });
		});
		expect(types(events)).toEqual(['comment.received']);
		expect(await holders(app, showId)).toEqual(before);
	});

	test.each(['sold 12', 'pass 12', 'sold 99'])(
		'not_counted: %j while the show is paused',
		async (text) => {
			const showId = await busyShow();
			await app.actions.changeStatus(showId, 'paused', ACTOR);
			const before = await holders(app, showId);
			const events = await eventsOf(app, showId, async () => {
				expect((await app.say(showId, 'a', text)).outcome).toBe('not_counted');
			});
			expect(types(events)).toEqual(['comment.received']);
			expect(await holders(app, showId)).toEqual(before);
		}
	);

	test('none: a comment without intent while the show is paused', async () => {
		const showId = await busyShow();
		await app.actions.changeStatus(showId, 'paused', ACTOR);
		expect((await app.say(showId, 'x', 'hello')).outcome).toBe('none');
	});

	test.each(['sold 99', 'pass 99'])(
		'item_not_found: %j, and there is no such item',
		async (text) => {
			const showId = await busyShow();
			const events = await eventsOf(app, showId, async () => {
				const reply = await app.say(showId, 'x', text);
				expect(reply).toMatchObject({ outcome: 'item_not_found', item: '99', claimId: null });
			});
			expect(types(events)).toEqual(['comment.received']);
		}
	);

	test.each(['sold 12', 'pass 12'])('item_closed: %j, and the operator closed it', async (text) => {
		const showId = await busyShow();
		await app.actions.closeItem(showId, '12', ACTOR);
		const before = await holders(app, showId);
		const events = await eventsOf(app, showId, async () => {
			expect((await app.say(showId, 'a', text)).outcome).toBe('item_closed');
		});
		expect(types(events)).toEqual(['comment.received']);
		expect(await holders(app, showId)).toEqual(before);
		await app.actions.openItem(showId, '12', ACTOR);
		expect((await app.say(showId, 'new', 'sold 12')).outcome).toBe('waitlist');
	});

	test.each(['a', 'b'])('duplicate_buyer: %s already holds or waits', async (user) => {
		const showId = await busyShow();
		const before = await holders(app, showId);
		const events = await eventsOf(app, showId, async () => {
			const reply = await app.say(showId, user, '12 sold');
			expect(reply).toMatchObject({ outcome: 'duplicate_buyer', item: '12', claimId: null });
		});
		expect(types(events)).toEqual(['comment.received']);
		expect(await holders(app, showId)).toEqual(before);
	});

	test('winner: a unit is free', async () => {
		const showId = await app.show({ '12': 1 });
		const events = await eventsOf(app, showId, async () => {
			const reply = await app.say(showId, 'a', 'sold 12');
			expect(reply).toMatchObject({ outcome: 'winner', item: '12', position: null, replay: false });
		});
		expect(events).toMatchObject([
			{ type: 'comment.received', data: { outcome: 'winner', item: '12', intent: 'claim' } },
			{
				type: 'claim.created',
				data: {
					state: 'winner',
					item: '12',
					position: null,
					buyer: { key: 'facebook:a', platform: 'facebook', userId: 'a', handle: '@a' }
				}
			}
		]);
		expect(await holders(app, showId)).toEqual({ winners: ['a'], waitlist: [] });
	});

	test('the comment names the claim that it made, and the claim the comment', async () => {
		const showId = await app.show({ '12': 1 });
		const events = await eventsOf(app, showId, async () => {
			await app.say(showId, 'a', 'sold 12', { commentId: 'cause-1' });
		});
		const [comment, claim] = events;
		if (comment?.type !== 'comment.received' || claim?.type !== 'claim.created') {
			throw new Error('other events');
		}
		expect(comment.data.claimId).toBe(claim.data.claimId);
		expect(claim.data.cause).toEqual({ kind: 'comment', commentKey: 'facebook:cause-1' });
		expect(claim.data.rank).toBe(claim.seq);
	});

	test('waitlist: no unit is free; the place is the end of the queue', async () => {
		const showId = await busyShow();
		const events = await eventsOf(app, showId, async () => {
			expect(await app.say(showId, 'd', 'sold 12')).toMatchObject({
				outcome: 'waitlist',
				position: 3
			});
		});
		expect(events).toMatchObject([
			{ type: 'comment.received', data: { outcome: 'waitlist', position: 3 } },
			{ type: 'claim.created', data: { state: 'waitlist', position: 3 } }
		]);
		expect(await holders(app, showId)).toEqual({ winners: ['a'], waitlist: ['b', 'c', 'd'] });
	});

	test('pass by a winner: the head of the queue gets the unit', async () => {
		const showId = await busyShow();
		const events = await eventsOf(app, showId, async () => {
			expect((await app.say(showId, 'a', 'pass 12')).outcome).toBe('pass');
		});
		expect(events).toMatchObject([
			{ type: 'comment.received', data: { outcome: 'pass', intent: 'pass' } },
			{ type: 'claim.released', data: { from: 'winner', buyer: { userId: 'a' } } },
			{ type: 'claim.promoted', data: { buyer: { userId: 'b' } } }
		]);
		expect(await holders(app, showId)).toEqual({ winners: ['b'], waitlist: ['c'] });
	});

	test('pass by the only one: the unit is free', async () => {
		const showId = await app.show({ '12': 1 });
		await app.say(showId, 'a', 'sold 12');
		const events = await eventsOf(app, showId, () => app.say(showId, 'a', 'pass 12'));
		expect(types(events)).toEqual(['comment.received', 'claim.released']);
		expect(await holders(app, showId)).toEqual({ winners: [], waitlist: [] });
		expect((await app.say(showId, 'b', 'sold 12')).outcome).toBe('winner');
	});

	test('pass by somebody who waits: the others keep their order, nobody is promoted', async () => {
		const showId = await busyShow();
		await app.say(showId, 'd', 'sold 12');
		const events = await eventsOf(app, showId, async () => {
			expect((await app.say(showId, 'c', 'pass 12')).outcome).toBe('pass');
		});
		expect(events).toMatchObject([
			{ type: 'comment.received' },
			{ type: 'claim.released', data: { from: 'waitlist', buyer: { userId: 'c' } } }
		]);
		expect(await holders(app, showId)).toEqual({ winners: ['a'], waitlist: ['b', 'd'] });
		expect((await app.say(showId, 'e', 'sold 12')).position).toBe(3);
	});

	test('pass takes the claim on that item only', async () => {
		const showId = await app.show({ '12': 1, '13': 1 });
		await app.say(showId, 'a', 'sold 12');
		await app.say(showId, 'a', 'sold 13');
		await app.say(showId, 'a', 'pass 12');
		expect(await holders(app, showId, '13')).toEqual({ winners: ['a'], waitlist: [] });
	});

	test('no_active_claim: a pass by somebody who holds nothing', async () => {
		const showId = await busyShow();
		const before = await holders(app, showId);
		const events = await eventsOf(app, showId, async () => {
			expect((await app.say(showId, 'x', 'pass 12')).outcome).toBe('no_active_claim');
		});
		expect(types(events)).toEqual(['comment.received']);
		expect(await holders(app, showId)).toEqual(before);
	});

	test('a second pass holds nothing any more', async () => {
		const showId = await busyShow();
		await app.say(showId, 'a', 'pass 12');
		expect((await app.say(showId, 'a', 'pass 12')).outcome).toBe('no_active_claim');
		expect(await holders(app, showId)).toEqual({ winners: ['b'], waitlist: ['c'] });
	});

	test('a buyer who passed may claim again, at the end of the queue', async () => {
		const showId = await busyShow();
		await app.say(showId, 'a', 'pass 12');
		expect(await app.say(showId, 'a', 'sold 12')).toMatchObject({
			outcome: 'waitlist',
			position: 2
		});
		expect(await holders(app, showId)).toEqual({ winners: ['b'], waitlist: ['c', 'a'] });
		await app.say(showId, 'c', 'pass 12');
		await app.say(showId, 'c', 'sold 12');
		expect(await holders(app, showId)).toEqual({ winners: ['b'], waitlist: ['a', 'c'] });
	});

	test('everybody in the queue wins in their turn', async () => {
		const showId = await app.show({ '12': 1 });
		const users = Array.from({ length: 30 }, (_, index) => `u${index}`);
		for (const user of users) await app.say(showId, user, 'sold 12');
		for (const [index, user] of users.entries()) {
			expect((await holders(app, showId)).winners).toEqual([user]);
			await app.say(showId, user, 'pass 12');
			expect((await holders(app, showId)).waitlist).toEqual(users.slice(index + 2));
		}
		expectAgreement(await app.settle(showId));
	});

	test.each(['draft', 'ended'])('a show that is %s takes no comment', async (status) => {
		const showId = await app.show({ '12': 1 }, { activate: status === 'ended' });
		if (status === 'ended') await app.actions.changeStatus(showId, 'ended', ACTOR);
		await expectRefusal(app, showId, 'SHOW_NOT_LIVE', () => app.say(showId, 'a', 'sold 12'));
		await expectRefusal(app, showId, 'SHOW_NOT_LIVE', () => app.say(showId, 'a', 'hello'));
	});

	test.each([randomShowId(), 'no-uuid', '', randomShowId().toUpperCase()])(
		'a show that does not exist takes none: %j',
		async (showId) => {
			await expect(app.say(showId, 'a', 'sold 12')).rejects.toMatchObject({
				code: 'SHOW_NOT_FOUND'
			});
		}
	);

	test('the id in another spelling is not a second copy of the show', async () => {
		const showId = await app.show();
		await expect(app.say(showId.toUpperCase(), 'a', 'sold 12')).rejects.toMatchObject({
			code: 'SHOW_NOT_FOUND'
		});
	});
});

describe('the same comment again', () => {
	/** What is delivered, then what happens in between. */
	const meanwhile: [string, (showId: string) => Promise<unknown>][] = [
		['at once', async () => undefined],
		['while the show is paused', (showId) => app.actions.changeStatus(showId, 'paused', ACTOR)],
		['after the item was closed', (showId) => app.actions.closeItem(showId, '12', ACTOR)],
		['after the buyer passed', (showId) => app.say(showId, 'a', 'pass 12')],
		[
			'after the words changed',
			(showId) =>
				app.actions.editShow(showId, { name: 'n', claimWord: 'mine', passWord: 'skip' }, ACTOR)
		],
		[
			'after the item is gone',
			async (showId) => {
				for (const user of ['a', 'b', 'c']) await app.say(showId, user, 'pass 12');
				await app.actions.removeItem(showId, '12', ACTOR);
			}
		]
	];
	test.each(meanwhile)('%s: the first result, and no event', async (_when, happen) => {
		const showId = await app.show({ '12': 1 });
		const comments: [string, string, string][] = [
			['r1', 'a', 'sold 12'],
			['r2', 'b', 'sold 12'],
			['r3', 'c', 'sold 12'],
			['r4', 'a', 'sold 12'],
			['r5', 'x', 'pass 12'],
			['r6', 'x', 'hello'],
			['r7', 'x', 'sold 99']
		];
		const first = new Map<string, unknown>();
		for (const [commentId, user, text] of comments) {
			const { at: _at, ...result } = await app.say(showId, user, text, { commentId });
			first.set(commentId, result);
		}
		await happen(showId);
		const events = await eventsOf(app, showId, async () => {
			for (const [commentId, user, text] of comments) {
				const { at: _at, ...again } = await app.say(showId, user, text, { commentId });
				expect(again).toEqual({ ...Object(first.get(commentId)), replay: true });
			}
		});
		expect(events).toEqual([]);
	});

	test('with another text or of another user it is still the same comment', async () => {
		const showId = await app.show({ '12': 1, '13': 1 });
		await app.say(showId, 'a', 'sold 12', { commentId: 'edited' });
		const again = await app.say(showId, 'b', 'sold 13', { commentId: 'edited' });
		expect(again).toMatchObject({ replay: true, outcome: 'winner', item: '12' });
		expect(await holders(app, showId, '13')).toEqual({ winners: [], waitlist: [] });
	});

	test('delivered twenty times at once it counts once', async () => {
		const showId = await app.show({ '12': 5 });
		const other = await app.another();
		const replies = await Promise.all(
			Array.from({ length: 20 }, (_, index) =>
				(index % 2 ? app : other).comments.take(showId, {
					platform: 'facebook',
					liveId: 'L',
					commentId: 'again',
					userId: 'a',
					userHandle: 'a',
					text: 'sold 12'
				})
			)
		);
		expect(replies.filter(({ replay }) => !replay)).toHaveLength(1);
		expect(new Set(replies.map(({ seq, claimId }) => `${seq} ${claimId}`)).size).toBe(1);
		expect((await holders(app, showId)).winners).toEqual(['a']);
	});

	test('an id on two platforms is two comments, and a user id two buyers', async () => {
		const showId = await app.show({ '12': 1 });
		const first = await app.say(showId, 'a', 'sold 12', { commentId: 'same' });
		const second = await app.say(showId, 'a', 'sold 12', {
			commentId: 'same',
			platform: 'instagram'
		});
		expect([first.outcome, second.outcome]).toEqual(['winner', 'waitlist']);
		expect(second.replay).toBe(false);
	});

	test('a platform’s name and an id can’t be mistaken for another pair', async () => {
		const showId = await app.show({ '12': 5 });
		await app.say(showId, 'a', 'sold 12', { platform: 'x', commentId: 'y:z' });
		const other = await app.say(showId, 'b', 'sold 12', { platform: 'x', commentId: 'y' });
		expect(other.replay).toBe(false);
	});

	test('the same id in another show is another comment', async () => {
		const [one, two] = [await app.show(), await app.show()];
		await app.say(one, 'a', 'sold 12', { commentId: 'shared' });
		expect((await app.say(two, 'b', 'sold 12', { commentId: 'shared' })).outcome).toBe('winner');
	});
});

describe('a source without comment ids', () => {
	const comment: IncomingComment = {
		platform: 'twitch',
		liveId: 'live-1',
		userId: 'u1',
		userHandle: 'u1',
		text: 'sold 12',
		postedAt: 1_700_000_000_000
	};

	test.each([{ commentId: undefined }, { commentId: null }, {}])(
		'the same facts are the same comment (%j)',
		async (more) => {
			const showId = await app.show();
			const first = await app.comments.take(showId, { ...comment, ...more });
			const again = await app.comments.take(showId, { ...comment });
			expect(again).toMatchObject({ seq: first.seq, outcome: 'winner', replay: true });
		}
	);

	test.each<[string, Partial<IncomingComment>]>([
		['platform', { platform: 'youtube' }],
		['broadcast', { liveId: 'live-2' }],
		['user', { userId: 'u2' }],
		['text', { text: 'sold 12!' }],
		['platform time', { postedAt: 1_700_000_000_001 }],
		['no platform time', { postedAt: null }]
	])('another %s is another comment', async (_what, more) => {
		const showId = await app.show();
		await app.comments.take(showId, comment);
		expect((await app.comments.take(showId, { ...comment, ...more })).replay).toBe(false);
	});

	test('facts that only run together differently are another comment', async () => {
		const showId = await app.show();
		await app.comments.take(showId, { ...comment, liveId: 'a', userId: 'bc' });
		const other = { ...comment, liveId: 'ab', userId: 'c' };
		expect((await app.comments.take(showId, other)).replay).toBe(false);
	});

	test('another handle of the user is the same comment', async () => {
		const showId = await app.show();
		await app.comments.take(showId, comment);
		const again = await app.comments.take(showId, { ...comment, userHandle: 'renamed' });
		expect(again.replay).toBe(true);
	});
});

describe('the events of a call', () => {
	test('stand together, whatever runs at the same time', async () => {
		const other = await app.another();
		const showId = await app.show({ '1': 1, '2': 2, '3': 0 });
		const texts = ['sold 1', 'sold 2', 'pass 1', 'sold 3', 'pass 2', 'hello'];
		await Promise.all(
			Array.from({ length: 300 }, (_, index) =>
				(index % 2 ? app : other).comments.take(showId, {
					platform: 'facebook',
					liveId: 'L',
					commentId: `m${index}`,
					userId: `u${index % 12}`,
					userHandle: 'x',
					text: texts[index % texts.length] ?? ''
				})
			)
		);
		const events = await eventsOf(app, showId, async () => undefined);
		expect(events).toEqual([]);
		const { seq } = await liveState(app, showId);
		const log = await app.redis.xrange(`sellary:{show:${showId}}:events`, '-', '+');
		expect(log.map(([id]) => id)).toEqual(
			Array.from({ length: seq }, (_, index) => `${index + 1}-0`)
		);

		let callOf = '';
		let callAt = 0;
		let last = 0;
		for (const [, [, json = '']] of log) {
			const event: ShowEvent = JSON.parse(json);
			expect(event.id).toBe(`${event.epoch}:${event.seq}`);
			expect(event.at).toBeGreaterThanOrEqual(last);
			last = event.at;
			if (event.type === 'comment.received') {
				callOf = `${event.data.platform}:${event.data.commentId}`;
				callAt = event.at;
			} else if (event.type.startsWith('claim.') && 'cause' in event.data) {
				expect(event.data.cause).toEqual({ kind: 'comment', commentKey: callOf });
				expect(event.at).toBe(callAt);
			}
		}
	});

	test('are told with their position: the reply’s is that of the last one', async () => {
		const showId = await busyShow();
		const reply = await app.say(showId, 'a', 'pass 12');
		const { epoch, seq } = await liveState(app, showId);
		expect(reply.at).toEqual({ epoch, seq });
		expect(reply.seq).toBe(seq - 2);
	});
});

describe('what people write', () => {
	async function stored(showId: string, seq: number): Promise<{ text: string; handle: string }> {
		expectAgreement(await app.settle(showId));
		const events = await app.redis.xrange(
			`sellary:{show:${showId}}:events`,
			`${seq}-0`,
			`${seq}-0`
		);
		const row = await app.db
			.selectFrom('comments')
			.select(['text', 'handle', 'display_name', 'user_id'])
			.where('show_id', '=', showId)
			.where('seq', '=', String(seq))
			.executeTakeFirstOrThrow();
		const event: ShowEvent = JSON.parse(events[0]?.[1][1] ?? '');
		if (event.type !== 'comment.received') throw new Error('another event');
		expect(event.data).toMatchObject({
			text: row.text,
			handle: row.handle,
			displayName: row.display_name,
			userId: row.user_id
		});
		return { text: row.text, handle: row.handle };
	}

	test.each([
		['markup', '<script>alert("sold 12")</script>'],
		['quotes and backslashes', '\\" \\\\ \' " } ] , {"a":1} \\u0000 \\ud800'],
		['emoji and joiners', '👩‍👩‍👧 ❤️ 🇹🇭'],
		['right-to-left', '\u202eنمكر\u202c 12'],
		['line and paragraph separators', 'a\u2028b\u2029c\nd\te'],
		['percent and format signs', '%s %d %n ${x} {{y}} %0.f'],
		['nothing', ''],
		['supplementary planes', '𝓼𝓸𝓵𝓭 𐍈 𠀋']
	])('%s is stored exactly', async (_what, text) => {
		const showId = await app.show();
		const { seq } = await app.say(showId, 'a', text, { userHandle: text, userDisplayName: text });
		// Whoever has an id is called something.
		expect(await stored(showId, seq)).toEqual({ text, handle: text || 'Viewer a' });
	});

	test('control characters become spaces, lone surrogates replacement characters', async () => {
		const showId = await app.show();
		const text = 'so\u0000ld\u001b[31m \ud800 12 \udfff';
		const { seq, outcome } = await app.say(showId, 'a', text, { userHandle: '\u0000h\ud83d' });
		expect(outcome).toBe('none');
		expect(await stored(showId, seq)).toEqual({
			text: 'so ld [31m \ufffd 12 \ufffd',
			handle: ' h\ufffd'
		});
	});

	test('a winner’s handle of lone surrogates and controls harms nothing', async () => {
		const showId = await app.show();
		const more = { userHandle: '\udfff\u0000"\\', userDisplayName: '\ud800' };
		await app.say(showId, 'a', 'sold 12', more);
		await app.say(showId, 'b', 'sold 12', more);
		await app.say(showId, 'a', 'pass 12', more);
		expect(await holders(app, showId)).toEqual({ winners: ['b'], waitlist: [] });
		expectAgreement(await app.settle(showId));
	});

	test('text that is too long is cut at the limit', async () => {
		const showId = await app.show();
		const text = `sold 12 ${'x'.repeat(MAX_COMMENT_TEXT)} pass 12`;
		const { seq, outcome } = await app.say(showId, 'a', text, { userHandle: 'h'.repeat(1_000) });
		expect(outcome).toBe('winner');
		const row = await stored(showId, seq);
		expect(row.text).toBe(text.slice(0, MAX_COMMENT_TEXT));
		expect(row.handle).toHaveLength(MAX_NAME_TEXT);
	});

	test('what lies beyond the limit is not heard', async () => {
		const showId = await app.show();
		const text = `${'x '.repeat(MAX_COMMENT_TEXT / 2)}sold 12`;
		expect((await app.say(showId, 'a', text)).outcome).toBe('none');
	});

	test('a megabyte of text is taken', async () => {
		const showId = await app.show();
		expect((await app.say(showId, 'a', '🔥'.repeat(500_000))).outcome).toBe('none');
	});

	test.each([
		'12345678901234567890123',
		'9007199254740993',
		'a|b',
		'000001|0000000000000001|x',
		'a:b',
		'{show:other}',
		'"\\',
		'ไอดี',
		'x'.repeat(MAX_ID_TEXT)
	])('the user id %j is kept as it is, in the queue as well', async (userId) => {
		const showId = await app.show({ '12': 1 });
		await app.say(showId, 'first', 'sold 12');
		await app.say(showId, userId, 'sold 12');
		await app.say(showId, 'last', 'sold 12');
		expect((await holders(app, showId)).waitlist).toEqual([userId, 'last']);
		await app.say(showId, 'first', 'pass 12');
		expect(await holders(app, showId)).toEqual({ winners: [userId], waitlist: ['last'] });
		expectAgreement(await app.settle(showId));
	});

	test('any platform time up to the year 9999 is stored', async () => {
		const showId = await app.show();
		const times = [0, 1, 1_700_000_000_123, Date.UTC(9999, 11, 31, 23, 59, 59, 999)];
		for (const postedAt of times) await app.say(showId, 'a', 'hello', { postedAt });
		expectAgreement(await app.settle(showId));
		const rows = await app.db
			.selectFrom('comments')
			.select('posted_at')
			.where('show_id', '=', showId)
			.orderBy('seq')
			.execute();
		expect(rows.map((row) => row.posted_at?.getTime())).toEqual(times);
	});
});

describe('a comment that can’t be taken as it is', () => {
	const long = 'x'.repeat(MAX_ID_TEXT + 1);
	test.each<[string, Partial<IncomingComment>]>([
		['a user id that is too long', { userId: long }],
		['a comment id that is too long', { commentId: long }],
		['a broadcast id that is too long', { liveId: long }],
		['an empty user id', { userId: '' }],
		['an empty comment id', { commentId: '' }],
		['an empty broadcast id', { liveId: '' }],
		['a NUL in an id', { userId: 'a\u0000b' }],
		['a lone surrogate in an id', { commentId: 'a\ud800' }],
		['a platform with a colon', { platform: 'face:book' }],
		['a platform in capitals', { platform: 'Facebook' }],
		['an empty platform', { platform: '' }],
		['a time before 1970', { postedAt: -1 }],
		['half a millisecond', { postedAt: 0.5 }],
		['microseconds', { postedAt: 1_700_000_000_000_000 }],
		['the end of time', { postedAt: 8_640_000_000_000_000 }],
		['no time at all', { postedAt: NaN }]
	])('%s: refused, and nothing changed', async (_what, more) => {
		const showId = await busyShow();
		await expectRefusal(app, showId, 'INVALID_INPUT', () => app.say(showId, 'd', 'sold 12', more));
	});
});

describe('other words in mid-show', () => {
	test('are heard from the next comment on, in every process', async () => {
		const other = await app.another();
		const showId = await app.show({ '12': 9 });
		let comments = 0;
		const sayThere = (user: string, text: string) =>
			other.comments.take(showId, {
				platform: 'facebook',
				liveId: 'L',
				commentId: `there-${comments++}`,
				userId: user,
				userHandle: user,
				text
			});
		expect((await app.say(showId, 'a', 'sold 12')).outcome).toBe('winner');
		expect((await sayThere('b', 'sold 12')).outcome).toBe('winner');

		const words = { name: 'Test show', claimWord: 'mine', passWord: 'skip' };
		await app.actions.editShow(showId, words, ACTOR);
		expect((await sayThere('c', 'sold 12')).outcome).toBe('none');
		expect((await app.say(showId, 'd', 'sold 12')).outcome).toBe('none');
		expect((await sayThere('e', 'mine 12')).outcome).toBe('winner');
		expect((await app.say(showId, 'f', 'MINE12')).outcome).toBe('winner');
		expect((await sayThere('a', 'pass 12')).outcome).toBe('none');
		expect((await sayThere('a', 'skip 12')).outcome).toBe('pass');
		expectAgreement(await app.settle(showId));
	});

	test('changed again and again while comments come in, each comment is judged by one pair', async () => {
		const other = await app.another();
		const showId = await app.show({ '12': 500 });
		const pairs = ['sold', 'mine', 'meins'];
		const edits = async (): Promise<void> => {
			for (let index = 0; index < 20; index++) {
				const claimWord = pairs[index % pairs.length] ?? '';
				await app.actions.editShow(showId, { name: 'n', claimWord, passWord: 'pass' }, ACTOR);
			}
		};
		const comments = Array.from({ length: 200 }, (_, index) =>
			(index % 2 ? app : other).comments.take(showId, {
				platform: 'facebook',
				liveId: 'L',
				commentId: `w${index}`,
				userId: `u${index}`,
				userHandle: 'x',
				text: `${pairs[index % pairs.length]} 12`
			})
		);
		await Promise.all([edits(), ...comments]);
		const log = await app.redis.xrange(`sellary:{show:${showId}}:events`, '-', '+');
		let claimWord = 'sold';
		for (const [, [, json = '']] of log) {
			const event: ShowEvent = JSON.parse(json);
			if (event.type === 'session.status') claimWord = event.data.claimWord;
			if (event.type !== 'comment.received') continue;
			const heard = event.data.text === `${claimWord} 12`;
			expect(event.data.outcome).toBe(heard ? 'winner' : 'none');
		}
		expectAgreement(await app.settle(showId));
	});
});
