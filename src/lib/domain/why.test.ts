import { describe, expect, test } from 'vitest';
import { OPERATOR, START_AT, ShowLog, byOperator, item } from '../../../tests/fixtures/show-log.ts';
import type { CommentReceived } from './events.ts';
import { commentsThatMatter, explainClaim } from './why-claim.ts';
import { explainComment } from './why-comment.ts';
import { factsOf, whyText } from './why.ts';
import type { Why } from './why.ts';

const show = {
	time: (at: number) => `${at - START_AT} ms`,
	actor: (id: string) => (id === OPERATOR ? 'Kim' : id)
};

function told(why: Why | null): string[] {
	return whyText(why?.steps ?? [], show).split('\n');
}

/** A log with item 12 added and the show activated: the next event is number 3. */
function started(quantity = 1): ShowLog {
	const log = new ShowLog();
	log.item('added', item('12', quantity));
	log.session('activated', 'active', { previous: 'draft' });
	return log;
}

function claims(log: ShowLog, user: string, more: Partial<CommentReceived> = {}): void {
	const text = 'sold 12';
	log.comment(user, { text, intent: 'claim', item: '12', ...more });
}

/** A comment that wins, and its claim. */
function wins(log: ShowLog, user: string, more: Partial<CommentReceived> = {}): void {
	claims(log, user, { outcome: 'winner', claimId: `12/${user}`, ...more });
	log.created('12', user, 'winner');
}

function waits(
	log: ShowLog,
	user: string,
	position: number,
	more: Partial<CommentReceived> = {}
): void {
	claims(log, user, { outcome: 'waitlist', claimId: `12/${user}`, position, ...more });
	log.created('12', user, 'waitlist', { position });
}

function passes(log: ShowLog, user: string, from: 'winner' | 'waitlist'): string {
	log.comment(user, {
		text: 'pass 12',
		intent: 'pass',
		item: '12',
		outcome: 'pass',
		claimId: `12/${user}`
	});
	const key = `facebook:c${log.seq}`;
	log.released('12', user, from, { cause: { kind: 'comment', commentKey: key } });
	return key;
}

function whyOf(log: ShowLog, claimId: string): Why | null {
	return explainClaim(claimId, factsOf(log.events));
}

function whyLast(log: ShowLog): Why {
	const comment = log.events.findLast((event) => event.type === 'comment.received');
	if (comment?.type !== 'comment.received') throw new Error('no comment');
	return explainComment(comment, factsOf(log.events));
}

const undo = (seq: number) => ({ kind: 'operator', action: 'undo', actor: OPERATOR, seq }) as const;

