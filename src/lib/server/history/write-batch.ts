import { sql } from 'kysely';
import type { Transaction } from 'kysely';
import type { LogPosition, ShowEvent } from '../../domain/events.ts';
import { failpoint } from '../failpoints.ts';
import type { Database, Db } from './database.ts';
import { project } from './projection.ts';
import type { ClaimChange, Projection } from './projection.ts';
import { allowLongStatements } from './statement-timeout.ts';

type Tx = Transaction<Database>;

const isoTime = (ms: number | null): string | null =>
	ms === null ? null : new Date(ms).toISOString();

const asDate = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
const asNumber = (digits: string | null): number | null =>
	digits === null ? null : Number(digits);

/** The item that an event is about, for the history of an item; comments have their own table. */
function itemNumber(event: ShowEvent): string | null {
	switch (event.type) {
		case 'claim.created':
		case 'claim.promoted':
		case 'claim.released':
			return event.data.item;
		case 'item.updated':
			return event.data.item.number;
		default:
			return null;
	}
}

async function insertEvents(tx: Tx, showId: string, events: readonly ShowEvent[]): Promise<void> {
	await sql`
		insert into events (show_id, seq, epoch, at, type, item_number, data)
		select ${showId}::uuid, * from unnest(
			${events.map((event) => event.seq)}::bigint[],
			${events.map((event) => event.epoch)}::text[],
			${events.map((event) => isoTime(event.at))}::timestamptz[],
			${events.map((event) => event.type)}::text[],
			${events.map(itemNumber)}::int[],
			${events.map((event) => JSON.stringify(event.data))}::jsonb[])
	`.execute(tx);
}

/** Columns of a comment that no event tells stay as they are. */
const REPLACE_COMMENT = sql`
	on conflict (show_id, seq) do update set platform = excluded.platform,
		live_id = excluded.live_id, comment_id = excluded.comment_id, user_id = excluded.user_id,
		handle = excluded.handle, display_name = excluded.display_name, from_page = excluded.from_page,
		text = excluded.text, posted_at = excluded.posted_at, received_at = excluded.received_at,
		intent = excluded.intent, item_number = excluded.item_number, outcome = excluded.outcome,
		claim_id = excluded.claim_id, position = excluded.position
`;

async function insertComments(
	tx: Tx,
	showId: string,
	comments: Projection['comments'],
	whatStands: 'none' | 'replace'
): Promise<void> {
	if (comments.length === 0) return;
	await sql`
		insert into comments (show_id, seq, platform, live_id, comment_id, user_id, handle,
			display_name, from_page, text, posted_at, received_at, intent, item_number, outcome, claim_id, position)
		select ${showId}::uuid, * from unnest(
			${comments.map((event) => event.seq)}::bigint[],
			${comments.map((event) => event.data.platform)}::text[],
			${comments.map((event) => event.data.liveId)}::text[],
			${comments.map((event) => event.data.commentId)}::text[],
			${comments.map((event) => event.data.userId)}::text[],
			${comments.map((event) => event.data.handle)}::text[],
			${comments.map((event) => event.data.displayName)}::text[],
			${comments.map((event) => event.data.fromPage)}::boolean[],
			${comments.map((event) => event.data.text)}::text[],
			${comments.map((event) => isoTime(event.data.postedAt))}::timestamptz[],
			${comments.map((event) => isoTime(event.at))}::timestamptz[],
			${comments.map((event) => event.data.intent)}::text[],
			${comments.map((event) => event.data.item)}::int[],
			${comments.map((event) => event.data.outcome)}::text[],
			${comments.map((event) => event.data.claimId)}::uuid[],
			${comments.map((event) => event.data.position)}::int[])
		${whatStands === 'replace' ? REPLACE_COMMENT : sql``}
	`.execute(tx);
}

