import type { LogPosition, ShowEvent } from '../../../src/lib/domain/events.ts';
import type { ShowState } from '../../../src/lib/domain/show-state.ts';
import type { ShowDigests } from '../../../src/lib/server/history/digest.ts';
import type { HistoryLine } from '../history.ts';
import type { Commit } from '../stage/commit-watch.ts';

/** What a run is judged by; each is a count in the result. */
export const VIOLATIONS = [
	'oversold',
	'lostAcknowledged',
	'doubled',
	'order',
	'gaps',
	'clientSequence',
	'digest',
	'staleEpoch'
] as const;

export type ViolationKind = (typeof VIOLATIONS)[number];

export type Finding = { readonly kind: ViolationKind; readonly message: string };

/** Where a console stands at the end. */
export type ConsoleEnd = {
	readonly name: string;
	readonly position: LogPosition | null;
	/** Digest of what it folded; null when it has nothing. */
	readonly digest: string | null;
	/** Why its fold broke; empty when it did not. */
	readonly fault: string;
};

/** All that is known of one show at the end of a round, when everything is at rest. */
export type Evidence = {
	readonly showId: string;
	/** The round's history; lines of the round's other shows are in it, too. */
	readonly history: readonly HistoryLine[];
	/** The persisted log. */
	readonly log: readonly ShowEvent[];
	readonly commits: readonly Commit[];
	readonly live: ShowState;
	/** The epoch that Postgres goes by. */
	readonly postgresEpoch: string;
	readonly digests: ShowDigests;
	readonly consoles: readonly ConsoleEnd[];
};

/** Whether a fault of the round may have taken what was acknowledged and not yet persisted. */
export function mayHaveLost(history: readonly HistoryLine[]): boolean {
	return history.some((line) => line.type === 'fault' && line.loses);
}

export type LoggedComment = ShowEvent & { readonly type: 'comment.received' };

export function loggedComments(log: readonly ShowEvent[]): Map<string, LoggedComment[]> {
	const byKey = new Map<string, LoggedComment[]>();
	for (const event of log) {
		if (event.type !== 'comment.received') continue;
		const key = `${event.data.platform}:${event.data.commentId}`;
		byKey.set(key, [...(byKey.get(key) ?? []), event]);
	}
	return byKey;
}
