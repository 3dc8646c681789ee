import { startsCall } from '../../../src/lib/domain/events.ts';
import type { ShowEvent } from '../../../src/lib/domain/events.ts';
import type { Evidence, Finding } from './evidence.ts';
import { writeDown } from './sheet.ts';
import type { Sheets } from './sheet.ts';

/** Actions that choose somebody past the queue, by their meaning. */
const CHOOSING = new Set(['award', 'reassign', 'undo']);

/** The queue is served in its order, and nobody waits while a unit is free. */
export function checkQueueOrder({ log }: Evidence): Finding[] {
	const findings: Finding[] = [];
	const sheets: Sheets = new Map();
	const complain = (message: string): void => void findings.push({ kind: 'order', message });
	const lookForFreeUnits = (where: string): void => {
		for (const [number, { quantity, winners, queue }] of sheets) {
			if (winners.size < quantity && queue.size > 0) {
				complain(`${where}: somebody waits for item ${number}, and a unit is free`);
			}
		}
	};
	for (const event of log) {
		// A release and the promotion that follows it are two events of one call.
		if (startsCall(event)) lookForFreeUnits(`before ${event.id}`);
		const problem = outOfTurn(sheets, event);
		if (problem !== null) complain(`${event.id}: ${problem}`);
		writeDown(sheets, event);
	}
	lookForFreeUnits('at the end');
	return findings;
}

function outOfTurn(sheets: Sheets, event: ShowEvent): string | null {
	if (event.type === 'claim.promoted') {
		const { item, buyer, cause } = event.data;
		if (cause.kind === 'operator' && CHOOSING.has(cause.action)) return null;
		const queue = sheets.get(item)?.queue ?? new Map();
		const first = [...queue].sort(([, a], [, b]) => a.rank - b.rank)[0]?.[0];
		return first === buyer.key ? null : `${buyer.key} was promoted before ${first}`;
	}
	if (event.type === 'claim.created' && event.data.cause.kind === 'comment') {
		const { item, state, rank, buyer } = event.data;
		if (state !== 'waitlist') return null;
		const ranks = [...(sheets.get(item)?.queue.values() ?? [])].map((holder) => holder.rank);
		return ranks.every((other) => other < rank) ? null : `${buyer.key} does not wait at the end`;
	}
	return null;
}
