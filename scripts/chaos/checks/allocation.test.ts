import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import { judge } from './all.ts';
import { C3, AWARD, acted, awarded, kinds, messages } from './broken-fixture.ts';
import {
	CLAIMS,
	LOG,
	buyer,
	event,
	evidence,
	item,
	logWith,
	spoken,
	told,
	watched
} from './evidence-fixture.ts';

// Each check is shown a round in which its rule is broken: one that can't fail would prove nothing.

const { C1, C2, ITEM_ID } = CLAIMS;

test('a sound round has no finding', () => {
	expect(judge(evidence())).toEqual([]);
});

describe('oversold', () => {
	test('a winner too many in the log', () => {
		const found = messages({ log: logWith({ 10: awarded(10, C3) }) }, 'oversold');
		expect(found).toEqual(['first:10: item 1 has 2 winners of 1 units']);
	});

	test('a winner too many in Redis', () => {
		const { live } = evidence();
		const full = live.items.get('1');
		if (!full) throw new Error('no item');
		const items = new Map([['1', { ...full, quantity: 0 }]]);
		expect(kinds({ live: { ...live, items } })).toContain('oversold');
	});

	test('a quantity that went below the winners', () => {
		const cause = { kind: 'operator', action: 'quantity', actor: 'user:x', seq: 10 };
		const lowered = event(10, 'item.updated', {
			...{ action: 'quantity', item: item(0), previous: item(1), actor: 'user:x', cause }
		});
		expect(kinds({ log: logWith({ 10: lowered }) })).toContain('oversold');
	});
});

describe('order', () => {
	const waits = (seq: number, user: string, claimId: string, rank: number) => [
		event(
			seq,
			'comment.received',
			spoken(`c${seq}`, user, { outcome: 'waitlist', claimId, position: 2 })
		),
		event(seq + 1, 'claim.created', {
			...{ claimId, itemId: ITEM_ID, item: '1', buyer: buyer(user), state: 'waitlist' },
			...{ rank, position: 2, cause: { kind: 'comment', commentKey: `debug:c${seq}` } }
		})
	];

	test('somebody promoted past the queue', () => {
		const later = [
			...LOG.slice(0, 6),
			...waits(7, 'u3', C3, 8),
			event(
				9,
				'comment.received',
				spoken('c9', 'u1', { intent: 'pass', outcome: 'pass', claimId: C1 })
			),
			event(10, 'claim.released', {
				...{ claimId: C1, item: '1', buyer: buyer('u1'), from: 'winner', rank: 4 },
				cause: { kind: 'comment', commentKey: 'debug:c9' }
			}),
			event(11, 'claim.promoted', {
				...{ claimId: C3, item: '1', buyer: buyer('u3') },
				cause: { kind: 'comment', commentKey: 'debug:c9' }
			})
		];
		expect(messages({ log: later }, 'order')).toEqual([
			'first:11: debug:u3 was promoted before debug:u2'
		]);
	});

	test('somebody who waits before those who came first', () => {
		const log = [...LOG.slice(0, 6), ...waits(7, 'u3', C3, 2)];
		expect(messages({ log }, 'order')).toEqual(['first:8: debug:u3 does not wait at the end']);
	});

	test('somebody who waits while a unit is free', () => {
		expect(messages({ log: LOG.slice(0, 8) }, 'order')).toEqual([
			'at the end: somebody waits for item 1, and a unit is free'
		]);
	});

	test('a comment that was sent later and stands earlier', () => {
		const history = [
			...told(0, 10, 'c2', { seq: 5, outcome: 'waitlist' }, C2),
			...told(1, 20, 'c1', { seq: 3, outcome: 'winner' }, C1),
			...watched('console', 2, LOG)
		];
		expect(messages({ history }, 'order')).toEqual([
			'debug:c1 was sent after debug:c2 was acknowledged at 5, and stands at 3'
		]);
		// What Redis forgot, and what by chance has come to its old seq when it was sent again.
		const forgotten = history.map((line) =>
			line.type === 'ok' && line.op === 0 && line.comment
				? { ...line, comment: { ...line.comment, epoch: 'former' } }
				: line
		);
		expect(messages({ history: forgotten }, 'order')).toEqual([]);
	});
});

describe('doubled', () => {
	test('a comment that is in the log twice', () => {
		const again = event(
			10,
			'comment.received',
			spoken('c1', 'u1', { outcome: 'none', claimId: null })
		);
		expect(messages({ log: logWith({ 10: again }) }, 'doubled')).toEqual([
			'debug:c1 is in the log at 3, 10'
		]);
	});

	test('a claim that is made twice, of a buyer who holds one', () => {
		const found = messages({ log: [...LOG.slice(0, 4), { ...awarded(5, C1) }] }, 'doubled');
		expect(found).toEqual([`first:5: claim ${C1} is made twice`]);
		const second = event(5, 'claim.created', {
			...{ claimId: C3, itemId: ITEM_ID, item: '1', buyer: buyer('u1'), state: 'waitlist' },
			...{ rank: 5, position: 1, cause: { kind: 'comment', commentKey: 'debug:c1' } }
		});
		const held = messages({ log: [...LOG.slice(0, 4), second] }, 'doubled');
		expect(held).toEqual(['first:5: debug:u1 holds item 1 already']);
	});

	test('an action that was done twice, or refused and done', () => {
		const twice = { log: [...LOG, awarded(10, C3), awarded(11, C2)] };
		expect(messages({ ...twice, history: acted(AWARD, 'unknown') }, 'doubled')).toContain(
			`${JSON.stringify(AWARD)} was done 2 times`
		);
		const once = { log: logWith({ 10: awarded(10, C3) }) };
		expect(messages({ ...once, history: acted(AWARD, 'fail') }, 'doubled')).toEqual([
			`${JSON.stringify(AWARD)} was refused (SOLD_OUT) and done`
		]);
		expect(messages({ ...once, history: acted(AWARD, 'unknown') }, 'doubled')).toEqual([]);
	});

	test('an undo that was done twice', () => {
		const undone = (seq: number) =>
			event(seq, 'claim.released', {
				...{ claimId: C3, item: '1', buyer: buyer('w'), from: 'winner', rank: 10 },
				cause: { kind: 'operator', action: 'undo', actor: 'user:x', seq }
			});
		const undo: Operation = { kind: 'undo', mark: 'debug:w' };
		const once = { log: [...LOG, awarded(10, C3), undone(11)] };
		expect(messages({ ...once, history: acted(undo, 'ok') }, 'doubled')).toEqual([]);
		const twice = { log: [...once.log, undone(12)] };
		expect(messages({ ...twice, history: acted(undo, 'ok') }, 'doubled')).toContain(
			`${JSON.stringify(undo)} was done 2 times`
		);
	});

	test('a forged webhook that was taken', () => {
		const history = acted({ kind: 'webhook', keys: ['debug:c1'], forged: true }, 'fail');
		expect(messages({ history }, 'doubled')).toEqual(['debug:c1 was forged and taken']);
	});
});
