import { pagesBySeq } from './source.ts';
import type { ExportSource } from './source.ts';

/**
 * The whole log as JSON Lines, one event per line in order of seq (primary key), as it is stored:
 * `event-schema.ts` reads each line back. Times are epoch milliseconds.
 */
export async function* eventLines({
	db,
	show,
	lastSeq
}: ExportSource): AsyncGenerator<string, void, undefined> {
	const pages = pagesBySeq(lastSeq, ({ from, to }) =>
		db
			.selectFrom('events')
			.select(['seq', 'epoch', 'at', 'type', 'data'])
			.where('show_id', '=', show.id)
			.where('seq', '>=', String(from))
			.where('seq', '<=', String(to))
			.orderBy('seq')
			.execute()
	);
	for await (const page of pages) {
		const lines = page.map(({ epoch, seq, at, type, data }) =>
			JSON.stringify({
				id: `${epoch}:${seq}`,
				epoch,
				seq: Number(seq),
				at: at.getTime(),
				type,
				data
			})
		);
		yield `${lines.join('\n')}\n`;
	}
}
