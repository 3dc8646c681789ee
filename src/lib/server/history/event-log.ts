import type { ShowEvent } from '../../domain/events.ts';
import { asEvent } from '../event-schema.ts';
import type { Db } from './database.ts';

type EventRow = {
	readonly seq: string;
	readonly epoch: string;
	readonly at: Date;
	readonly type: string;
	readonly data: unknown;
};

/** An event as its row holds it. */
export function toEvent(row: EventRow): ShowEvent {
	return asEvent({
		id: `${row.epoch}:${row.seq}`,
		epoch: row.epoch,
		seq: Number(row.seq),
		at: row.at.getTime(),
		type: row.type,
		data: row.data
	});
}

/** Persisted events in order of seq, at most `limit`, from `fromSeq` on (inclusive). */
export async function readPersistedEvents(
	db: Db,
	showId: string,
	fromSeq: number,
	limit: number
): Promise<ShowEvent[]> {
	const rows = await db
		.selectFrom('events')
		.select(['seq', 'epoch', 'at', 'type', 'data'])
		.where('show_id', '=', showId)
		.where('seq', '>=', String(fromSeq))
		.orderBy('seq')
		.limit(limit)
		.execute();
	return rows.map(toEvent);
}

/** The newest persisted events up to `toSeq` (inclusive), at most `limit`, oldest first. */
export async function readNewestPersistedEvents(
	db: Db,
	showId: string,
	toSeq: number,
	limit: number
): Promise<ShowEvent[]> {
	const rows = await db
		.selectFrom('events')
		.select(['seq', 'epoch', 'at', 'type', 'data'])
		.where('show_id', '=', showId)
		.where('seq', '<=', String(toSeq))
		.orderBy('seq', 'desc')
		.limit(limit)
		.execute();
	return rows.map(toEvent).reverse();
}

/** All persisted events of a show, in pages, so that a log of any length takes little memory. */
export async function* persistedEvents(
	db: Db,
	showId: string,
	pageSize = 2_000
): AsyncGenerator<ShowEvent, void, undefined> {
	for (let fromSeq = 1; ;) {
		const page = await readPersistedEvents(db, showId, fromSeq, pageSize);
		yield* page;
		const last = page.at(-1);
		if (!last || page.length < pageSize) return;
		fromSeq = last.seq + 1;
	}
}
