/**
 * Key names of a show (DESIGN §5). All carry the hash tag `{show:<id>}`, so one show lives on one
 * slot of a cluster and its scripts may touch several keys.
 *
 * | key | type | holds |
 * |---|---|---|
 * | meta | hash | status, epoch, seq, name, claimWord, passWord, persisted, blockVersion, `n:<counter>` |
 * | items | hash | `<n>:id`, `<n>:title`, `<n>:quantity`, `<n>:state`, `<n>:won` |
 * | claims | hash | `<n>\|<buyer>` → active claim as JSON |
 * | queue | sorted set | `<n>\|<rank>\|<buyer>` for each waiting claim |
 * | comments | hash | `platform:commentId` → first result |
 * | channels | hash | channel id → last channel.status |
 * | blocked | set | keys of the buyers whose claims don't count: a copy of the workspace's list |
 * | inbox | hash | comments that wait for their turn (lua/offer-comments.lua) |
 * | sightings | hash | `platform:commentId` → which paths brought it |
 * | intake | hash | per channel: poll state and counters; `last` = order key of the last comment taken |
 * | aside | set | epochs of rebuilds that put a log aside (`forkedKey`) which was not taken in yet |
 * | events | stream | id `<seq>-0`, field `e` = event as JSON |
 * | live | shard channel | JSON array of events, or a note object |
 */
export const SHOW_KEYS = [
	'meta',
	'items',
	'claims',
	'queue',
	'comments',
	'channels',
	'blocked',
	'inbox',
	'sightings',
	'intake',
	'aside',
	'events',
	'live'
] as const;

export type ShowKey = (typeof SHOW_KEYS)[number];

/** The parts of a show that a rebuild stages before it becomes live. */
export const STAGED_KEYS = [
	'meta',
	'items',
	'claims',
	'queue',
	'comments',
	'channels',
	'blocked'
] as const satisfies readonly ShowKey[];

export type StagedKey = (typeof STAGED_KEYS)[number];

export function showKey(showId: string, key: ShowKey): string {
	return `sellary:{show:${showId}}:${key}`;
}

/** Who may do something that one process at a time does for a show, e.g. feeding its comments in order. */
export function leaseKey(showId: string, what: string): string {
	return `sellary:{show:${showId}}:lease:${what}`;
}

/** What one call of an operator's action was answered, for a minute (lua/includes/operator.lua). */
export function actionKey(showId: string, actionId: string): string {
	return `sellary:{show:${showId}}:action:${actionId}`;
}

/** Where the rebuild with this epoch keeps a part until it is committed. */
export function stagingKey(showId: string, epoch: string, key: StagedKey): string {
	return `sellary:{show:${showId}}:restore:${epoch}:${key}`;
}

/** Where a rebuild puts the log aside that told another story than Postgres, named by the epoch that replaced it. */
export function forkedKey(showId: string, epoch: string): string {
	return `sellary:{show:${showId}}:forked:${epoch}`;
}

/** BullMQ keeps all of its keys under one tag: its scripts touch several queues' keys at once. */
export const JOBS_PREFIX = '{sellary:jobs}';

export const RATE_LIMIT_PREFIX = 'sellary:limit';
