import type { Db } from '../history/database.ts';

/** Makes the show take up whatever the account broadcasts next (watcher.ts). Doing it twice is fine. */
export async function addWatch(db: Db, showId: string, connectionId: string): Promise<void> {
	await db
		.insertInto('channel_watches')
		.values({ show_id: showId, connection_id: connectionId })
		.onConflict((conflict) => conflict.doNothing())
		.execute();
}

export async function removeWatch(db: Db, showId: string, connectionId: string): Promise<void> {
	await db
		.deleteFrom('channel_watches')
		.where('show_id', '=', showId)
		.where('connection_id', '=', connectionId)
		.execute();
}

/** Ids of the connections whose broadcasts the show takes up. */
export async function watchedConnections(db: Db, showId: string): Promise<string[]> {
	const rows = await db
		.selectFrom('channel_watches')
		.select('connection_id')
		.where('show_id', '=', showId)
		.orderBy('created_at')
		.execute();
	return rows.map((row) => row.connection_id);
}
