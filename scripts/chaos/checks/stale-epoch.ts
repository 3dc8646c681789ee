import type { HistoryLine } from '../history.ts';
import type { Evidence, Finding } from './evidence.ts';

/**
 * Nothing is committed under an epoch that was given up: the log's epochs follow one another and none
 * comes back, the cursor never goes back, and Redis and Postgres go by the same epoch at the end.
 *
 * An epoch that was begun and under which nothing was written may be followed by the one before it: a
 * rebuild was given up, because Redis turned out to be well. Not so when something was acknowledged under it,
 * since then the show was rebuilt, unless Redis itself came back in the state before.
 */
export function checkStaleEpoch({
	history,
	log,
	commits,
	live,
	postgresEpoch
}: Evidence): Finding[] {
	const messages: string[] = [];
	const over = new Set<string>();
	let current: string | null = null;
	for (const { id, epoch } of log) {
		if (epoch === current) continue;
		if (over.has(epoch)) messages.push(`${id} is of an epoch that was over`);
		if (current !== null) over.add(current);
		current = epoch;
	}
	const acknowledged = acknowledgedEpochs(history);
	let writing: string | null = null;
	const begun = new Set<string>();
	const replaced = new Set<string>();
	for (const { from, to } of commits) {
		const step = `${from.epoch}:${from.seq} → ${to.epoch}:${to.seq}`;
		begun.add(from.epoch);
		if (acknowledged.has(to.epoch) && !begun.has(to.epoch)) {
			for (const epoch of begun) replaced.add(epoch);
		}
		begun.add(to.epoch);
		if (to.seq < from.seq) messages.push(`the cursor went back: ${step}`);
		if (to.seq === from.seq) continue;
		if (replaced.has(to.epoch)) messages.push(`committed under an epoch that was over: ${step}`);
		if (writing !== null && writing !== to.epoch) replaced.add(writing);
		writing = to.epoch;
	}
	if (live.epoch !== postgresEpoch) {
		messages.push(`Redis goes by epoch ${live.epoch}, Postgres by ${postgresEpoch}`);
	}
	return messages.map((message) => ({ kind: 'staleEpoch', message }));
}

/** Epochs that were live for sure and stay so: none when Redis may have come back in an older state. */
function acknowledgedEpochs(history: readonly HistoryLine[]): ReadonlySet<string> {
	if (history.some((line) => line.type === 'fault' && line.rewinds)) return new Set();
	return new Set(
		history.flatMap((line) => (line.type === 'ok' && line.comment ? [line.comment.epoch] : []))
	);
}
