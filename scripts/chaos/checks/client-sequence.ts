import type { HistoryLine } from '../history.ts';
import { parsePosition } from '../../../src/lib/domain/events.ts';
import type { LogPosition } from '../../../src/lib/domain/events.ts';
import { eventDigest } from '../load/event-digest.ts';
import { mayHaveLost } from './evidence.ts';
import type { Evidence, Finding } from './evidence.ts';

/**
 * Each console saw each event once and in order, from a snapshot on; it never went back within an epoch,
 * unless Redis may have forgotten what it had seen; what it saw is what the log holds; and it ends where
 * Redis is, with the same facts.
 */
export function checkClientSequence(evidence: Evidence): Finding[] {
	const messages = evidence.consoles.flatMap((end) => [
		...sequence(end.name, evidence.history),
		...(end.fault === '' ? [] : [`${end.name} could not fold: ${end.fault}`]),
		...strangeEvents(end.name, evidence),
		...theEnd(end, evidence)
	]);
	return messages.map((message) => ({ kind: 'clientSequence', message }));
}

function sequence(name: string, history: readonly HistoryLine[]): string[] {
	const messages: string[] = [];
	const isRisky = mayHaveLost(history);
	let at: LogPosition | null = null;
	for (const line of history) {
		if (line.type === 'snapshot' && line.console === name) {
			const { epoch, seq } = line.position;
			// A process that has just started can't know that there was more, and must not believe a console.
			if (!isRisky && at?.epoch === epoch && seq < at.seq) {
				messages.push(`${name} went back from ${at.seq} to ${seq} of ${epoch}`);
			}
			at = line.position;
		}
		if (line.type !== 'events' || line.console !== name) continue;
		for (const [id] of line.events) {
			const position = parsePosition(id);
			if (!at || position?.epoch !== at.epoch || position.seq !== at.seq + 1) {
				messages.push(`${name} got ${id} after ${at?.epoch}:${at?.seq}`);
			}
			at = position;
		}
	}
	return messages;
}

/**
 * Events that a console saw and the log does not hold so. Where Redis may forget, they may be gone, or
 * others may stand in their place; but then the console must start afresh, and never go on from a story
 * that did not happen to the one that did.
 */
function strangeEvents(name: string, { history, log }: Evidence): string[] {
	const digests = new Map(log.map((event) => [event.id, eventDigest(event)]));
	const isRisky = mayHaveLost(history);
	const messages: string[] = [];
	let strange: string | null = null;
	for (const line of history) {
		if (line.type === 'snapshot' && line.console === name) strange = null;
		if (line.type !== 'events' || line.console !== name) continue;
		for (const [id, digest] of line.events) {
			if (digests.get(id) !== digest) {
				strange = id;
				if (!isRisky) messages.push(`${name} saw ${id}, which the log does not hold so`);
			} else if (strange !== null) {
				messages.push(`${name} went on to ${id} from ${strange}, which did not happen so`);
				strange = null;
			}
		}
	}
	return messages;
}

function theEnd(end: Evidence['consoles'][number], { live, digests }: Evidence): string[] {
	const { name, position, digest } = end;
	if (position?.epoch !== live.epoch || position.seq !== live.seq) {
		const where = position ? `${position.epoch}:${position.seq}` : 'nothing';
		return [`${name} ends at ${where}, and Redis at ${live.epoch}:${live.seq}`];
	}
	return digest === digests.redis ? [] : [`${name} ends with other facts than Redis`];
}
