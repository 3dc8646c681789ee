import { AppError } from '../errors.ts';
import type { Db } from '../history/database.ts';
import { readLiveLog } from '../history/live-log.ts';
import type { ScopedShow } from '../history/queries/scope.ts';
import type { RedisClient } from '../redis/run-script.ts';

/** Why a show can't be exported: it has not begun, is not over, or Postgres lacks some of it. */
export type ExportObstacle = 'draft' | 'running' | 'writing';

/**
 * What keeps the show from being exported; null when nothing does: the show is over and Postgres has its
 * whole log. Throws `SHOW_NOT_FOUND` when it was deleted meanwhile, and outages.
 */
export async function exportObstacle(
	{ db, redis }: { readonly db: Db; readonly redis: RedisClient },
	show: ScopedShow
): Promise<ExportObstacle | null> {
	const stored = await db
		.selectFrom('shows')
		.select(['status', 'epoch', 'last_seq'])
		.where('id', '=', show.id)
		.executeTakeFirst();
	if (!stored) throw new AppError('SHOW_NOT_FOUND');
	if (stored.status === 'active' || stored.status === 'paused') return 'running';
	const live = await readLiveLog(redis, show.id);
	// Redis lets an ended show go only when Postgres has all of it.
	const isComplete =
		live === null || (live.epoch === stored.epoch && live.seq === Number(stored.last_seq));
	if (!isComplete) return 'writing';
	return stored.status === 'draft' ? 'draft' : null;
}

/** What a person is told about an obstacle. */
export function describeObstacle(obstacle: ExportObstacle): string {
	switch (obstacle) {
		case 'draft':
			return 'The show has not started: there is nothing to export yet.';
		case 'running':
			return 'The show is not over yet. The files are ready as soon as it has ended.';
		case 'writing':
			return 'A part of the show is still being saved. This takes a few seconds.';
	}
}
