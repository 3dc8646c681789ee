import { beforeEach, describe, expect, test } from 'vitest';
import {
	OPERATOR,
	ShowLog,
	START_AT,
	byOperator,
	item
} from '../../../../tests/fixtures/show-log.ts';
import { project } from './projection.ts';

let log: ShowLog;
beforeEach(() => {
	log = new ShowLog();
});

/** When the event with this seq happened. */
const at = (seq: number): number => START_AT + seq * 10;

describe('claims', () => {
	test('one that the batch makes and leaves as it is', () => {
		log.created('12', 'a', 'winner');
		expect(project(log.events).newClaims).toMatchObject([
			{
				id: '12/a',
				itemId: 'item-12',
				item: '12',
				buyerKey: 'facebook:a',
				platform: 'facebook',
				userId: 'a',
				handle: '@a',
				rank: 1,
				createdSeq: 1,
				claimedAt: at(1),
				change: { state: 'winner', wonSeq: 1, promotedAt: null, releasedAt: null }
			}
		]);
	});

	test('one that the batch makes, promotes and releases is one row with its whole story', () => {
		log.created('12', 'a', 'waitlist');
		log.promoted('12', 'a');
		log.released('12', 'a', 'winner');
		const { newClaims, claimChanges } = project(log.events);
		expect(claimChanges).toEqual([]);
		expect(newClaims.map(({ change }) => change)).toEqual([
			{ id: '12/a', state: 'released', wonSeq: 2, promotedAt: at(2), releasedAt: at(3) }
		]);
	});

	test('one that only waited and was released has won nothing', () => {
		log.created('12', 'a', 'waitlist');
		log.released('12', 'a', 'waitlist');
		expect(project(log.events).newClaims[0]?.change).toMatchObject({
			wonSeq: null,
			promotedAt: null
		});
	});

	test('one of an earlier batch is a change', () => {
		log.promoted('12', 'a');
		log.released('12', 'b', 'winner');
		const { newClaims, claimChanges } = project(log.events);
		expect(newClaims).toEqual([]);
		expect(claimChanges).toEqual([
			{ id: '12/a', state: 'winner', wonSeq: 1, promotedAt: at(1), releasedAt: null },
			{ id: '12/b', state: 'released', wonSeq: null, promotedAt: null, releasedAt: at(2) }
		]);
	});

	test('one of an earlier batch that is promoted and released is one change', () => {
		log.promoted('12', 'a');
		log.released('12', 'a', 'winner');
		expect(project(log.events).claimChanges).toEqual([
			{ id: '12/a', state: 'released', wonSeq: 1, promotedAt: at(1), releasedAt: at(2) }
		]);
	});

	test('a buyer who passes and claims again has two rows', () => {
		log.created('12', 'a', 'winner', { claimId: 'first' });
		log.released('12', 'a', 'winner', { claimId: 'first' });
		log.created('12', 'a', 'waitlist', { claimId: 'second' });
		const rows = project(log.events).newClaims.map(({ id, change }) => [id, change.state]);
		expect(rows).toEqual([
			['first', 'released'],
			['second', 'waitlist']
		]);
	});
});

describe('items', () => {
	test('stand as the batch leaves them', () => {
		log.item('added', item('12', 1));
		log.item('quantity', item('12', 3), item('12', 1));
		log.item('closed', item('12', 3, { state: 'closed' }), item('12', 3));
		expect(project(log.events).items).toEqual([item('12', 3, { state: 'closed' })]);
	});

	test('a number that is removed and given anew is two items', () => {
		log.item('added', item('12', 1, { id: 'first' }));
		log.item('removed', item('12', 1, { id: 'first' }), item('12', 1, { id: 'first' }));
		log.item('added', item('12', 2, { id: 'second' }));
		const { items, removedItems } = project(log.events);
		expect(items.map(({ id }) => id)).toEqual(['first', 'second']);
		expect(removedItems.map(({ item: gone, at: when }) => [gone.id, when])).toEqual([
			['first', at(2)]
		]);
	});

	test('the last one held up counts; a batch that says nothing of it leaves it alone', () => {
		expect(project(log.events).showing).toBeUndefined();
		log.item('shown', item('12'), item('12'));
		log.item('shown', item('7'), item('7'));
		expect(project(log.events).showing).toBe('7');
		log.item('hidden', item('7'), item('7'));
		expect(project(log.events).showing).toBeNull();
	});

	test('the last change of each item’s allocation', () => {
		log.item('added', item('12', 1));
		log.created('12', 'a', 'winner');
		log.item('added', item('7', 1));
		log.created('12', 'b', 'waitlist');
		expect([...project(log.events).reallocated]).toEqual([
			['12', 2],
			['7', 3]
		]);
	});
});