async function upsertItems(tx: Tx, showId: string, projection: Projection): Promise<void> {
	const { items, removedItems } = projection;
	if (removedItems.length > 0) {
		await sql`
			update items set removed_at = gone.at
			from unnest(
			${removedItems.map(({ item }) => item.id)}::uuid[],
			${removedItems.map(({ at }) => isoTime(at))}::timestamptz[]) as gone (id, at)
			where items.id = gone.id
		`.execute(tx);
	}
	if (items.length === 0) return;
	// An item that was added and removed within the batch is inserted as removed: its claims refer to it.
	const removedAt = new Map(removedItems.map(({ item, at }) => [item.id, at]));
	await sql`
		insert into items (show_id, id, number, title, quantity, state, removed_at)
		select ${showId}::uuid, * from unnest(
			${items.map((item) => item.id)}::uuid[],
			${items.map((item) => item.number)}::int[],
			${items.map((item) => item.title)}::text[],
			${items.map((item) => item.quantity)}::int[],
			${items.map((item) => item.state)}::text[],
			${items.map((item) => isoTime(removedAt.get(item.id) ?? null))}::timestamptz[])
		on conflict (id) do update set title = excluded.title, quantity = excluded.quantity,
			state = excluded.state, removed_at = excluded.removed_at
	`.execute(tx);
}

/** After the items were written: a number may have gone to another item within the batch. */
async function markReallocated(
	tx: Tx,
	showId: string,
	reallocated: Projection['reallocated']
): Promise<void> {
	if (reallocated.size === 0) return;
	await sql`
		update items set changed_seq = change.seq
		from unnest(
			${[...reallocated.keys()]}::int[],
			${[...reallocated.values()]}::bigint[]) as change (number, seq)
		where items.show_id = ${showId}::uuid and items.number = change.number
			and items.removed_at is null
	`.execute(tx);
}

async function changeClaims(tx: Tx, changes: readonly ClaimChange[]): Promise<void> {
	if (changes.length === 0) return;
	// A release keeps when the claim was won and promoted.
	await sql`
		update claims set state = change.state,
			won_seq = coalesce(change.won_seq, claims.won_seq),
			promoted_at = coalesce(change.promoted_at, claims.promoted_at),
			released_at = change.released_at
		from unnest(
			${changes.map((change) => change.id)}::uuid[],
			${changes.map((change) => change.state)}::text[],
			${changes.map((change) => change.wonSeq)}::bigint[],
			${changes.map((change) => isoTime(change.promotedAt))}::timestamptz[],
			${changes.map((change) => isoTime(change.releasedAt))}::timestamptz[]) as change (id, state, won_seq, promoted_at, released_at)
		where claims.id = change.id
	`.execute(tx);
}

async function insertClaims(
	tx: Tx,
	showId: string,
	claims: Projection['newClaims']
): Promise<void> {
	if (claims.length === 0) return;
	await sql`
		insert into claims (show_id, id, item_id, item_number, buyer_key, platform, user_id, handle,
			display_name, state, rank, created_seq, won_seq, claimed_at, promoted_at, released_at)
		select ${showId}::uuid, * from unnest(
			${claims.map((claim) => claim.id)}::uuid[],
			${claims.map((claim) => claim.itemId)}::uuid[],
			${claims.map((claim) => claim.item)}::int[],
			${claims.map((claim) => claim.buyerKey)}::text[],
			${claims.map((claim) => claim.platform)}::text[],
			${claims.map((claim) => claim.userId)}::text[],
			${claims.map((claim) => claim.handle)}::text[],
			${claims.map((claim) => claim.displayName)}::text[],
			${claims.map((claim) => claim.change.state)}::text[],
			${claims.map((claim) => claim.rank)}::bigint[],
			${claims.map((claim) => claim.createdSeq)}::bigint[],
			${claims.map((claim) => claim.change.wonSeq)}::bigint[],
			${claims.map((claim) => isoTime(claim.claimedAt))}::timestamptz[],
			${claims.map((claim) => isoTime(claim.change.promotedAt))}::timestamptz[],
			${claims.map((claim) => isoTime(claim.change.releasedAt))}::timestamptz[])
	`.execute(tx);
}

