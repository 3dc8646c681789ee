import { sql } from 'kysely';
import type { BlockList } from '../allocator/block-lists.ts';
import type { Db } from './database.ts';

const NOBODY: BlockList = { version: 0, buyerKeys: [] };

/** The workspace's block list, with its version, as they are at one instant. */
export async function readBlockList(db: Db, workspaceId: string): Promise<BlockList> {
	const row = await db
		.selectFrom('block_lists')
		.select((eb) => [
			'version',
			eb
				.selectFrom('buyer_identities')
				.innerJoin('buyer_profiles', 'buyer_profiles.id', 'buyer_identities.profile_id')
				.whereRef('buyer_profiles.workspace_id', '=', 'block_lists.workspace_id')
				.where('buyer_profiles.blocked_at', 'is not', null)
				.select(sql<string[]>`array_agg(buyer_identities.buyer_key)`.as('keys'))
				.as('buyer_keys')
		])
		.where('workspace_id', '=', workspaceId)
		.executeTakeFirst();
	return row ? { version: Number(row.version), buyerKeys: row.buyer_keys ?? [] } : NOBODY;
}

/** The block list that counts in the show. Throws nothing for an unknown show: nobody is blocked there. */
export async function readBlockListOfShow(db: Db, showId: string): Promise<BlockList> {
	const show = await db
		.selectFrom('shows')
		.select('workspace_id')
		.where('id', '=', showId)
		.executeTakeFirst();
	return show ? await readBlockList(db, show.workspace_id) : NOBODY;
}

/**
 * Notes that the list changed, in the transaction that changes it. The version is the time in ms, or
 * one more than before: a database that came back from a backup never gives out a version that Redis has
 * seen. The row stays locked until the transaction ends, so versions grow in the order of commits.
 */
export async function raiseBlockListVersion(tx: Db, workspaceId: string): Promise<void> {
	const now = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;
	await tx
		.insertInto('block_lists')
		.values({ workspace_id: workspaceId, version: now })
		.onConflict((conflict) =>
			conflict
				.column('workspace_id')
				.doUpdateSet({ version: sql<number>`greatest(block_lists.version + 1, ${now})` })
		)
		.execute();
}