describe('the show', () => {
	test('has the status and the words of the last session event', () => {
		log.session('activated', 'active');
		log.session('paused', 'paused', { name: 'Other' });
		expect(project(log.events).session?.data).toMatchObject({ status: 'paused', name: 'Other' });
	});

	test('starts with its activation, not with its resumption', () => {
		log.session('resumed', 'active');
		expect(project(log.events).startedAt).toBeNull();
		log.session('activated', 'active');
		expect(project(log.events).startedAt).toBe(at(2));
	});

	test('ends, and has not ended when the end was taken back', () => {
		expect(project(log.events).endedAt).toBeUndefined();
		log.session('ended', 'ended');
		expect(project(log.events).endedAt).toBe(at(1));
		log.session('reopened', 'active');
		expect(project(log.events).endedAt).toBeNull();
	});

	test('a channel stands as it was reported last', () => {
		log.channel({ status: 'connecting' });
		log.channel({ status: 'connected' });
		log.channel({ channelId: 'ch-2' });
		const { channels } = project(log.events);
		expect(channels.map(({ channelId, status }) => [channelId, status])).toEqual([
			['ch-1', 'connected'],
			['ch-2', 'connected']
		]);
	});
});

describe('the audit log', () => {
	test('names who did what to what', () => {
		log.item('added', item('12', 2));
		log.created('12', 'a', 'winner', { cause: byOperator('award', 2) });
		log.released('12', 'a', 'winner', { cause: byOperator('release', 3) });
		log.session('edited', 'active', { name: 'Other' });
		const { audit } = project(log.events);
		expect(audit.map(({ seq, actor, action, target }) => [seq, actor, action, target])).toEqual([
			[1, OPERATOR, 'item.added', 'item 12'],
			[2, OPERATOR, 'award', 'item 12'],
			[3, OPERATOR, 'release', 'item 12'],
			[4, OPERATOR, 'show.edited', 'show']
		]);
	});

	test('holds nothing that viewers did', () => {
		log.comment('a', { outcome: 'winner' });
		log.created('12', 'a', 'winner');
		log.released('12', 'a', 'winner');
		log.promoted('12', 'b');
		log.channel();
		log.error();
		expect(project(log.events).audit).toEqual([]);
	});
});

test('comments are handed on as they are', () => {
	const first = log.comment('a');
	log.created('12', 'a', 'winner');
	const second = log.comment('b', { outcome: 'not_counted', intent: 'pass', item: '9' });
	expect(project(log.events).comments).toEqual([first, second]);
});

test('no events change nothing', () => {
	const { session, startedAt, endedAt, showing, reallocated, ...lists } = project([]);
	expect([session, startedAt, endedAt, showing, reallocated.size]).toEqual([
		null,
		null,
		undefined,
		undefined,
		0
	]);
	expect(Object.values(lists).flat()).toEqual([]);
});

test('split anywhere, the parts say the same about claims as the whole', () => {
	log.created('12', 'a', 'winner');
	log.created('12', 'b', 'waitlist');
	log.released('12', 'a', 'winner');
	log.promoted('12', 'b');
	log.created('12', 'a', 'waitlist', { claimId: 'again' });
	log.released('12', 'b', 'winner');
	log.promoted('12', 'a', { claimId: 'again' });
	const whole = project(log.events).newClaims.map(({ change }) => change);
	for (let cut = 0; cut <= log.events.length; cut++) {
		const rows = new Map<string, (typeof whole)[number]>();
		for (const part of [log.events.slice(0, cut), log.events.slice(cut)]) {
			const { newClaims, claimChanges } = project(part);
			for (const { change } of newClaims) rows.set(change.id, change);
			for (const change of claimChanges) {
				const before = rows.get(change.id);
				// As the database does: a release keeps when the claim was won and promoted.
				rows.set(change.id, {
					...change,
					wonSeq: change.wonSeq ?? before?.wonSeq ?? null,
					promotedAt: change.promotedAt ?? before?.promotedAt ?? null
				});
			}
		}
		expect([...rows.values()], `cut at ${cut}`).toEqual(whole);
	}
});
