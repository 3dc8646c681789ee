import { describe, expect, test } from 'vitest';
import type { HistoryLine, Operation } from '../history.ts';
import { judge } from './all.ts';
import {
	CLAIMS,
	HISTORY,
	LOG,
	SHOW,
	buyer,
	event,
	evidence,
	item,
	logWith,
	spoken,
	told,
	watched
} from './evidence-fixture.ts';
import type { Evidence, ViolationKind } from './evidence.ts';
import { losses } from './lost-acknowledged.ts';

// Each check is shown a round in which its rule is broken: one that can't fail would prove nothing.

const { C1, C2, ITEM_ID } = CLAIMS;
const C3 = '00000000-0000-4000-8000-00000000000d';

function kinds(change: Partial<Evidence>): Set<ViolationKind> {
	return new Set(judge(evidence(change)).map(({ kind }) => kind));
}

function messages(change: Partial<Evidence>, kind: ViolationKind): string[] {
	return judge(evidence(change))
		.filter((finding) => finding.kind === kind)
		.map(({ message }) => message);
}

const FLUSH: HistoryLine = { type: 'fault', at: 100, name: 'flushall', loses: true };

function acted(operation: Operation, answer: 'ok' | 'fail' | 'unknown'): HistoryLine[] {
	const invoke: HistoryLine = { type: 'invoke', at: 40, op: 9, showId: SHOW, operation };
	switch (answer) {
		case 'ok':
			return [...HISTORY, invoke, { type: 'ok', at: 45, op: 9, comment: null }];
		case 'fail':
			return [...HISTORY, invoke, { type: 'fail', at: 45, op: 9, code: 'SOLD_OUT' }];
		case 'unknown':
			return [...HISTORY, invoke, { type: 'unknown', at: 45, op: 9, why: 'TimeoutError' }];
	}
}

/** An operator's award to a buyer of its own, at this seq. */
function awarded(seq: number, claimId: string) {
	const cause = { kind: 'operator', action: 'award', actor: 'user:x', seq };
	return event(seq, 'claim.created', {
		...{ claimId, itemId: ITEM_ID, item: '1', buyer: buyer('w'), state: 'winner' },
		...{ rank: seq, position: null, cause }
	});
}
const AWARD: Operation = { kind: 'award', item: '1', mark: 'debug:w' };

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

	test('a forged webhook that was taken', () => {
		const history = acted({ kind: 'webhook', keys: ['debug:c1'], forged: true }, 'fail');
		expect(messages({ history }, 'doubled')).toEqual(['debug:c1 was forged and taken']);
	});
});

describe('gaps', () => {
	test('an event that is missing', () => {
		expect(messages({ log: logWith({ 7: null }) }, 'gaps')).toEqual([
			'event 7 is missing before first:8'
		]);
	});

	test('a log that ends elsewhere than Redis', () => {
		expect(kinds({ log: LOG.slice(0, 7) })).toContain('gaps');
	});

	test('an event under another id', () => {
		const strange = {
			...event(9, 'error', { code: 'x', message: 'x', channelId: null }),
			id: 'first:8'
		};
		expect(kinds({ log: logWith({ 9: strange }) })).toContain('gaps');
	});
});

describe('lostAcknowledged', () => {
	test('an acknowledged comment that is gone, or stands elsewhere, or came out otherwise', () => {
		const lost = { log: logWith({ 7: null }) };
		expect(messages(lost, 'lostAcknowledged')).toHaveLength(1);
		const moved = { history: told(0, 10, 'c1', { seq: 4, outcome: 'winner' }, C1) };
		expect(messages(moved, 'lostAcknowledged')).toHaveLength(1);
		const other = { history: told(0, 10, 'c1', { seq: 3, outcome: 'waitlist' }, C1) };
		expect(messages(other, 'lostAcknowledged')).toHaveLength(1);
	});

	test.each<[string, Operation]>([
		['an award', AWARD],
		['a reassignment', { kind: 'reassign', item: '1', mark: 'debug:w' }],
		['a release', { kind: 'release', claimId: C2 }],
		['a title', { kind: 'title', item: '1', mark: 'Another title' }],
		['a webhook', { kind: 'webhook', keys: ['instagram:1'], forged: false }]
	])('%s that was acknowledged and not done', (_, operation) => {
		expect(kinds({ history: acted(operation, 'ok') })).toEqual(new Set(['lostAcknowledged']));
		expect(kinds({ history: acted(operation, 'unknown') })).toEqual(new Set());
	});

	const gone = logWith({ 7: null });

	test('is excused when Redis forgot it, and counted', () => {
		const round = evidence({ log: gone, history: [...HISTORY, FLUSH] });
		expect(losses(round)).toEqual([{ message: expect.any(String), excused: true }]);
		expect(judge(round).map(({ kind }) => kind)).not.toContain('lostAcknowledged');
	});

	test('is not excused when Postgres had it before Redis forgot', () => {
		const durable = (at: number, epoch: string): HistoryLine => ({
			...{ type: 'durable', at, showId: SHOW, position: { epoch, seq: 9 } }
		});
		const before = [...HISTORY, durable(99, 'first'), FLUSH];
		expect(kinds({ log: gone, history: before })).toContain('lostAcknowledged');
		const after = [...HISTORY, FLUSH, durable(101, 'first')];
		expect(kinds({ log: gone, history: after })).not.toContain('lostAcknowledged');
		const elsewhere = [...HISTORY, durable(99, 'second'), FLUSH];
		expect(kinds({ log: gone, history: elsewhere })).not.toContain('lostAcknowledged');
	});
});

