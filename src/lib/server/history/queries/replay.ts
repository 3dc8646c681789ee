import { sql } from 'kysely';
import type { ShowEvent, ShowStatus } from '../../../domain/events.ts';
import { REPLAY_CHUNK } from '../../../domain/replay-chunk.ts';
import { AppError } from '../../errors.ts';
import type { Db } from '../database.ts';
import { stateDigest } from '../digest.ts';
import { readPersistedEvents } from '../event-log.ts';
import { readPostgresState } from '../postgres-state.ts';
import { readAppliedRetention } from './applied-retention.ts';
import type { AppliedRetention } from './applied-retention.ts';
import type { ReplayStates } from './replay-states.ts';
import type { ScopedShow } from './scope.ts';
import { readItemCourses } from './summary-allocation.ts';
import { readMoments } from './summary-moments.ts';

/** A moment that a replay marks. Times are epoch ms. */
export type ReplayMark =
	| {
			readonly kind: 'started' | 'paused' | 'resumed' | 'ended' | 'reopened';
			readonly at: number;
	  }
	| {
			readonly kind: 'shown' | 'sold_out';
			readonly at: number;
			readonly item: string;
			readonly title: string;
	  };

/** What a replay starts from. Times are epoch ms. */
export type ReplayOverview = {
	readonly name: string;
	readonly status: ShowStatus;
	readonly isRehearsal: boolean;
	readonly startedAt: number | null;
	/** The event that started the show; 0 before it has. */
	readonly startSeq: number;
	/** The last event that Postgres has; 0 for none. */
	readonly lastSeq: number;
	readonly lastAt: number | null;
	/** When the events 1, 1 + `REPLAY_CHUNK`, 1 + 2 · `REPLAY_CHUNK`, … were logged. */
	readonly times: readonly number[];
	/** In order of time. */
	readonly marks: readonly ReplayMark[];
	/** Comments that are no longer kept; null when all are. */
	readonly retention: AppliedRetention | null;
};

async function timesOf(
	db: Db,
	show: ScopedShow,
	lastSeq: number
): Promise<{ readonly times: number[]; readonly lastAt: number | null }> {
	if (lastSeq === 0) return { times: [], lastAt: null };
	const chunks = Math.ceil(lastSeq / REPLAY_CHUNK);
	const starts = Array.from({ length: chunks }, (_, index) => 1 + index * REPLAY_CHUNK);
	const rows = await db
		.selectFrom('events')
		.select(['seq', 'at'])
		.where('show_id', '=', show.id)
		.where('seq', 'in', [...new Set([...starts, lastSeq])].map(String))
		.orderBy('seq')
		.execute();
	const atOf = new Map(rows.map((row) => [Number(row.seq), row.at.getTime()]));
	// Redis's clock can be set back: the table only grows, so that a time names one place.
	let latest = -Infinity;
	const times = starts.map((seq) => (latest = Math.max(latest, atOf.get(seq) ?? latest)));
	return { times, lastAt: Math.max(latest, atOf.get(lastSeq) ?? latest) };
}

const SESSION_MARKS = {
	activated: 'started',
	paused: 'paused',
	resumed: 'resumed',
	ended: 'ended',
	reopened: 'reopened'
} as const;

async function marksOf(db: Db, show: ScopedShow): Promise<ReplayMark[]> {
	const marks: ReplayMark[] = [];
	const titles = new Map<string, string>();
	for (const moment of await readMoments(db, show)) {
		if (moment.kind === 'session') {
			marks.push({ kind: SESSION_MARKS[moment.action], at: moment.at });
			continue;
		}
		const { at, item, title, action } = moment;
		titles.set(item, title);
		if (action === 'shown') marks.push({ kind: 'shown', at, item, title });
	}
	for (const { item, soldOutAt } of await readItemCourses(db, show)) {
		const title = titles.get(item) ?? '';
		marks.push(...soldOutAt.map((at) => ({ kind: 'sold_out' as const, at, item, title })));
	}
	return marks.sort((a, b) => a.at - b.at);
}

/** The event that started the show (index `events_turns`). */
async function startOf(db: Db, show: ScopedShow): Promise<number> {
	const row = await db
		.selectFrom('events')
		.select('seq')
		.where('show_id', '=', show.id)
		.where('type', '=', 'session.status')
		.where(sql<boolean>`data->>'action' = 'activated'`)
		.orderBy('seq')
		.limit(1)
		.executeTakeFirst();
	return Number(row?.seq ?? 0);
}

/** Length, time table and marks of a show's log, without reading its comments. Throws `SHOW_NOT_FOUND`. */
export async function replayOverview(db: Db, show: ScopedShow): Promise<ReplayOverview> {
	const row = await db
		.selectFrom('shows')
		.select(['name', 'status', 'is_rehearsal', 'started_at', 'last_seq'])
		.where('id', '=', show.id)
		.executeTakeFirst();
	if (!row) throw new AppError('SHOW_NOT_FOUND');
	const lastSeq = Number(row.last_seq);
	return {
		name: row.name,
		status: row.status,
		isRehearsal: row.is_rehearsal,
		startedAt: row.started_at?.getTime() ?? null,
		startSeq: await startOf(db, show),
		lastSeq,
		...(await timesOf(db, show, lastSeq)),
		marks: await marksOf(db, show),
		retention: await readAppliedRetention(db, show)
	};
}

/** Events of the log from `fromSeq` on, in order (primary key). */
export async function replayRange(
	db: Db,
	show: ScopedShow,
	{ fromSeq, limit }: { readonly fromSeq: number; readonly limit: number }
): Promise<ShowEvent[]> {
	return await readPersistedEvents(db, show.id, fromSeq, limit);
}

export type ReplayDigest = {
	/** The last event that it covers. */
	readonly seq: number;
	/** SHA-256 of the state that folding the log gives, hex. */
	readonly log: string;
	/** Whether the tables that people read hold the same state. */
	readonly equal: boolean;
};

/** The digest of the log, compared with that of the stored state. Throws as `ReplayStates.at`. */
export async function replayDigest(
	db: Db,
	states: ReplayStates,
	show: ScopedShow
): Promise<ReplayDigest> {
	const stored = await readPostgresState(db, show.id);
	if (!stored) throw new AppError('SHOW_NOT_FOUND');
	const { state } = await states.at(show, stored.seq);
	const log = stateDigest(state);
	return { seq: stored.seq, log, equal: log === stateDigest(stored) };
}
