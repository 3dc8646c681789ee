import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { containsPattern } from './page.ts';

/** What a workspace notes about a person, as lists show it. */
export type BuyerMarks = {
	readonly note: string;
	readonly tags: readonly string[];
	readonly blocked: boolean;
};

/** A person's claims added up. Linked identities are one person. Times are epoch milliseconds. */
export type BuyerTotals = BuyerMarks & {
	/** The identity that claimed last, with its handle of then: handles change. */
	readonly buyerKey: string;
	readonly platform: string;
	readonly userId: string;
	readonly handle: string;
	readonly displayName: string | null;
	/** Of the identities that claimed. */
	readonly buyerKeys: readonly string[];
	readonly platforms: readonly string[];
	readonly won: number;
	readonly waiting: number;
	/** Claims that were passed on, or released by an operator. */
	readonly released: number;
	readonly firstClaimAt: number;
	readonly lastClaimAt: number;
};

export type BuyerMarkFilter = {
	/** Part of a handle, or of the name shown beside it, of any of the person's identities. */
	readonly search: string | null;
	readonly tag: string | null;
	/** Only the blocked ones. */
	readonly blocked: boolean;
};

/** Names a person: the profile, or the buyer nobody has noted anything about. Neither can look like the other. */
export const person = sql<string>`coalesce(buyer_identities.profile_id::text, claims.buyer_key)`;
export const won = sql<string>`count(*) filter (where claims.state = 'winner')`;

const latest = (column: 'buyer_key' | 'platform' | 'user_id' | 'handle' | 'display_name') =>
	sql`(array_agg(claims.${sql.ref(column)} order by claims.claimed_at desc, claims.created_seq desc))[1]`;

/**
 * One row per person: the claims that the caller narrows it down to, added up. `workspaceId` says whose
 * notes and links count.
 */
export function buyerTotals(db: Db, workspaceId: string, filter: BuyerMarkFilter) {
	let query = db
		.selectFrom('claims')
		.leftJoin('buyer_identities', (join) =>
			join
				.onRef('buyer_identities.buyer_key', '=', 'claims.buyer_key')
				.on('buyer_identities.workspace_id', '=', workspaceId)
		)
		.leftJoin('buyer_profiles', 'buyer_profiles.id', 'buyer_identities.profile_id')
		.groupBy([person, 'buyer_profiles.id'])
		.select([
			person.as('person'),
			latest('buyer_key').$castTo<string>().as('buyer_key'),
			latest('platform').$castTo<string>().as('platform'),
			latest('user_id').$castTo<string>().as('user_id'),
			latest('handle').$castTo<string>().as('handle'),
			latest('display_name').$castTo<string | null>().as('display_name'),
			sql<string[]>`array_agg(distinct claims.buyer_key)`.as('buyer_keys'),
			sql<string[]>`array_agg(distinct claims.platform)`.as('platforms'),
			won.as('won'),
			sql<string>`count(*) filter (where claims.state = 'waitlist')`.as('waiting'),
			sql<string>`count(*) filter (where claims.state = 'released')`.as('released'),
			sql<Date>`min(claims.claimed_at)`.as('first_claim_at'),
			sql<Date>`max(claims.claimed_at)`.as('last_claim_at'),
			'buyer_profiles.note',
			'buyer_profiles.tags',
			'buyer_profiles.blocked_at'
		]);
	if (filter.tag !== null) {
		query = query.where(sql<boolean>`buyer_profiles.tags @> ${[filter.tag]}::text[]`);
	}
	if (filter.blocked) query = query.where('buyer_profiles.blocked_at', 'is not', null);
	if (filter.search !== null) {
		const pattern = containsPattern(filter.search);
		query = query.having(
			sql<boolean>`bool_or(claims.handle ilike ${pattern} or claims.display_name ilike ${pattern})`
		);
	}
	return query;
}

type TotalsRow = Awaited<ReturnType<ReturnType<typeof buyerTotals>['executeTakeFirstOrThrow']>>;

export function toBuyerTotals(row: TotalsRow): BuyerTotals {
	return {
		buyerKey: row.buyer_key,
		platform: row.platform,
		userId: row.user_id,
		handle: row.handle,
		displayName: row.display_name,
		buyerKeys: row.buyer_keys,
		platforms: row.platforms,
		won: Number(row.won),
		waiting: Number(row.waiting),
		released: Number(row.released),
		firstClaimAt: row.first_claim_at.getTime(),
		lastClaimAt: row.last_claim_at.getTime(),
		note: row.note ?? '',
		tags: row.tags ?? [],
		blocked: row.blocked_at !== null
	};
}