describe('a claim by a comment', () => {
	test('the first one of a single unit', () => {
		const log = started();
		wins(log, 'ana', { postedAt: START_AT + 5 });
		const why = whyOf(log, '12/ana');
		expect(told(why)).toEqual([
			'@ana wrote “sold 12” at 5 ms by Facebook’s clock. It reached us at 30 ms, as number 3 in the log. ' +
				'Item 12 was still free, so it won: the first valid comment gets it.'
		]);
		expect(why?.standing).toEqual({ state: 'winner', position: null });
	});

	test('without a time of the platform only the arrival is told', () => {
		const log = started();
		wins(log, 'ana');
		expect(told(whyOf(log, '12/ana'))[0]).toContain(
			'@ana wrote “sold 12”. It reached us at 30 ms, as number 3 in the log.'
		);
	});

	test('one of several units', () => {
		const log = started(3);
		wins(log, 'ana');
		wins(log, 'ben');
		expect(told(whyOf(log, '12/ben'))[0]).toContain(
			'2 of 3 units of item 12 were free, so it won.'
		);
		wins(log, 'cid');
		expect(told(whyOf(log, '12/cid'))[0]).toContain('1 of 3 units of item 12 was free, so it won.');
	});

	test('one that came too late says who was first, and where it queued', () => {
		const log = started();
		wins(log, 'ana');
		waits(log, 'ben', 1);
		const why = whyOf(log, '12/ben');
		expect(told(why)[0]).toBe(
			'@ben wrote “sold 12”. It reached us at 50 ms, as number 5 in the log. ' +
				'Item 12 was already taken by @ana at 40 ms. ' +
				'So it joined the queue at place 1: whoever claims first is first in line.'
		);
		expect(why?.standing).toEqual({ state: 'waitlist', position: 1 });
	});

	test('of many holders some are named', () => {
		const log = started(5);
		for (const user of ['a', 'b', 'c', 'd', 'e']) wins(log, user);
		waits(log, 'f', 1);
		expect(told(whyOf(log, '12/f'))[0]).toContain(
			'All 5 units of item 12 were already taken, by @a, @b, @c and 2 others.'
		);
	});

	test('of two holders both are named', () => {
		const log = started(2);
		for (const user of ['a', 'b']) wins(log, user);
		waits(log, 'c', 1);
		expect(told(whyOf(log, '12/c'))[0]).toContain('already taken, by @a and @b.');
	});

	test('an item without units', () => {
		const log = started(0);
		waits(log, 'ana', 1);
		expect(told(whyOf(log, '12/ana'))[0]).toContain(
			'Item 12 had no unit to give (quantity 0). So it joined the queue at place 1'
		);
	});

	test('one that the platform dates earlier than the winner’s says so honestly', () => {
		const log = started();
		wins(log, 'ana', { postedAt: START_AT + 20 });
		waits(log, 'ben', 1, { postedAt: START_AT + 10 });
		expect(told(whyOf(log, '12/ben'))[0]).toContain(
			'By Facebook’s clock it was written before the comment of @ana, but it reached us 0.1 seconds ' +
				'after that one; the order of arrival decides.'
		);
	});

	test('one that the platform dates at the same moment, or on another platform, does not', () => {
		const log = started(2);
		wins(log, 'ana', { postedAt: START_AT + 10 });
		wins(log, 'eve', { postedAt: START_AT + 20, platform: 'instagram' });
		waits(log, 'ben', 1, { postedAt: START_AT + 10 });
		expect(told(whyOf(log, '12/ben'))[0]).not.toContain('clock it was written before');
	});

	test('a long comment is cut', () => {
		const log = started();
		wins(log, 'ana', { text: `sold 12 ${'please '.repeat(50)}` });
		expect(told(whyOf(log, '12/ana'))[0]).toMatch(/please pl…”\. It/);
		expect(told(whyOf(log, '12/ana'))[0]?.length).toBeLessThan(260);
	});

	test('where the comment is not at hand the log’s time is told', () => {
		const log = started();
		wins(log, 'ana');
		const why = explainClaim('12/ana', { events: log.events, comment: () => null });
		expect(told(why)[0]).toContain('@ana’s comment reached us at 40 ms. Item 12 was still free');
	});
});

describe('a promotion', () => {
	test('by a pass names who gave the unit up, and whose turn it was', () => {
		const log = started();
		wins(log, 'ana');
		waits(log, 'ben', 1);
		waits(log, 'cid', 2);
		const commentKey = passes(log, 'ana', 'winner');
		log.promoted('12', 'ben', { cause: { kind: 'comment', commentKey } });
		const why = whyOf(log, '12/ben');
		expect(told(why)[1]).toBe(
			'@ana wrote “pass 12” at 90 ms and gave the unit up. ' +
				'@ben was next in the queue of 2, so the unit went to them.'
		);
		expect(why?.standing).toEqual({ state: 'winner', position: null });
		expect(told(whyOf(log, '12/ana'))[1]).toBe(
			'@ana wrote “pass 12” at 90 ms and gave the unit up.'
		);
		expect(whyOf(log, '12/ana')?.standing).toEqual({ state: 'released', position: null });
		expect(whyOf(log, '12/cid')?.standing).toEqual({ state: 'waitlist', position: 1 });
	});

	test('by a release names who released whom', () => {
		const log = started();
		wins(log, 'ana');
		waits(log, 'ben', 1);
		const cause = byOperator('release', log.seq + 1);
		log.released('12', 'ana', 'winner', { cause });
		log.promoted('12', 'ben', { cause });
		expect(told(whyOf(log, '12/ben'))[1]).toBe(
			'Kim released the unit of @ana at 80 ms. ' +
				'@ben was the only one in the queue, so the unit went to them.'
		);
		expect(told(whyOf(log, '12/ana'))[1]).toBe('Kim released the unit of @ana at 70 ms.');
	});

	test('by a raised quantity, for each one in turn', () => {
		const log = started();
		wins(log, 'ana');
		waits(log, 'ben', 1);
		waits(log, 'cid', 2);
		const cause = byOperator('quantity', log.seq + 1);
		const raised = log.item('quantity', item('12', 3), item('12', 1));
		if (raised.type === 'item.updated') Object.assign(raised.data, { cause });
		log.promoted('12', 'ben', { cause });
		log.promoted('12', 'cid', { cause });
		expect(told(whyOf(log, '12/ben'))[1]).toBe(
			'Kim raised the quantity from 1 to 3 at 100 ms. ' +
				'@ben was next in the queue of 2, so the unit went to them.'
		);
		expect(told(whyOf(log, '12/cid'))[1]).toContain('@cid was the only one in the queue');
	});

	test('by reassigning goes past the queue', () => {
		const log = started();
		wins(log, 'ana');
		waits(log, 'ben', 1);
		waits(log, 'cid', 2);
		const cause = byOperator('reassign', log.seq + 1);
		log.released('12', 'ana', 'winner', { cause });
		log.promoted('12', 'cid', { cause });
		expect(told(whyOf(log, '12/cid'))[1]).toBe(
			'Kim moved the unit of @ana to @cid at 100 ms, past the queue.'
		);
		expect(told(whyOf(log, '12/ana'))[1]).toBe('Kim moved the unit of @ana to @cid at 90 ms.');
	});

	test('by an award', () => {
		const log = started(0);
		waits(log, 'ana', 1);
		log.promoted('12', 'ana', { cause: byOperator('award', log.seq + 1) });
		expect(told(whyOf(log, '12/ana'))[1]).toBe('Kim gave @ana a free unit of item 12 at 50 ms.');
	});
});