describe('clientSequence', () => {
	const saw = (ids: readonly number[]): HistoryLine[] => [
		...HISTORY.filter((line) => line.type !== 'events'),
		...watched('console', 2, LOG).flatMap((line): HistoryLine[] =>
			line.type === 'events'
				? [{ ...line, events: ids.flatMap((seq) => line.events.slice(seq - 3, seq - 2)) }]
				: []
		)
	];

	test.each([
		['a gap', [3, 4, 6, 7, 8, 9]],
		['an event twice', [3, 4, 4, 5, 6, 7, 8, 9]],
		['two events the wrong way round', [3, 5, 4, 6, 7, 8, 9]]
	])('a console that saw %s', (_, ids) => {
		expect(kinds({ history: saw(ids) })).toEqual(new Set(['clientSequence']));
	});

	test('a console that went back', () => {
		const back: HistoryLine = {
			...{ type: 'snapshot', at: 60, console: 'console', showId: SHOW },
			position: { epoch: 'first', seq: 4 }
		};
		expect(kinds({ history: [...HISTORY, back] })).toEqual(new Set(['clientSequence']));
	});

	test('a console that saw what the log does not hold', () => {
		const strange: HistoryLine = {
			...{ type: 'events', at: 60, console: 'console', showId: SHOW },
			events: [['first:10', 'digest']]
		};
		expect(messages({ history: [...HISTORY, strange] }, 'clientSequence')).toEqual([
			'console saw first:10, which the log does not hold so'
		]);
		expect(kinds({ history: [...HISTORY, FLUSH, strange] })).toEqual(new Set());
	});

	test('a console that went on from a story that Redis forgot', () => {
		const other = [
			...LOG.slice(0, 4),
			event(5, 'error', { code: 'x', message: 'x', channelId: null })
		];
		const [snapshot, forgotten] = watched('console', 2, other);
		const rest = watched('console', 5, LOG).at(-1);
		const fresh: HistoryLine = {
			...{ type: 'snapshot', at: 45, console: 'console', showId: SHOW },
			position: { epoch: 'first', seq: 5 }
		};
		if (!snapshot || !forgotten || !rest) throw new Error('nothing was watched');
		const spoken = HISTORY.filter((line) => line.type === 'invoke' || line.type === 'ok');
		const mixed = [...spoken, FLUSH, snapshot, forgotten, rest];
		expect(messages({ history: mixed }, 'clientSequence')).toEqual([
			'console went on to first:6 from first:5, which did not happen so'
		]);
		const afresh = [...spoken, FLUSH, snapshot, forgotten, fresh, rest];
		expect(kinds({ history: afresh })).toEqual(new Set());
	});

	test('a console that stands elsewhere, holds other facts, or could not fold', () => {
		const [end] = evidence().consoles;
		if (!end) throw new Error('no console');
		for (const change of [
			{ position: { epoch: 'first', seq: 8 } },
			{ position: { epoch: 'second', seq: 9 } },
			{ digest: 'another' },
			{ fault: 'a gap' }
		]) {
			expect(kinds({ consoles: [{ ...end, ...change }] })).toEqual(new Set(['clientSequence']));
		}
	});
});

test.each(['events', 'redis', 'postgres'] as const)('digest: other facts in %s', (where) => {
	const { digests } = evidence();
	expect(kinds({ digests: { ...digests, [where]: 'another' } })).toContain('digest');
});

describe('staleEpoch', () => {
	const first = { epoch: 'first', seq: 4 };

	test('an epoch of the log that comes back', () => {
		const between = event(7, 'error', { code: 'x', message: 'x', channelId: null }, 'second');
		expect(kinds({ log: logWith({ 7: between }) })).toContain('staleEpoch');
	});

	test('a commit under an epoch that was over', () => {
		const commits = [
			{ from: { epoch: 'first', seq: 0 }, to: first },
			{ from: first, to: { epoch: 'second', seq: 4 } },
			{ from: { epoch: 'second', seq: 4 }, to: { epoch: 'second', seq: 6 } },
			{ from: { epoch: 'second', seq: 6 }, to: { epoch: 'first', seq: 9 } }
		];
		expect(kinds({ commits })).toEqual(new Set(['staleEpoch']));
	});

	test('not a rebuild that was begun and given up', () => {
		const commits = [
			{ from: { epoch: 'first', seq: 0 }, to: first },
			{ from: first, to: { epoch: 'second', seq: 4 } },
			{ from: { epoch: 'second', seq: 4 }, to: { epoch: 'first', seq: 9 } }
		];
		expect(kinds({ commits })).toEqual(new Set());
	});

	test('a cursor that went back', () => {
		const commits = [{ from: { epoch: 'first', seq: 9 }, to: first }];
		expect(kinds({ commits })).toEqual(new Set(['staleEpoch']));
	});

	test('Redis and Postgres in two epochs', () => {
		expect(kinds({ postgresEpoch: 'second' })).toEqual(new Set(['staleEpoch']));
	});
});
