/**
 * What is wrong with a show, and who can mend it:
 *
 * | kind | means | healed by |
 * |---|---|---|
 * | redis_missing | a show that is on is not in Redis | a rebuild from Postgres |
 * | redis_behind | Redis holds an older state or an old copy | a rebuild from Postgres |
 * | redis_differs | the state in Redis is not the fold of its own log | a rebuild from Postgres |
 * | rows_differ | rows that people read are not the fold of the log | writing them anew from the log |
 * | stream_gap | the stream lacks events that Postgres does not have | nobody: they are gone |
 * | log_gap | the log in Postgres lacks events | nobody |
 * | log_invalid | an event can't be read or contradicts those before it | nobody |
 * | rule_broken | the log itself breaks a rule of shows | nobody |
 */
export type MismatchKind =
	| 'redis_missing'
	| 'redis_behind'
	| 'redis_differs'
	| 'rows_differ'
	| 'stream_gap'
	| 'log_gap'
	| 'log_invalid'
	| 'rule_broken';

export type Mismatch = {
	readonly kind: MismatchKind;
	/** Where in the log it was seen. */
	readonly seq: number;
	/** What exactly, in codes; never names or texts. */
	readonly detail: string;
};

export type Inspection = {
	/** `moved`: the show was rebuilt or deleted meanwhile; look again later. */
	readonly result: 'agree' | 'mismatch' | 'moved';
	readonly mismatches: readonly Mismatch[];
};

/** The damage is in what everything else is rebuilt from. */
const BEYOND_REPAIR: ReadonlySet<MismatchKind> = new Set([
	'stream_gap',
	'log_gap',
	'log_invalid',
	'rule_broken'
]);

export function isBeyondRepair(kind: MismatchKind): boolean {
	return BEYOND_REPAIR.has(kind);
}
