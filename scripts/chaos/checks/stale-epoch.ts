import type { Evidence, Finding } from './evidence.ts';

/**
 * Nothing is committed under an epoch that was given up: the log's epochs follow one another and none
 * comes back, the cursor never goes back, and Redis and Postgres go by the same epoch at the end.
 *
 * An epoch that was begun and under which nothing was written may be followed by the one before it: a
 * rebuild was given up, because Redis turned out to be well.
 */
export function checkStaleEpoch({ log, commits, live, postgresEpoch }: Evidence): Finding[] {
	const messages: string[] = [];
	const over = new Set<string>();
	let current: string | null = null;
	for (const { id, epoch } of log) {
		if (epoch === current) continue;
		if (over.has(epoch)) messages.push(`${id} is of an epoch that was over`);
		if (current !== null) over.add(current);
		current = epoch;
	}
	let writing: string | null = null;
	const replaced = new Set<string>();
	for (const { from, to } of commits) {
		const step = `${from.epoch}:${from.seq} → ${to.epoch}:${to.seq}`;
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
