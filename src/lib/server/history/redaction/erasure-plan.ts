import { sql } from 'kysely';
import type { ShowStatus } from '../../../domain/events.ts';
import { visibleName } from '../../../domain/typed-name.ts';
import { AppError } from '../../errors.ts';
import type { Db } from '../database.ts';
import { readMarks } from '../queries/buyer-person.ts';

/** One of the accounts that are to be erased. */
export type ErasedIdentity = {
	readonly buyerKey: string;
	readonly platform: string;
	readonly userId: string;
	/** As of their latest claim, or else comment; null when neither is kept. */
	readonly handle: string | null;
};

export type ErasureShow = {
	readonly id: string;
	readonly name: string;
	readonly status: ShowStatus;
};

/** What erasing a person would do now. */
export type ErasurePlan = {
	/** What must be typed to confirm: a handle, or the user id where none is kept or can be seen. */
	readonly name: string;
	readonly identities: readonly ErasedIdentity[];
	/** All shows with claims or comments of theirs. */
	readonly shows: readonly ErasureShow[];
	readonly claims: number;
	readonly comments: number;
	readonly hasNote: boolean;
	readonly tags: number;
	readonly blocked: boolean;
};

function identityOf(buyerKey: string) {
	const colon = buyerKey.indexOf(':');
	return {
		buyerKey,
		platform: buyerKey.slice(0, colon),
		userId: buyerKey.slice(colon + 1)
	};
}

/** The shows of these accounts (per show: indexes `claims_buyer` and `comments_author`), the newest first. */
async function showsOf(
	db: Db,
	workspaceId: string,
	buyerKeys: readonly string[]
): Promise<(ErasureShow & { readonly claims: number; readonly comments: number })[]> {
	const accounts = buyerKeys.map(identityOf);
	const { rows } = await sql<
		Pick<ErasureShow, 'id' | 'name' | 'status'> & { claims: string; comments: string }
	>`
		select * from (
			select shows.id, shows.name, shows.status, shows.created_at,
				(select count(*) from claims where claims.show_id = shows.id
					and claims.buyer_key = any(${[...buyerKeys]}::text[])) as claims,
				(select sum(theirs.comments) from unnest(
					${accounts.map(({ platform }) => platform)}::text[],
					${accounts.map(({ userId }) => userId)}::text[]) as account (platform, user_id),
					lateral (select count(*) as comments from comments
						where comments.show_id = shows.id and comments.platform = account.platform
							and comments.user_id = account.user_id) as theirs) as comments
			from shows where shows.workspace_id = ${workspaceId}
		) as counted
		where claims > 0 or comments > 0
		order by created_at desc, id
	`.execute(db);
	return rows.map((row) => ({
		id: row.id,
		name: row.name,
		status: row.status,
		claims: Number(row.claims),
		comments: Number(row.comments)
	}));
}

/** The latest handle of an account in these shows: of a claim, or else of a comment. */
async function handleOf(
	db: Db,
	showIds: readonly string[],
	{ buyerKey, platform, userId }: ReturnType<typeof identityOf>
): Promise<string | null> {
	const { rows } = await sql<{ handle: string }>`
		(select handle, 1 as place, claimed_at as at from claims
			where show_id = any(${[...showIds]}::uuid[]) and buyer_key = ${buyerKey}
			order by claimed_at desc, created_seq desc limit 1)
		union all
		(select handle, 2, received_at from comments
			where show_id = any(${[...showIds]}::uuid[])
				and platform = ${platform} and user_id = ${userId}
			order by received_at desc, seq desc limit 1)
		order by place limit 1
	`.execute(db);
	return rows[0]?.handle ?? null;
}

/**
 * The person behind a buyer with all that the workspace holds about them; also somebody who only commented.
 * Throws `BUYER_NOT_FOUND` for one of whom it holds nothing.
 */
export async function planErasure(
	db: Db,
	workspaceId: string,
	buyerKey: string
): Promise<ErasurePlan> {
	const { buyerKeys, note, tags, blocked } = await readMarks(db, workspaceId, buyerKey);
	const shows = await showsOf(db, workspaceId, buyerKeys);
	const noted = buyerKeys.length > 1 || note !== '' || tags.length > 0 || blocked;
	if (shows.length === 0 && !noted) throw new AppError('BUYER_NOT_FOUND');
	const ids = shows.map(({ id }) => id);
	const identities: ErasedIdentity[] = [];
	for (const key of buyerKeys) {
		const identity = identityOf(key);
		identities.push({ ...identity, handle: await handleOf(db, ids, identity) });
	}
	const handle = identities.find((identity) => identity.buyerKey === buyerKey)?.handle ?? '';
	return {
		name: visibleName(handle) === '' ? identityOf(buyerKey).userId : handle,
		identities,
		shows: shows.map(({ id, name, status }) => ({ id, name, status })),
		claims: shows.reduce((sum, show) => sum + show.claims, 0),
		comments: shows.reduce((sum, show) => sum + show.comments, 0),
		hasNote: note !== '',
		tags: tags.length,
		blocked
	};
}

/** Shows that take comments now: while one of them runs, nothing of the person can be erased. */
export function runningShows(shows: readonly ErasureShow[]): ErasureShow[] {
	return shows.filter(({ status }) => status === 'active' || status === 'paused');
}
