import type { ShowEvent } from '../../../domain/events.ts';
import { commentsThatMatter, explainClaim } from '../../../domain/why-claim.ts';
import { explainComment } from '../../../domain/why-comment.ts';
import { factsOf } from '../../../domain/why.ts';
import type { Why } from '../../../domain/why.ts';
import type { Db } from '../database.ts';
import { toEvent } from '../event-log.ts';
import { namesOfActors } from './audit-names.ts';
import type { ScopedShow, WorkspaceScope } from './scope.ts';

/** An explanation, with the names of the actors that it tells of. */
export type NamedWhy = Why & {
	/** By actor. */
	readonly actors: Readonly<Record<string, string>>;
};

const EVENT_COLUMNS = ['seq', 'epoch', 'at', 'type', 'data'] as const;

/** Everything that happened to the item and its claims (index `events_item`). */
async function eventsOfItem(db: Db, show: ScopedShow, item: string): Promise<ShowEvent[]> {
	const rows = await db
		.selectFrom('events')
		.select(EVENT_COLUMNS)
		.where('show_id', '=', show.id)
		.where('item_number', '=', Number(item))
		.where('type', '<>', 'comment.received')
		.orderBy('seq')
		.execute();
	return rows.map(toEvent);
}

/** The comments with these keys (`platform:commentId`; index `comments_identity`, then the log). */
async function commentsByKey(
	db: Db,
	show: ScopedShow,
	keys: readonly string[]
): Promise<ShowEvent[]> {
	if (keys.length === 0) return [];
	const identities = keys.map((key) => {
		const colon = key.indexOf(':');
		return { platform: key.slice(0, colon), commentId: key.slice(colon + 1) };
	});
	const rows = await db
		.selectFrom('comments')
		.innerJoin('events', (join) =>
			join.onRef('events.show_id', '=', 'comments.show_id').onRef('events.seq', '=', 'comments.seq')
		)
		.select(['events.seq', 'events.epoch', 'events.at', 'events.type', 'events.data'])
		.where('comments.show_id', '=', show.id)
		.where((eb) =>
			eb.or(
				identities.map(({ platform, commentId }) =>
					eb.and([
						eb('comments.platform', '=', platform),
						eb('comments.comment_id', '=', commentId)
					])
				)
			)
		)
		.execute();
	return rows.map(toEvent);
}

/** The last turns of the show before the event (index `events_turns`). */
async function turnsBefore(db: Db, show: ScopedShow, seq: number): Promise<ShowEvent[]> {
	const rows = await db
		.selectFrom('events')
		.select(EVENT_COLUMNS)
		.where('show_id', '=', show.id)
		.where('type', '=', 'session.status')
		.where('seq', '<', String(seq))
		.orderBy('seq', 'desc')
		.limit(20)
		.execute();
	return rows.map(toEvent);
}

function inOrder(...lists: readonly (readonly ShowEvent[])[]): ShowEvent[] {
	return lists.flat().sort((a, b) => a.seq - b.seq);
}

async function withNames(db: Db, scope: WorkspaceScope, why: Why): Promise<NamedWhy> {
	const ids = why.steps.flatMap(({ pieces }) =>
		pieces.flatMap((piece) => (piece.kind === 'actor' ? [piece.actor] : []))
	);
	const names = await namesOfActors(db, scope, ids);
	const actors = Object.fromEntries([...names].map(([id, { name }]) => [id, name]));
	return { ...why, actors };
}

async function whyClaim(db: Db, show: ScopedShow, claimId: string): Promise<Why | null> {
	const claim = await db
		.selectFrom('claims')
		.select('item_number')
		.where('id', '=', claimId)
		.where('show_id', '=', show.id)
		.executeTakeFirst();
	if (!claim) return null;
	const events = await eventsOfItem(db, show, String(claim.item_number));
	const comments = await commentsByKey(db, show, commentsThatMatter(claimId, events));
	return explainClaim(claimId, { ...factsOf(comments), events });
}

/** What decided the claim; null when the show has no such claim. */
export async function replayWhy(
	db: Db,
	{ show, scope }: { readonly show: ScopedShow; readonly scope: WorkspaceScope },
	claimId: string
): Promise<NamedWhy | null> {
	const why = await whyClaim(db, show, claimId);
	return why && (await withNames(db, scope, why));
}

/** What became of the comment that is event `seq`; null when that is none. */
export async function replayWhyComment(
	db: Db,
	{ show, scope }: { readonly show: ScopedShow; readonly scope: WorkspaceScope },
	seq: number
): Promise<NamedWhy | null> {
	const row = await db
		.selectFrom('events')
		.select(EVENT_COLUMNS)
		.where('show_id', '=', show.id)
		.where('seq', '=', String(seq))
		.executeTakeFirst();
	const comment = row && toEvent(row);
	if (comment?.type !== 'comment.received') return null;
	const { claimId, item } = comment.data;
	const ofClaim = claimId === null ? null : await whyClaim(db, show, claimId);
	if (ofClaim) return await withNames(db, scope, ofClaim);
	const events = inOrder(
		item === null ? [] : await eventsOfItem(db, show, item),
		await turnsBefore(db, show, seq)
	);
	return await withNames(db, scope, explainComment(comment, factsOf(events)));
}
