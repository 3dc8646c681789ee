import type { CommentTold, HistoryLine } from '../history.ts';
import { loggedComments } from './evidence.ts';
import type { Evidence, Finding } from './evidence.ts';

type Span = {
	readonly key: string;
	readonly from: number;
	readonly to: number;
	readonly told: CommentTold;
};

/**
 * A comment that was sent after another one had been acknowledged stands after it in the log. Judged are
 * comments that are where their senders were told; the rest is `lostAcknowledged`'s business. One that Redis
 * forgot and that was sent again may by chance come to the same seq, in another epoch.
 */
export function checkRealTimeOrder({ showId, history, log }: Evidence): Finding[] {
	const logged = loggedComments(log);
	const spans = acknowledgedSpans(showId, history).filter(({ key, told }) => {
		const found = logged.get(key)?.[0];
		return found?.seq === told.seq && (told.replay || found.epoch === told.epoch);
	});
	const byStart = [...spans].sort((a, b) => a.from - b.from);
	const byEnd = [...spans].sort((a, b) => a.to - b.to);
	const findings: Finding[] = [];
	let ended = 0;
	let highest: Span | null = null;
	for (const span of byStart) {
		for (let next = byEnd[ended]; next && next.to < span.from; next = byEnd[++ended]) {
			if (!highest || next.told.seq > highest.told.seq) highest = next;
		}
		if (!highest || highest.told.seq < span.told.seq) continue;
		const message =
			`${span.key} was sent after ${highest.key} was acknowledged at ${highest.told.seq}, ` +
			`and stands at ${span.told.seq}`;
		findings.push({ kind: 'order', message });
	}
	return findings;
}

/** From the first sending to the answer, for each comment that was new when it was taken. */
function acknowledgedSpans(showId: string, history: readonly HistoryLine[]): Span[] {
	const open = new Map<number, { readonly key: string; readonly from: number }>();
	const seen = new Set<string>();
	const spans: Span[] = [];
	for (const line of history) {
		if (line.type === 'invoke' && line.showId === showId && line.operation.kind === 'comment') {
			const { key } = line.operation;
			// A second delivery is answered with the first one's place.
			if (!seen.has(key)) open.set(line.op, { key, from: line.at });
			seen.add(key);
		}
		if (line.type !== 'ok' || !line.comment) continue;
		const sent = open.get(line.op);
		if (sent) spans.push({ ...sent, to: line.at, told: line.comment });
	}
	return spans;
}
