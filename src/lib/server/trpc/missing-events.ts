import { getShow } from '../history/queries/shows.ts';
import type { ScopedShow } from '../history/queries/scope.ts';
import { persistedPosition } from '../history/postgres-state.ts';
import type { Db } from '../history/database.ts';
import { findAppError } from './errors.ts';
import type { ShowView } from './show-controls.ts';

/**
 * How many events of the show's log Postgres does not have yet; null when that can't be told. An ended
 * show's history is complete with its end, and Redis may not hold the show any more.
 */
export async function missingEvents(
	db: Db,
	show: ScopedShow,
	view: ShowView
): Promise<number | null> {
	const { status } = await getShow(db, show);
	if (status === 'ended') return 0;
	try {
		// Redis before Postgres: what is missing can be overstated by that, never hidden.
		const { seq } = await view.snapshot();
		const persisted = await persistedPosition(db, show.id);
		return Math.max(0, seq - (persisted?.seq ?? 0));
	} catch (error) {
		if (findAppError(error)?.code === 'UNAVAILABLE') return null;
		throw error;
	}
}
