import { isPartOfAction } from '../../domain/undo.ts';
import type { LogPosition, ShowEvent } from '../../domain/events.ts';
import { readEvents } from '../allocator/event-stream.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { Db } from './database.ts';
import { readPersistedEvents } from './event-log.ts';

const PAGE = 500;

/**
 * All events of the operator's action whose first event has this position, from the stream where it
 * still holds them, else from Postgres. Empty when there is no such action, or no longer.
 */
export async function readActionEvents(
	redis: RedisClient,
	db: Db,
	showId: string,
	action: LogPosition
): Promise<ShowEvent[]> {
	const newest = await readEvents(redis, showId, action.seq, 1);
	const inStream = newest[0]?.seq === action.seq;
	const read = (fromSeq: number): Promise<ShowEvent[]> =>
		inStream
			? readEvents(redis, showId, fromSeq, PAGE)
			: readPersistedEvents(db, showId, fromSeq, PAGE);
	const events: ShowEvent[] = [];
	for (;;) {
		const page = await read(action.seq + events.length);
		const own = page.filter((event) => isPartOfAction(event, action));
		events.push(...own);
		if (own.length < PAGE) return events;
	}
}
