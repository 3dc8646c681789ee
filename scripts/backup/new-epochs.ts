import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../src/lib/server/config.ts';
import { createAppContext } from '../../src/lib/server/context.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { showDigests } from '../../src/lib/server/history/digest.ts';
import { readLiveLog } from '../../src/lib/server/history/live-log.ts';
import { forkedKey } from '../../src/lib/server/redis/keys.ts';
import { waitUntilPersisted } from '../../src/lib/server/rehearsal/result.ts';

/**
 * Lets every show that a restored Redis holds go on under a new epoch. Consoles that are still open know
 * events of after the backup; under the old epoch the next ones would bear the same numbers and be taken for
 * those. What Redis has and Postgres lacks is written to Postgres first. Shows that Redis lacks get their
 * epoch when they are first touched. Returns how many there were, and those whose three digests differ.
 */
export async function beginNewEpochs(
	env: Record<string, string | undefined>
): Promise<{ readonly shows: number; readonly differing: readonly string[] }> {
	const context = await createAppContext(
		readConfig({ ...env, NODE_ENV: 'development', ROLE: 'web', METRICS_PORT: '' })
	);
	try {
		const all = await context.db.selectFrom('shows').select('id').execute();
		const differing: string[] = [];
		let shows = 0;
		for (const { id } of all) {
			const live = await readLiveLog(context.redis, id);
			if (!live) continue;
			shows++;
			await context.recovery.recover(id, live);
			await untilTakenIn(context, id);
			await context.writeBehind.persist(id);
			await waitUntilPersisted(context, id);
			const { events, redis, postgres } = await showDigests(
				context.db,
				context.redis,
				context.scripts,
				id
			);
			if (events !== redis || redis !== postgres) differing.push(id);
		}
		return { shows, differing };
	} finally {
		await context.close();
	}
}

/** A log that did not fit history was put aside, and is taken in again in the background. */
async function untilTakenIn({ redis }: AppContext, showId: string): Promise<void> {
	const live = await readLiveLog(redis, showId);
	if (!live) return;
	while ((await redis.exists(forkedKey(showId, live.epoch))) === 1) await sleep(50);
}
