import { describe, expect, test } from 'vitest';
import type { HistoryLine, Operation } from '../history.ts';
import { judge } from './all.ts';
import { FLUSH, AWARD, acted, kinds, messages } from './broken-fixture.ts';
import { CLAIMS, HISTORY, LOG, SHOW, event, evidence, logWith, told } from './evidence-fixture.ts';
import { losses } from './lost-acknowledged.ts';

// Each check is shown a round in which its rule is broken: one that can't fail would prove nothing.

const { C1, C2 } = CLAIMS;

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
		['an undo', { kind: 'undo', mark: 'debug:u1' }],
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

	describe('a commit under the epoch before one that has nothing in Postgres yet', () => {
		const commits = [
			{ from: { epoch: 'zeroth', seq: 0 }, to: { epoch: 'zeroth', seq: 4 } },
			{ from: { epoch: 'zeroth', seq: 4 }, to: { epoch: 'first', seq: 4 } },
			{ from: { epoch: 'first', seq: 4 }, to: { epoch: 'zeroth', seq: 9 } }
		];
		const OLDER: HistoryLine = {
			...{ type: 'fault', at: 100, name: 'aof-tail' },
			...{ loses: true, rewinds: true }
		};

		test('of which somebody had been told', () => {
			expect(messages({ commits, history: [...HISTORY, FLUSH] }, 'staleEpoch')).toEqual([
				'committed under an epoch that was over: first:4 → zeroth:9'
			]);
		});

		test('not when Redis may have come back from before it', () => {
			expect(messages({ commits, history: [...HISTORY, OLDER] }, 'staleEpoch')).toEqual([]);
		});
	});

	test('a cursor that went back', () => {
		const commits = [{ from: { epoch: 'first', seq: 9 }, to: first }];
		expect(kinds({ commits })).toEqual(new Set(['staleEpoch']));
	});

	test('Redis and Postgres in two epochs', () => {
		expect(kinds({ postgresEpoch: 'second' })).toEqual(new Set(['staleEpoch']));
	});
});
