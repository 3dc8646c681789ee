import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../database.ts';
import { claimsOf } from './buyer-person.ts';
import type { WorkspaceScope } from './scope.ts';

/** Whoever did something. */
export type ActorName = {
	/** As entries name them. */
	readonly id: string;
	/** For people. */
	readonly name: string;
	/** What else there is to know, e.g. `no longer a member`. */
	readonly note: string | null;
};

const USER = /^user:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
/** Actors that are no people. */
const SYSTEM_ACTORS: Record<string, string> = { rehearsal: 'Rehearsal', system: 'Sellary' };

function nameWithoutUser(id: string): ActorName {
	if (USER.test(id)) return { id, name: 'Deleted account', note: 'no longer a member' };
	return { id, name: SYSTEM_ACTORS[id] ?? id, note: null };
}

/** Names of actors, by actor. Those who left keep their name, and are marked. */
export async function namesOfActors(
	db: Db,
	scope: WorkspaceScope,
	actors: readonly string[]
): Promise<Map<string, ActorName>> {
	const names = new Map(actors.map((id) => [id, nameWithoutUser(id)]));
	const users = [...names.keys()].map((id) => USER.exec(id)?.[1]).filter((id) => id !== undefined);
	if (users.length === 0) return names;
	const rows = await db
		.selectFrom('users')
		.leftJoin('members', (join) =>
			join
				.onRef('members.user_id', '=', 'users.id')
				.on('members.workspace_id', '=', scope.workspaceId)
		)
		.select(['users.id', 'users.name', 'members.id as member_id'])
		.where('users.id', 'in', users)
		.execute();
	for (const row of rows) {
		const id = `user:${row.id}`;
		const note = row.member_id === null ? 'no longer a member' : null;
		names.set(id, { id, name: row.name, note });
	}
	return names;
}

type Entry = {
	readonly entry: string;
	readonly details: Readonly<Record<string, unknown>>;
};

const claimId = z.uuid();

/** Handles of the buyers whose claims the entries are about, by entry. */
export async function buyersOfEntries(
	db: Db,
	scope: WorkspaceScope,
	entries: readonly Entry[]
): Promise<Map<string, string>> {
	const claims = new Map<string, string>();
	for (const { entry, details } of entries) {
		const id = claimId.safeParse(details['claimId']).data;
		if (id !== undefined) claims.set(entry, id);
	}
	if (claims.size === 0) return new Map();
	const rows = await db
		.selectFrom('claims')
		.innerJoin('shows', 'shows.id', 'claims.show_id')
		.select(['claims.id', 'claims.handle'])
		.where('claims.id', 'in', [...new Set(claims.values())])
		.where('shows.workspace_id', '=', scope.workspaceId)
		.execute();
	const handles = new Map(rows.map((row) => [row.id, row.handle]));
	return new Map(
		[...claims].flatMap(([entry, id]) => {
			const handle = handles.get(id);
			return handle === undefined ? [] : [[entry, handle] as const];
		})
	);
}

/** Handles of the latest claims of these buyers in the workspace, by buyer key. */
export async function handlesOfBuyers(
	db: Db,
	scope: WorkspaceScope,
	buyerKeys: readonly string[]
): Promise<Map<string, string>> {
	if (buyerKeys.length === 0) return new Map();
	const rows = await claimsOf(db, scope.workspaceId, [...new Set(buyerKeys)])
		.select(['claims.buyer_key', 'claims.handle'])
		.distinctOn('claims.buyer_key')
		.orderBy('claims.buyer_key')
		.orderBy('claims.claimed_at', 'desc')
		.execute();
	return new Map(rows.map((row) => [row.buyer_key, row.handle]));
}

/** A show's name and words. */
export const showSettingsSchema = z.object({
	name: z.string(),
	claimWord: z.string(),
	passWord: z.string()
});

export type FormerSettings = z.output<typeof showSettingsSchema>;

/**
 * What a show was called and which words it had before each of these edits, by entry: the event says only
 * what it became, the entry before it says what it was (index `audit_log_show`).
 */
export async function settingsBefore(
	db: Db,
	entries: readonly string[]
): Promise<Map<string, FormerSettings>> {
	if (entries.length === 0) return new Map();
	const { rows } = await sql<{ entry: string; details: unknown }>`
		select edit.entry, former.details
		from audit_log as edit cross join lateral (
			select details from audit_log as older
			where older.show_id = edit.show_id and (older.at, older.entry) < (edit.at, edit.entry)
				and older.details ? 'claimWord'
			order by older.at desc, older.entry desc limit 1
		) as former
		where edit.entry = any(${[...entries]}::bigint[])
	`.execute(db);
	return new Map(
		rows.flatMap(({ entry, details }) => {
			const settings = showSettingsSchema.safeParse(details).data;
			return settings ? [[entry, settings] as const] : [];
		})
	);
}
