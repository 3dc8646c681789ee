import { sql } from 'kysely';
import type { Db } from '../history/database.ts';

export type StandingCount = {
	readonly platform: string;
	readonly status: string;
	/** `none` when nothing is wrong. */
	readonly reason: string;
	readonly count: number;
};

/** How the channels that shows listen to stand, added up. */
export async function countChannels(db: Db): Promise<StandingCount[]> {
	const rows = await db
		.selectFrom('channel_sources')
		.innerJoin('shows', 'shows.id', 'channel_sources.show_id')
		.leftJoin('channels', 'channels.id', 'channel_sources.id')
		.select([
			'channel_sources.platform',
			sql<string>`coalesce(channels.status, 'connecting')`.as('status'),
			sql<string>`coalesce(channels.reason, 'none')`.as('reason'),
			sql<string>`count(*)`.as('count')
		])
		.where('channel_sources.closed_at', 'is', null)
		.where('channel_sources.stopped_at', 'is', null)
		.where('shows.status', 'in', ['active', 'paused'])
		.groupBy([
			'channel_sources.platform',
			sql`coalesce(channels.status, 'connecting')`,
			sql`coalesce(channels.reason, 'none')`
		])
		.execute();
	return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

export type HealthCount = {
	readonly platform: string;
	readonly health: string;
	readonly count: number;
};

/** How the connected accounts stand, added up. */
export async function countConnections(db: Db): Promise<HealthCount[]> {
	const rows = await db
		.selectFrom('connections')
		.select(['platform', 'health', sql<string>`count(*)`.as('count')])
		.groupBy(['platform', 'health'])
		.execute();
	return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
