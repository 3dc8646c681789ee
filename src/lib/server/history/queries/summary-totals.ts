import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { AppError } from '../../errors.ts';
import type { Database } from '../database.ts';
import { peopleAmong } from './people-count.ts';
import type { ScopedShow } from './scope.ts';

/** A show's claims, added up. Times are epoch milliseconds. */
export type ClaimTotals = {
	/** Claims ever made, active or not. */
	readonly claims: number;
	/** Units that have a winner. */
	readonly sold: number;
	/** Claims in all queues. */
	readonly waiting: number;
	/** People who hold at least one unit; linked accounts are one person, as on the buyers pages. */
	readonly buyers: number;
	/** Their accounts that hold one. */
	readonly buyerAccounts: number;
	/** People who ever claimed. */
	readonly claimants: number;
	/** Claims that their buyers gave up by a comment. The pass rate is `passes / claims`. */
	readonly passes: number;
	readonly firstClaimAt: number | null;
	readonly lastClaimAt: number | null;
};

/** The show with the time of its last event. Throws `SHOW_NOT_FOUND`. */
export async function readShowRow(db: Kysely<Database>, show: ScopedShow) {
	const row = await db
		.selectFrom('shows')
		.select(['name', 'status', 'is_rehearsal', 'started_at', 'ended_at'])
		.select(['comment_count', 'last_seq'])
		.select((eb) =>
			eb
				.selectFrom('events')
				.select('at')
				.whereRef('events.show_id', '=', 'shows.id')
				.orderBy('seq', 'desc')
				.limit(1)
				.as('last_at')
		)
		.where('id', '=', show.id)
		.executeTakeFirst();
	if (!row) throw new AppError('SHOW_NOT_FOUND');
	return row;
}

/** Adds the show's claims up (index `claims_show`); passes from index `events_turns`. */
export async function readClaimTotals(
	db: Kysely<Database>,
	show: ScopedShow
): Promise<ClaimTotals> {
	const buyers = db
		.selectFrom('claims')
		.select('buyer_key')
		.distinct()
		.where('show_id', '=', show.id);
	const row = await db
		.selectFrom('claims')
		.select([
			peopleAmong(show.workspaceId, buyers.where('state', '=', 'winner')).as('buyers'),
			peopleAmong(show.workspaceId, buyers).as('claimants'),
			sql<string>`count(*)`.as('claims'),
			sql<string>`count(*) filter (where state = 'winner')`.as('sold'),
			sql<string>`count(*) filter (where state = 'waitlist')`.as('waiting'),
			sql<string>`count(distinct buyer_key) filter (where state = 'winner')`.as('buyer_accounts'),
			sql<Date | null>`min(claimed_at)`.as('first_claim_at'),
			sql<Date | null>`max(claimed_at)`.as('last_claim_at'),
			sql<string>`(
				select count(*) from events
				where events.show_id = ${show.id} and type = 'claim.released'
					and data->'cause'->>'kind' = 'comment'
			)`.as('passes')
		])
		.where('show_id', '=', show.id)
		.executeTakeFirstOrThrow();
	return {
		claims: Number(row.claims),
		sold: Number(row.sold),
		waiting: Number(row.waiting),
		buyers: Number(row.buyers),
		buyerAccounts: Number(row.buyer_accounts),
		claimants: Number(row.claimants),
		passes: Number(row.passes),
		firstClaimAt: row.first_claim_at?.getTime() ?? null,
		lastClaimAt: row.last_claim_at?.getTime() ?? null
	};
}