describe('a claim by an operator', () => {
	test('awarded', () => {
		const log = started();
		log.created('12', 'zoe', 'winner', { cause: byOperator('award', log.seq + 1) });
		expect(told(whyOf(log, '12/zoe'))).toEqual(['Kim gave @zoe a free unit of item 12 at 30 ms.']);
	});

	test('reassigned to somebody who did not wait', () => {
		const log = started();
		wins(log, 'ana');
		const cause = byOperator('reassign', log.seq + 1);
		log.released('12', 'ana', 'winner', { cause });
		log.created('12', 'zoe', 'winner', { cause });
		expect(told(whyOf(log, '12/zoe'))).toEqual([
			'Kim moved the unit of @ana to @zoe at 60 ms, past the queue.'
		]);
	});

	test('an undone release: the new claim tells the old one’s story', () => {
		const log = started();
		wins(log, 'ana');
		const rank = log.seq;
		log.released('12', 'ana', 'winner', { cause: byOperator('release', log.seq + 1), rank });
		const cause = undo(log.seq + 1);
		log.created('12', 'ana', 'winner', { claimId: 'back', rank, cause });
		const why = whyOf(log, 'back');
		expect(told(why)).toEqual([
			expect.stringContaining('@ana wrote “sold 12”'),
			'Kim released the unit of @ana at 50 ms.',
			'Kim took an earlier action back at 60 ms: @ana has the unit again.'
		]);
		expect(why?.standing).toEqual({ state: 'winner', position: null });
	});

	test('an undone promotion puts the buyer back into the queue, and is told once', () => {
		const log = started();
		wins(log, 'ana');
		waits(log, 'ben', 1);
		const rank = log.seq;
		const raise = byOperator('quantity', log.seq + 1);
		log.item('quantity', item('12', 2), item('12', 1));
		log.promoted('12', 'ben', { cause: raise });
		const cause = undo(log.seq + 1);
		log.released('12', 'ben', 'winner', { cause, rank });
		log.created('12', 'ben', 'waitlist', { claimId: 'again', rank, cause, position: 1 });
		log.item('quantity', item('12', 1), item('12', 2));
		expect(told(whyOf(log, 'again'))).toEqual([
			expect.stringContaining('joined the queue at place 1'),
			expect.stringContaining('Kim raised the quantity'),
			'Kim took an earlier action back at 100 ms: @ben is back in the queue, at place 1.'
		]);
		expect(told(whyOf(log, '12/ben')).at(-1)).toBe(
			'Kim took an earlier action back at 90 ms, and with it the unit of @ben.'
		);
	});
});

describe('the end of a waiting claim', () => {
	test('by a pass', () => {
		const log = started();
		wins(log, 'ana');
		waits(log, 'ben', 1);
		passes(log, 'ben', 'waitlist');
		expect(told(whyOf(log, '12/ben'))[1]).toBe('@ben wrote “pass 12” at 70 ms and left the queue.');
	});

	test('by an operator', () => {
		const log = started();
		wins(log, 'ana');
		waits(log, 'ben', 1);
		log.released('12', 'ben', 'waitlist', { cause: byOperator('release', log.seq + 1) });
		expect(told(whyOf(log, '12/ben'))[1]).toBe('Kim took @ben out of the queue at 70 ms.');
	});
});

