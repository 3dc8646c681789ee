import { sql } from 'kysely';
import type { LogPosition } from '../../../domain/events.ts';
import type { Db } from '../database.ts';
import { readPersistedEvents } from '../event-log.ts';
import { project } from '../projection.ts';
import { allowLongStatements } from '../statement-timeout.ts';
import { showChanges, writeProjection } from '../write-batch.ts';

const PAGE = 1_000;

/**
 * Writes the rows that people read (items, claims, comments, channels, the show's own) anew from the log,
 * in one transaction. Returns false, and changes nothing, when the log no longer stands `at` this position:
 * a write-behind was faster. Until the commit the write-behind of this show waits; claims go on.
 */
export async function rewriteRows(db: Db, showId: string, at: LogPosition): Promise<boolean> {
	return await db.transaction().execute(async (tx) => {
		await allowLongStatements(tx);
		const show = await tx
			.selectFrom('shows')
			.select('id')
			.where('id', '=', showId)
			.where('epoch', '=', at.epoch)
			.where('last_seq', '=', String(at.seq))
			.forUpdate()
			.executeTakeFirst();
		if (!show) return false;
		await tx.deleteFrom('claims').where('show_id', '=', showId).execute();
		await tx.deleteFrom('items').where('show_id', '=', showId).execute();
		await tx.deleteFrom('channels').where('show_id', '=', showId).execute();
		// Comments stay: columns of theirs say what no event does.
		await sql`
			delete from comments where show_id = ${showId}::uuid and not exists (
				select from events where events.show_id = comments.show_id
					and events.seq = comments.seq and events.type = 'comment.received')
		`.execute(tx);
		let comments = 0;
		for (let fromSeq = 1; fromSeq <= at.seq;) {
			const events = await readPersistedEvents(tx, showId, fromSeq, PAGE);
			const last = events.at(-1);
			if (!last) break;
			const projection = project(events);
			await writeProjection(tx, showId, projection, 'replace');
			comments += projection.comments.length;
			await tx
				.updateTable('shows')
				.set({ comment_count: comments, ...showChanges(projection) })
				.where('id', '=', showId)
				.execute();
			fromSeq = last.seq + 1;
		}
		return true;
	});
}
