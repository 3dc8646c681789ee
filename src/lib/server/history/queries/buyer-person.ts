import { sql } from 'kysely';
import { AppError } from '../../errors.ts';
import type { Db } from '../database.ts';
import type { BuyerMarks } from './buyer-totals.ts';
import type { WorkspaceScope } from './scope.ts';

/** One of the names under which a person claims. Counts leave rehearsals out. */
export type BuyerIdentity = {
	readonly buyerKey: string;
	readonly platform: string;
	readonly userId: string;
	/** As of the latest claim; null for one whose claims are gone. */
	readonly handle: string | null;
	readonly displayName: string | null;
	readonly claims: number;
	/** Epoch milliseconds. */
	readonly lastClaimAt: number | null;
};

export type BuyerFigures = {
	readonly shows: number;
	readonly won: number;
	readonly waiting: number;
	readonly released: number;
	readonly firstClaimAt: number | null;
	readonly lastClaimAt: number | null;
};

/** A person as a workspace knows them, over all of its shows. */
export type BuyerPerson = BuyerMarks & {
	/** Whoever claimed last first. */
	readonly identities: readonly BuyerIdentity[];
	/** Without rehearsals. */
	readonly figures: BuyerFigures;
};

const NO_MARKS: BuyerMarks = { note: '', tags: [], blocked: false };

/** All identities of the person that this one belongs to, and what is noted about them. */
export async function readMarks(
	db: Db,
	workspaceId: string,
	buyerKey: string
): Promise<BuyerMarks & { readonly buyerKeys: readonly string[] }> {
	const rows = await db
		.selectFrom('buyer_identities as named')
		.innerJoin('buyer_profiles', 'buyer_profiles.id', 'named.profile_id')
		.innerJoin('buyer_identities as linked', 'linked.profile_id', 'buyer_profiles.id')
		.select([
			'linked.buyer_key',
			'buyer_profiles.note',
			'buyer_profiles.tags',
			'buyer_profiles.blocked_at'
		])
		.where('named.workspace_id', '=', workspaceId)
		.where('named.buyer_key', '=', buyerKey)
		.orderBy('linked.created_at')
		.orderBy('linked.buyer_key')
		.execute();
	const [first] = rows;
	if (!first) return { ...NO_MARKS, buyerKeys: [buyerKey] };
	return {
		note: first.note,
		tags: first.tags,
		blocked: first.blocked_at !== null,
		buyerKeys: rows.map((row) => row.buyer_key)
	};
}

/** The claims of these buyers in the workspace's shows (index `claims_buyer`, per show). */
export function claimsOf(db: Db, workspaceId: string, buyerKeys: readonly string[]) {
	return db
		.selectFrom('shows')
		.innerJoin('claims', 'claims.show_id', 'shows.id')
		.where('shows.workspace_id', '=', workspaceId)
		.where('claims.buyer_key', '=', sql<string>`any(${[...buyerKeys]}::text[])`);
}

const real = sql`not shows.is_rehearsal`;
const realIn = (state: string) =>
	sql<string>`count(*) filter (where ${real} and claims.state = ${sql.lit(state)})`;

async function readIdentities(
	db: Db,
	workspaceId: string,
	buyerKeys: readonly string[]
): Promise<BuyerIdentity[]> {
	const latest = (column: string) =>
		sql`(array_agg(claims.${sql.ref(column)} order by claims.claimed_at desc, claims.created_seq desc))[1]`;
	const rows = await claimsOf(db, workspaceId, buyerKeys)
		.select([
			'claims.buyer_key',
			latest('platform').$castTo<string>().as('platform'),
			latest('user_id').$castTo<string>().as('user_id'),
			latest('handle').$castTo<string>().as('handle'),
			latest('display_name').$castTo<string | null>().as('display_name'),
			sql<string>`count(*) filter (where ${real})`.as('claims'),
			sql<Date>`max(claims.claimed_at)`.as('last_claim_at')
		])
		.groupBy('claims.buyer_key')
		.orderBy(sql`max(claims.claimed_at)`, 'desc')
		.execute();
	const seen = rows.map((row) => ({
		buyerKey: row.buyer_key,
		platform: row.platform,
		userId: row.user_id,
		handle: row.handle,
		displayName: row.display_name,
		claims: Number(row.claims),
		lastClaimAt: row.last_claim_at.getTime()
	}));
	const without = buyerKeys.filter((key) => !seen.some((identity) => identity.buyerKey === key));
	return [...seen, ...without.map(nameless)];
}

function nameless(buyerKey: string): BuyerIdentity {
	const colon = buyerKey.indexOf(':');
	return {
		buyerKey,
		platform: buyerKey.slice(0, colon),
		userId: buyerKey.slice(colon + 1),
		handle: null,
		displayName: null,
		claims: 0,
		lastClaimAt: null
	};
}

async function readFigures(
	db: Db,
	workspaceId: string,
	buyerKeys: readonly string[]
): Promise<BuyerFigures> {
	const row = await claimsOf(db, workspaceId, buyerKeys)
		.select([
			sql<string>`count(distinct shows.id) filter (where ${real})`.as('shows'),
			realIn('winner').as('won'),
			realIn('waitlist').as('waiting'),
			realIn('released').as('released'),
			sql<Date | null>`min(claims.claimed_at) filter (where ${real})`.as('first_claim_at'),
			sql<Date | null>`max(claims.claimed_at) filter (where ${real})`.as('last_claim_at')
		])
		.executeTakeFirstOrThrow();
	return {
		shows: Number(row.shows),
		won: Number(row.won),
		waiting: Number(row.waiting),
		released: Number(row.released),
		firstClaimAt: row.first_claim_at?.getTime() ?? null,
		lastClaimAt: row.last_claim_at?.getTime() ?? null
	};
}

/** The person behind a buyer. Throws `BUYER_NOT_FOUND` for one that the workspace never met. */
export async function readPerson(
	db: Db,
	scope: WorkspaceScope,
	buyerKey: string
): Promise<BuyerPerson> {
	const { buyerKeys, ...marks } = await readMarks(db, scope.workspaceId, buyerKey);
	const identities = await readIdentities(db, scope.workspaceId, buyerKeys);
	const met = buyerKeys.length > 1 || identities.some((identity) => identity.handle !== null);
	const noted = marks.blocked || marks.note !== '' || marks.tags.length > 0;
	if (!met && !noted) throw new AppError('BUYER_NOT_FOUND');
	return { ...marks, identities, figures: await readFigures(db, scope.workspaceId, buyerKeys) };
}