describe('a comment that came to nothing', () => {
	const end = (log: ShowLog) => told(whyLast(log))[0]?.split('in the log. ')[1];

	test('asked for nothing', () => {
		const log = started();
		log.comment('ana', { text: 'lovely' });
		expect(end(log)).toBe('It has neither the claim word nor the pass word with an item’s number.');
	});

	test('arrived in a pause, which says who paused when', () => {
		const log = started();
		log.session('paused', 'paused');
		claims(log, 'ana', { outcome: 'not_counted' });
		expect(end(log)).toBe(
			'The show was paused, since 30 ms by Kim; what arrives during a pause does not count.'
		);
	});

	test('has no author', () => {
		const log = started();
		claims(log, 'ana', { outcome: 'not_counted', userId: null, handle: '' });
		expect(told(whyLast(log))[0]).toMatch(/^Somebody unknown wrote “sold 12”/);
		expect(end(log)).toBe('Facebook did not say who wrote it, so nobody could be given the unit.');
	});

	test.each([
		['facebook', 'page'],
		['instagram', 'account']
	])('is the seller’s own on %s', (platform, own) => {
		const log = started();
		claims(log, 'shop', { outcome: 'not_counted', fromPage: true, platform });
		expect(end(log)).toBe(`The show’s own ${own} wrote it, so it did not count.`);
	});

	test('is of somebody on the block list', () => {
		const log = started();
		claims(log, 'ana', { outcome: 'buyer_blocked' });
		expect(end(log)).toBe('This buyer was on the block list then, so it did not count.');
	});

	test('names an item that is added later, was removed, or never was', () => {
		const never = started();
		claims(never, 'ana', { item: '99', outcome: 'item_not_found' });
		expect(end(never)).toBe('There was no item 99 in the show then.');
		const later = started();
		claims(later, 'ana', { item: '99', outcome: 'item_not_found' });
		later.item('added', item('99'));
		expect(end(later)).toBe('There was no item 99 in the show then; it was added only at 40 ms.');
		const removed = started();
		removed.item('removed', item('12'));
		claims(removed, 'ana', { outcome: 'item_not_found' });
		expect(end(removed)).toBe(
			'There was no item 12 in the show then; it had been removed at 30 ms by Kim.'
		);
	});

	test('names a closed item', () => {
		const log = started();
		log.item('closed', item('12', 1, { state: 'closed' }), item('12'));
		claims(log, 'ana', { outcome: 'item_closed' });
		expect(end(log)).toBe('Item 12 was closed, since 30 ms by Kim; a closed item takes no claims.');
	});

	test('is a second claim of a holder, or of somebody who waits', () => {
		const log = started();
		wins(log, 'ana');
		waits(log, 'ben', 1);
		claims(log, 'ana', { outcome: 'duplicate_buyer' });
		expect(end(log)).toBe(
			'This buyer already held a unit of item 12, claimed at 40 ms; one claim for each buyer and item counts.'
		);
		claims(log, 'ben', { outcome: 'duplicate_buyer' });
		expect(end(log)).toBe(
			'This buyer already waited for item 12, at place 1, claimed at 60 ms; one claim for each buyer and item counts.'
		);
	});

	test('passes what its author does not hold', () => {
		const log = started();
		log.comment('ana', { text: 'pass 12', intent: 'pass', item: '12', outcome: 'no_active_claim' });
		expect(end(log)).toBe(
			'This buyer held no claim on item 12 then, so there was nothing to pass.'
		);
	});
});

describe('what is looked up', () => {
	test('a comment that made or gave up a claim is explained by it', () => {
		const log = started();
		wins(log, 'ana');
		passes(log, 'ana', 'winner');
		expect(told(whyLast(log))).toEqual(told(whyOf(log, '12/ana')));
	});

	test('the comments that matter are those that the sentences tell of', () => {
		const log = started();
		wins(log, 'ana', { postedAt: START_AT });
		waits(log, 'ben', 1, { postedAt: START_AT });
		const commentKey = passes(log, 'ana', 'winner');
		log.promoted('12', 'ben', { cause: { kind: 'comment', commentKey } });
		log.comment('eve');
		expect(commentsThatMatter('12/ben', log.events).toSorted()).toEqual([
			'facebook:c3',
			'facebook:c5',
			'facebook:c7'
		]);
	});

	test('a claim that is not there is none', () => {
		expect(whyOf(started(), 'nobody')).toBeNull();
	});
});
