import type { HistoryLine, Operation } from '../history.ts';
import { judge } from './all.ts';
import { CLAIMS, HISTORY, SHOW, buyer, event, evidence } from './evidence-fixture.ts';
import type { Evidence, ViolationKind } from './evidence.ts';

/* What the tests of the checks break a sound round with, and what is found then. */

export const C3 = '00000000-0000-4000-8000-00000000000d';

/** The counts that a round with this change goes into. */
export function kinds(change: Partial<Evidence>): Set<ViolationKind> {
	return new Set(judge(evidence(change)).map(({ kind }) => kind));
}

export function messages(change: Partial<Evidence>, kind: ViolationKind): string[] {
	return judge(evidence(change))
		.filter((finding) => finding.kind === kind)
		.map(({ message }) => message);
}

/** A fault that takes what Postgres does not have. */
export const FLUSH: HistoryLine = {
	...{ type: 'fault', at: 100, name: 'flushall' },
	...{ loses: true, rewinds: false }
};

/** The sound round, and an operation with its answer. */
export function acted(operation: Operation, answer: 'ok' | 'fail' | 'unknown'): HistoryLine[] {
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
export function awarded(seq: number, claimId: string) {
	const cause = { kind: 'operator', action: 'award', actor: 'user:x', seq };
	return event(seq, 'claim.created', {
		...{ claimId, itemId: CLAIMS.ITEM_ID, item: '1', buyer: buyer('w'), state: 'winner' },
		...{ rank: seq, position: null, cause }
	});
}
export const AWARD: Operation = { kind: 'award', item: '1', mark: 'debug:w' };
