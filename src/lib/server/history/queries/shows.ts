import { sql } from 'kysely';
import type { ShowStatus } from '../../../domain/events.ts';
import type { ShowSettings } from '../../../domain/show-state.ts';
import type { Db } from '../database.ts';
import { AppError } from '../../errors.ts';
import { containsPattern, toPage } from './page.ts';
import type { Page } from './page.ts';
import type { ShowOverrides } from './show-overrides.ts';
import type { ScopedShow, WorkspaceScope } from './scope.ts';

/** A show as lists show it. Times are ISO 8601; counts are what Postgres has, milliseconds behind. */
export type ShowSummary = {
	readonly id: string;
	readonly name: string;
	readonly status: ShowStatus;
	readonly isRehearsal: boolean;
	readonly createdAt: string;
	readonly startedAt: string | null;
	readonly endedAt: string | null;
	readonly itemCount: number;
	readonly winnerCount: number;
	readonly commentCount: number;
};

export type ShowDetails = ShowSummary &
	Omit<ShowSettings, 'name'> & { readonly overrides: ShowOverrides };

export type ShowFilter = {
	/** Id of the last show of the page before. */
	readonly cursor: string | null;
	readonly limit: number;
	readonly search: string | null;
	readonly status: ShowStatus | null;
};

/** Shows with their counts. The counts run per row of the page only, each over an index. */
function summaries(db: Db) {
	return db
		.selectFrom('shows')
		.select([
			'shows.id',
			'shows.name',
			'shows.status',
			'shows.is_rehearsal',
			'shows.claim_word',
			'shows.pass_word',
			'shows.poll_seconds',
			'shows.sounds',
			'shows.created_at',
			'shows.started_at',
			'shows.ended_at',
			'shows.comment_count'
		])
		.select((eb) => [
			eb
				.selectFrom('items')
				.whereRef('items.show_id', '=', 'shows.id')
				.where('items.removed_at', 'is', null)
				.select(eb.fn.countAll<string>().as('count'))
				.as('item_count'),
			eb
				.selectFrom('claims')
				.whereRef('claims.show_id', '=', 'shows.id')
				.where('claims.state', '=', 'winner')
				.select(eb.fn.countAll<string>().as('count'))
				.as('winner_count')
		]);
}

type SummaryRow = Awaited<ReturnType<ReturnType<typeof summaries>['executeTakeFirstOrThrow']>>;

function toSummary(row: SummaryRow): ShowSummary {
	return {
		id: row.id,
		name: row.name,
		status: row.status,
		isRehearsal: row.is_rehearsal,
		createdAt: row.created_at.toISOString(),
		startedAt: row.started_at?.toISOString() ?? null,
		endedAt: row.ended_at?.toISOString() ?? null,
		itemCount: Number(row.item_count),
		winnerCount: Number(row.winner_count),
		commentCount: Number(row.comment_count)
	};
}

/** The workspace's shows, newest first (index `shows_workspace`). */
export async function listShows(
	db: Db,
	scope: WorkspaceScope,
	filter: ShowFilter
): Promise<Page<ShowSummary>> {
	let query = summaries(db)
		.where('shows.workspace_id', '=', scope.workspaceId)
		.orderBy('shows.created_at', 'desc')
		.orderBy('shows.id', 'desc')
		.limit(filter.limit + 1);
	if (filter.cursor !== null) {
		// The row itself is the cursor: a time that went through JavaScript has lost its microseconds.
		query = query.where(
			sql<boolean>`(shows.created_at, shows.id) < (
				select last.created_at, last.id from shows as last
				where last.id = ${filter.cursor} and last.workspace_id = ${scope.workspaceId}
			)`
		);
	}
	if (filter.search !== null) {
		query = query.where('shows.name', 'ilike', containsPattern(filter.search));
	}
	if (filter.status !== null) query = query.where('shows.status', '=', filter.status);
	return toPage(await query.execute(), filter.limit, (row) => row.id, toSummary);
}

/** Throws `SHOW_NOT_FOUND` when the show was deleted meanwhile. */
export async function getShow(db: Db, show: ScopedShow): Promise<ShowDetails> {
	const row = await summaries(db).where('shows.id', '=', show.id).executeTakeFirst();
	if (!row) throw new AppError('SHOW_NOT_FOUND');
	return {
		...toSummary(row),
		claimWord: row.claim_word,
		passWord: row.pass_word,
		overrides: { pollSeconds: row.poll_seconds, sounds: row.sounds }
	};
}
