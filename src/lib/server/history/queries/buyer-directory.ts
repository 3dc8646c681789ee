import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { buyerTotals, person, toBuyerTotals, won } from './buyer-totals.ts';
import type { BuyerMarkFilter, BuyerTotals } from './buyer-totals.ts';
import { toPage } from './page.ts';
import type { Page } from './page.ts';
import type { WorkspaceScope } from './scope.ts';

/** A person's claims over all shows of a workspace. */
export type DirectoryEntry = BuyerTotals & { readonly shows: number };

/** What the list is ordered by, the largest first. */
export const DIRECTORY_ORDERS = ['units', 'seen', 'shows'] as const;
export type DirectoryOrder = (typeof DIRECTORY_ORDERS)[number];

/** Place in the list: what it is ordered by (`seen` in microseconds), then the person. */
export type DirectoryCursor = { readonly value: string; readonly person: string };

export type DirectoryFilter = BuyerMarkFilter & {
	readonly order: DirectoryOrder;
	readonly cursor: DirectoryCursor | null;
	readonly limit: number;
};

const shows = sql<string>`count(distinct claims.show_id)`;
const ORDER_VALUES = {
	units: won,
	seen: sql<string>`(extract(epoch from max(claims.claimed_at)) * 1000000)::bigint`,
	shows
} as const;

/**
 * Everybody who claimed in the workspace's shows; rehearsals don't count. Adds up the claims of those shows
 * (index `claims_show`).
 */
export async function listDirectory(
	db: Db,
	scope: WorkspaceScope,
	filter: DirectoryFilter
): Promise<Page<DirectoryEntry>> {
	const value = ORDER_VALUES[filter.order];
	let query = buyerTotals(db, scope.workspaceId, filter)
		.select([shows.as('shows'), value.as('value')])
		.where('claims.show_id', 'in', (eb) =>
			eb
				.selectFrom('shows')
				.select('shows.id')
				.where('shows.workspace_id', '=', scope.workspaceId)
				.where('shows.is_rehearsal', '=', false)
		)
		.orderBy(value, 'desc')
		.orderBy(person, 'desc')
		.limit(filter.limit + 1);
	if (filter.cursor !== null) {
		const { value: lastValue, person: lastPerson } = filter.cursor;
		query = query.having(
			sql<boolean>`(${value}, ${person}) < (${lastValue}::bigint, ${lastPerson}::text)`
		);
	}
	return toPage(
		await query.execute(),
		filter.limit,
		(row) => formatDirectoryCursor({ value: row.value, person: row.person }),
		(row) => ({ ...toBuyerTotals(row), shows: Number(row.shows) })
	);
}

function formatDirectoryCursor(cursor: DirectoryCursor): string {
	return `${cursor.value}.${Buffer.from(cursor.person).toString('base64url')}`;
}

/** Reads the cursor of a page; null for anything else. */
export function parseDirectoryCursor(text: string): DirectoryCursor | null {
	const match = /^([0-9]{1,18})\.([A-Za-z0-9_-]{1,1200})$/.exec(text);
	if (match?.[1] === undefined || match[2] === undefined) return null;
	const person = Buffer.from(match[2], 'base64url').toString();
	return person.includes('\0') ? null : { value: match[1], person };
}
