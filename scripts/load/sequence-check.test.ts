import { describe, expect, test } from 'vitest';
import { ShowLog } from '../../tests/fixtures/show-log.ts';
import { formatPosition } from '../../src/lib/domain/events.ts';
import type { ShowEvent } from '../../src/lib/domain/events.ts';
import { createLiveEncoder } from '../../src/lib/server/trpc/live-encoder.ts';
import { SequenceCheck } from './sequence-check.ts';

/** As the server sends it. */
function message(id: string, data: object): Buffer {
	const envelope = { id: 1, result: { type: 'data', id, data: { id, data } } };
	return Buffer.from(String(createLiveEncoder().encode(envelope)));
}

const snapshot = (seq: number): Buffer =>
	message(`e1:${seq}:1`, { kind: 'snapshot', snapshot: { epoch: 'e1', seq, items: [] } });

function batch(events: readonly ShowEvent[], seq = 0): Buffer {
	const id = formatPosition(events.at(-1) ?? { epoch: 'e1', seq });
	return message(id, { kind: 'events', events, persistedSeq: 0 });
}

describe('a console’s sequence by its bytes', () => {
	const log = new ShowLog('e1');
	// A text that looks like what is searched for.
	for (let index = 0; index < 9; index++) log.comment('a', { text: '"seq":7,"events":[' });
	const { events } = log;

	test('goes on from a snapshot without a gap', () => {
		const check = new SequenceCheck();
		check.take(snapshot(2));
		check.take(batch(events.slice(2, 3)));
		check.take(batch([], 3));
		check.take(batch(events.slice(3, 9)));
		expect(check.faults).toEqual([]);
		expect(check.position).toMatchObject({ epoch: 'e1', seq: 9 });
		expect([check.snapshots, check.events]).toEqual([1, 7]);
	});

	test.each([
		['a gap', [snapshot(2), batch(events.slice(3, 5))]],
		['a repeat', [snapshot(2), batch(events.slice(1, 5))]],
		['events before any state', [batch(events.slice(0, 2))]],
		['another epoch', [snapshot(2), batch([new ShowLog('e2', 2).comment('a')])]]
	])('%s is a fault', (_what, messages) => {
		const check = new SequenceCheck();
		for (const one of messages) check.take(one);
		expect(check.faults).toHaveLength(1);
	});
});
