import { readLiveState } from '../../src/lib/server/allocator/live-state.ts';
import { showDigests, stateDigest } from '../../src/lib/server/history/digest.ts';
import { persistedEvents } from '../../src/lib/server/history/event-log.ts';
import { readLiveLog } from '../../src/lib/server/history/live-log.ts';
import { persistedPosition } from '../../src/lib/server/history/postgres-state.ts';
import type { ShowEvent } from '../../src/lib/domain/events.ts';
import type { Evidence } from './checks/evidence.ts';
import { readHistory } from './history.ts';
import type { Console } from './load/console.ts';
import { readCommits } from './stage/commit-watch.ts';
import type { Stage } from './stage/stage.ts';

/**
 * Reads everything there is to know of a show that is at rest. Null when something happened to it
 * meanwhile, e.g. a channel that reported late: then what was read is of two moments.
 */
export async function gatherEvidence(
	stage: Stage,
	showId: string,
	historyFile: string,
	consoles: readonly { readonly showId: string; readonly console: Console }[]
): Promise<Evidence | null> {
	const { db, redis, scripts } = stage.observer;
	const live = await readLiveState(redis, scripts, showId);
	const cursor = await persistedPosition(db, showId);
	if (!live || !cursor) throw new Error(`show ${showId} is gone`);
	const log: ShowEvent[] = [];
	for await (const event of persistedEvents(db, showId)) log.push(event);
	const evidence = {
		showId,
		history: readHistory(historyFile),
		log,
		commits: await readCommits(db, showId),
		live: live.state,
		postgresEpoch: cursor.epoch,
		digests: await showDigests(db, redis, scripts, showId),
		consoles: consoles
			.filter((entry) => entry.showId === showId)
			.map(({ console: { name, position, state, fault } }) => ({
				...{ name, position, fault },
				digest: state && stateDigest(state)
			}))
	};
	const now = await readLiveLog(redis, showId);
	return now?.epoch === live.state.epoch && now.seq === live.state.seq ? evidence : null;
}
