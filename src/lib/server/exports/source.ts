import { AppError } from '../errors.ts';
import type { Db } from '../history/database.ts';
import type { ScopedShow } from '../history/queries/scope.ts';
import { zonedTime } from './zoned-time.ts';

/** What the files of a show are made from. */
export type ExportSource = {
	readonly db: Db;
	readonly show: ScopedShow;
	/** Seq of the last event that Postgres has: the files end there. */
	readonly lastSeq: number;
	/** When the show ended; null while it has not. */
	readonly endedAt: Date | null;
	/** How times are written. */
	readonly time: (at: Date) => string;
};

/** The show as Postgres has it now; `timeZone` is an IANA name. Throws `SHOW_NOT_FOUND` when it was deleted. */
export async function exportSource(
	db: Db,
	show: ScopedShow,
	timeZone: string
): Promise<ExportSource> {
	const stored = await db
		.selectFrom('shows')
		.select(['last_seq', 'ended_at'])
		.where('id', '=', show.id)
		.executeTakeFirst();
	if (!stored) throw new AppError('SHOW_NOT_FOUND');
	const { last_seq, ended_at } = stored;
	return {
		db,
		show,
		lastSeq: Number(last_seq),
		endedAt: ended_at,
		time: zonedTime(timeZone)
	};
}

/**
 * The text, which is read in many queries, as long as all of them saw the same show: throws at its end when
 * the show was deleted or opened again since. (Events that follow the end of a show change no row of a file.)
 */
export async function* ofOneState(
	{ db, show, endedAt }: ExportSource,
	text: AsyncGenerator<string, void, undefined>
): AsyncGenerator<string, void, undefined> {
	yield* text;
	const stored = await db
		.selectFrom('shows')
		.select('ended_at')
		.where('id', '=', show.id)
		.executeTakeFirst();
	if (stored === undefined || stored.ended_at?.getTime() !== endedAt?.getTime()) {
		throw new Error('the show changed while it was exported');
	}
}

/** A stretch of a show's log, both ends included. */
export type SeqRange = { readonly from: number; readonly to: number };

/**
 * Events, and so rows, of a page at most: some 8 MB with the longest comments, and some milliseconds in which
 * the process does nothing else.
 */
const PAGE_SEQS = 500;

/**
 * Rows of a show in the order of the log, in pages. Each page is a query of its own over a stretch of the
 * log: a reader who takes hours, or leaves, holds no connection, no transaction and no cursor. (A stretch,
 * not the next thousand rows: with two bounds there is one sensible plan, also for a show that Postgres
 * has no statistics of yet.)
 */
export async function* pagesBySeq<Row>(
	lastSeq: number,
	read: (range: SeqRange) => Promise<Row[]>,
	pageSeqs = PAGE_SEQS
): AsyncGenerator<Row[], void, undefined> {
	for (let from = 1; from <= lastSeq; from += pageSeqs) {
		const page = await read({ from, to: Math.min(from + pageSeqs - 1, lastSeq) });
		if (page.length > 0) yield page;
	}
}
