import type { HistoryLine, Invoke } from '../history.ts';
import { invokes, takesBack } from './doubled.ts';
import { loggedComments, mayHaveLost } from './evidence.ts';
import type { Evidence, Finding, LoggedComment } from './evidence.ts';

/** An acknowledged operation that the log does not hold, and whether a fault may have taken it. */
export type Loss = { readonly message: string; readonly excused: boolean };

type Ok = HistoryLine & { readonly type: 'ok' };

/**
 * What was acknowledged and is not in the log as it was acknowledged. Excused is what a fault of the round
 * may take (a Redis that forgot), unless Postgres had it before the fault.
 */
export function losses(evidence: Evidence): Loss[] {
	const { showId, history, log } = evidence;
	const logged = loggedComments(log);
	const sent = new Map(invokes(showId, history).map((line) => [line.op, line]));
	const isRisky = mayHaveLost(history);
	return history.flatMap((line): Loss[] => {
		const invoke = line.type === 'ok' ? sent.get(line.op) : undefined;
		if (line.type !== 'ok' || !invoke) return [];
		const missing = whatIsMissing(invoke, line, logged, evidence);
		if (missing === null) return [];
		return [{ message: missing, excused: isRisky && !wasDurable(showId, line, history) }];
	});
}

export function checkLostAcknowledged(evidence: Evidence): Finding[] {
	return losses(evidence)
		.filter(({ excused }) => !excused)
		.map(({ message }) => ({ kind: 'lostAcknowledged', message }));
}

/** Whether Postgres was seen to have it before any fault of the round that could take it. */
function wasDurable(showId: string, ok: Ok, history: readonly HistoryLine[]): boolean {
	const { comment, at } = ok;
	if (!comment) return false;
	const threat = history.find((line) => line.type === 'fault' && line.loses && line.at > at);
	return history.some(
		(line) =>
			line.type === 'durable' &&
			line.showId === showId &&
			line.at > at &&
			line.at <= (threat?.at ?? Number.POSITIVE_INFINITY) &&
			line.position.epoch === comment.epoch &&
			line.position.seq >= comment.seq
	);
}

function whatIsMissing(
	{ operation }: Invoke,
	{ comment: told }: Ok,
	logged: ReadonlyMap<string, readonly LoggedComment[]>,
	{ log }: Evidence
): string | null {
	switch (operation.kind) {
		case 'comment': {
			const found = logged.get(operation.key)?.[0];
			if (!found || !told) return `${operation.key} was acknowledged and is not in the log`;
			const { outcome, claimId } = found.data;
			if (found.seq === told.seq && outcome === told.outcome && claimId === told.claimId)
				return null;
			return (
				`${operation.key} was acknowledged as ${told.outcome} at ${told.seq} ` +
				`and is ${outcome} at ${found.seq}`
			);
		}
		case 'webhook': {
			if (operation.forged) return null;
			const missing = operation.keys.filter((key) => !logged.has(key));
			return missing.length === 0
				? null
				: `a webhook was acknowledged, not taken: ${missing.join()}`;
		}
		case 'award':
		case 'reassign':
			return log.some(
				(event) => event.type === 'claim.created' && event.data.buyer.key === operation.mark
			)
				? null
				: `${operation.kind} to ${operation.mark} was acknowledged and is not in the log`;
		case 'release':
			return log.some(
				(event) => event.type === 'claim.released' && event.data.claimId === operation.claimId
			)
				? null
				: `the release of ${operation.claimId} was acknowledged and is not in the log`;
		case 'title':
			return log.some(
				(event) => event.type === 'item.updated' && event.data.item.title === operation.mark
			)
				? null
				: `the title ${operation.mark} was acknowledged and is not in the log`;
		case 'undo': {
			const { mark } = operation;
			return mark === null || log.some((event) => takesBack(event, mark))
				? null
				: `that ${mark} loses the unit again was acknowledged and is not in the log`;
		}
		case 'quantity':
			// Leaves no mark of its own when it was that already.
			return null;
	}
}