async function upsertChannels(
	tx: Tx,
	showId: string,
	channels: Projection['channels']
): Promise<void> {
	if (channels.length === 0) return;
	await sql`
		insert into channels (show_id, id, platform, live_id, status, reason, detail)
		select ${showId}::uuid, * from unnest(
			${channels.map((channel) => channel.channelId)}::uuid[],
			${channels.map((channel) => channel.platform)}::text[],
			${channels.map((channel) => channel.liveId)}::text[],
			${channels.map((channel) => channel.status)}::text[],
			${channels.map((channel) => channel.reason)}::text[],
			${channels.map((channel) => channel.detail)}::text[])
		on conflict (id) do update set platform = excluded.platform, live_id = excluded.live_id,
			status = excluded.status, reason = excluded.reason, detail = excluded.detail
	`.execute(tx);
}

async function insertAudit(tx: Tx, showId: string, audit: Projection['audit']): Promise<void> {
	if (audit.length === 0) return;
	await sql`
		insert into audit_log (workspace_id, show_id, seq, actor, action, target, details, at)
		select shows.workspace_id, shows.id, entry.* from shows, unnest(
			${audit.map((row) => row.seq)}::bigint[],
			${audit.map((row) => row.actor)}::text[],
			${audit.map((row) => row.action)}::text[],
			${audit.map((row) => row.target)}::text[],
			${audit.map((row) => JSON.stringify(row.details))}::jsonb[],
			${audit.map((row) => isoTime(row.at))}::timestamptz[]) as entry
		where shows.id = ${showId}::uuid
	`.execute(tx);
}

/** What a projection changes of the show's own row. */
export function showChanges(projection: Projection) {
	const { session, startedAt, endedAt, showing } = projection;
	return {
		...(session
			? {
					status: session.data.status,
					name: session.data.name,
					claim_word: session.data.claimWord,
					pass_word: session.data.passWord
				}
			: {}),
		...(startedAt === null ? {} : { started_at: new Date(startedAt) }),
		...(endedAt === undefined ? {} : { ended_at: asDate(endedAt) }),
		...(showing === undefined ? {} : { showing: asNumber(showing) })
	};
}

/**
 * Writes what a projection changes in the tables that people read. `comments`: whether rows of them may
 * stand there already and are replaced then.
 */
export async function writeProjection(
	tx: Tx,
	showId: string,
	projection: Projection,
	comments: 'none' | 'replace'
): Promise<void> {
	await insertComments(tx, showId, projection.comments, comments);
	await upsertItems(tx, showId, projection);
	await markReallocated(tx, showId, projection.reallocated);
	// Changes first: a released claim makes room for the same buyer's next one.
	await changeClaims(tx, projection.claimChanges);
	await insertClaims(tx, showId, projection.newClaims);
	await upsertChannels(tx, showId, projection.channels);
}

/**
 * Writes consecutive events, what they change and the new cursor in one transaction, if the cursor
 * still stands at `from`; another writer or a newer epoch makes it return false and write nothing.
 * `from` may name the epoch that the events' epoch was rebuilt from.
 */
export async function writeBatch(
	db: Db,
	showId: string,
	from: LogPosition,
	events: readonly ShowEvent[]
): Promise<boolean> {
	const last = events.at(-1);
	if (!last) return true;
	const projection = project(events);
	return await db.transaction().execute(async (tx) => {
		await allowLongStatements(tx);
		const moved = await tx
			.updateTable('shows')
			.set((eb) => ({
				epoch: last.epoch,
				last_seq: last.seq,
				comment_count: eb('comment_count', '+', String(projection.comments.length)),
				...showChanges(projection)
			}))
			.where('id', '=', showId)
			.where('epoch', '=', from.epoch)
			.where('last_seq', '=', String(from.seq))
			.executeTakeFirst();
		if (moved.numUpdatedRows === 0n) return false;

		await insertEvents(tx, showId, events);
		failpoint('batch-inserted');
		await writeProjection(tx, showId, projection, 'none');
		await insertAudit(tx, showId, projection.audit);
		return true;
	});
}
