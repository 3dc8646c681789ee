import type { Evidence, Finding } from './evidence.ts';

/** The log counts 1, 2, 3, … and its end is where Redis stands; an event's id is its position. */
export function checkGaps({ log, live }: Evidence): Finding[] {
	const messages: string[] = [];
	let expected = 1;
	for (const { id, epoch, seq } of log) {
		if (seq !== expected) messages.push(`event ${expected} is missing before ${id}`);
		if (id !== `${epoch}:${seq}`) messages.push(`event ${id} stands at ${epoch}:${seq}`);
		expected = seq + 1;
	}
	if (live.seq !== expected - 1) {
		messages.push(`the log ends at ${expected - 1}, and Redis stands at ${live.seq}`);
	}
	return messages.map((message) => ({ kind: 'gaps', message }));
}
