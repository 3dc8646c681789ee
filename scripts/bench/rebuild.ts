import pg from 'pg';
import { forgetShow } from './bench-shows.ts';
import { interleave, ratio, spread } from './rounds.ts';
import type { Spread } from './statistics.ts';
import type { Workbench } from './workbench.ts';
import { prepareShow } from './write-behind.ts';

/** What a rebuild reads, and nothing done with it. */
const RAW_READS = [
	'select * from shows where id = $1',
	`select * from claims where show_id = $1 and state <> 'released'`,
	'select * from items where show_id = $1 and removed_at is null',
	`select seq, platform, comment_id, outcome, item_number, claim_id, position from comments
		where show_id = $1 order by seq`
] as const;

export type RebuildFigures = {
	/** Rows that a rebuild reads: comments, claims, items, the show. */
	readonly rows: number;
	readonly rowsPerSecond: Spread;
	readonly readRowsPerSecond: Spread;
	readonly rebuildVsRead: Spread;
	/** What one rebuild takes, seconds. */
	readonly seconds: number;
};

/** A show that Redis lost, until it is live again; and bare SELECTs of the same rows. */
export async function benchRebuild(bench: Workbench): Promise<RebuildFigures> {
	const { context, signal } = bench;
	await bench.setDurability('relaxed');
	const showId = await prepareShow(bench, bench.quick ? 12_000 : 100_000);
	await context.writeBehind.persist(showId);
	if (bench.durabilities.includes('durable')) await bench.setDurability('durable');
	const client = new pg.Client(bench.postgresUrl('durable'));
	await client.connect();
	const readAll = async (): Promise<number> => {
		let rows = 0;
		for (const text of RAW_READS) rows += (await client.query(text, [showId])).rows.length;
		return rows;
	};
	try {
		const rows = await readAll();
		const rate = async (work: () => Promise<unknown>): Promise<number> => {
			const startedAt = performance.now();
			await work();
			return rows / ((performance.now() - startedAt) / 1_000);
		};
		const figures = await interleave<'rebuild' | 'read'>(
			new Map([
				[
					'rebuild',
					async () => {
						await forgetShow(context, showId);
						return await rate(() => context.recovery.recover(showId, null));
					}
				],
				['read', () => rate(readAll)]
			]),
			signal
		);
		const rowsPerSecond = spread(figures, 'rebuild');
		return {
			rows,
			rowsPerSecond,
			readRowsPerSecond: spread(figures, 'read'),
			rebuildVsRead: ratio(figures, 'rebuild', 'read'),
			seconds: rows / rowsPerSecond.median
		};
	} finally {
		await client.end();
		await forgetShow(context, showId);
	}
}
