import { sql } from 'kysely';
import { z } from 'zod';
import type { LogPosition } from '../../../src/lib/domain/events.ts';
import type { Db } from '../../../src/lib/server/history/database.ts';

/** One commit that moved a show's cursor or its epoch. */
export type Commit = { readonly from: LogPosition; readonly to: LogPosition };

/**
 * Has Postgres itself note each change of a show's cursor, so that what was committed is known from
 * somebody who knows nothing of the product. The row's lock orders the notes of a show.
 */
export async function watchCommits(db: Db): Promise<void> {
	await sql`
		create table chaos_commits (
			id bigint generated always as identity primary key,
			show_id uuid not null,
			from_epoch text not null, from_seq bigint not null,
			to_epoch text not null, to_seq bigint not null)
	`.execute(db);
	await sql`
		create function chaos_note_commit() returns trigger language plpgsql as $$
		begin
			insert into chaos_commits (show_id, from_epoch, from_seq, to_epoch, to_seq)
			values (new.id, old.epoch, old.last_seq, new.epoch, new.last_seq);
			return new;
		end $$
	`.execute(db);
	await sql`
		create trigger chaos_commit after update on shows for each row
		when (old.epoch <> new.epoch or old.last_seq <> new.last_seq)
		execute function chaos_note_commit()
	`.execute(db);
}

const rowsSchema = z.array(
	z.object({
		from_epoch: z.string(),
		from_seq: z.coerce.number(),
		to_epoch: z.string(),
		to_seq: z.coerce.number()
	})
);

/** The commits of a show in order. */
export async function readCommits(db: Db, showId: string): Promise<Commit[]> {
	const { rows } = await sql`
		select from_epoch, from_seq, to_epoch, to_seq from chaos_commits
		where show_id = ${showId}::uuid order by id
	`.execute(db);
	return rowsSchema.parse(rows).map((row) => ({
		from: { epoch: row.from_epoch, seq: row.from_seq },
		to: { epoch: row.to_epoch, seq: row.to_seq }
	}));
}
