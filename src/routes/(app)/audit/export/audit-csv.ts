import { BYTE_ORDER_MARK, csvRows } from '$lib/server/exports/csv.ts';
import type { CsvStyle } from '$lib/server/exports/csv-style.ts';
import type { Api } from '$lib/server/trpc/caller.ts';

export const AUDIT_COLUMNS: readonly string[] = [
	'timestamp',
	'member',
	'action',
	'target',
	'buyer',
	'show',
	'changed',
	'before',
	'after'
];

type AuditPage = Awaited<ReturnType<Api['audit']['list']>>;
type Entry = AuditPage['entries'][number];

/** One row for each thing that was changed; an action that changed nothing in particular has one row. */
function rowsOf(entry: Entry, time: (at: Date) => string): (string | null)[][] {
	const { actor, action, target, buyer, show } = entry;
	const facts = [time(new Date(entry.at)), actor.name, action, target, buyer, show?.name ?? null];
	if (entry.changes.length === 0) return [[...facts, null, null, null]];
	return entry.changes.map(({ what, before, after }) => [...facts, what, before, after]);
}

/**
 * The log as CSV, newest first, page by page from `first` on: as much is read as is taken. `next` reads the
 * page after a cursor.
 */
export async function* auditCsv(
	first: AuditPage,
	next: (cursor: string) => Promise<AuditPage>,
	{ time, style }: { time: (at: Date) => string; style: CsvStyle }
): AsyncGenerator<string, void, undefined> {
	const { withByteOrderMark, separator } = style;
	yield (withByteOrderMark ? BYTE_ORDER_MARK : '') + csvRows([AUDIT_COLUMNS], separator);
	for (let page = first; ;) {
		if (page.entries.length > 0)
			yield csvRows(
				page.entries.flatMap((entry) => rowsOf(entry, time)),
				separator
			);
		if (page.nextCursor === null) return;
		page = await next(page.nextCursor);
	}
}
