import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { ScopedShow } from './scope.ts';
import type { Buckets } from './summary-buckets.ts';

/** What happened in one span of a timeline. */
export type BucketCounts = { readonly comments: number; readonly claims: number };

/**
 * Comments and claims per bucket. What lies before the first bucket (a unit awarded before the start) or
 * after the last one counts to it, so that the columns add up to the show's totals.
 */
export async function readBuckets(
	db: Kysely<Database>,
	show: ScopedShow,
	buckets: Buckets
): Promise<BucketCounts[]> {
	const comments = await commentsPerBucket(db, show, buckets);
	const claims = await claimsPerBucket(db, show, buckets);
	return Array.from({ length: buckets.count }, (_, index) => ({
		comments: comments.get(index) ?? 0,
		claims: claims.get(index) ?? 0
	}));
}

/** Each bucket is counted from its own range of index `events_comment_times`. */
async function commentsPerBucket(
	db: Kysely<Database>,
	show: ScopedShow,
	{ startAt, stepMs, count }: Buckets
): Promise<Map<number, number>> {
	const edges = Array.from({ length: count + 1 }, (_, index) =>
		new Date(startAt + index * stepMs).toISOString()
	);
	const from = ['-infinity', ...edges.slice(1, -1)];
	const to = [...edges.slice(1, -1), 'infinity'];
	const { rows } = await sql<{ bucket: string; comments: string }>`
		select ordinality - 1 as bucket, (
			select count(*) from events
			where show_id = ${show.id} and type = 'comment.received'
				and at >= bucket.from_at and at < bucket.to_at
		) as comments
		from unnest(${from}::timestamptz[], ${to}::timestamptz[])
			with ordinality as bucket (from_at, to_at, ordinality)
	`.execute(db);
	return new Map(rows.map((row) => [Number(row.bucket), Number(row.comments)]));
}

/** Index `claims_show`. */
async function claimsPerBucket(
	db: Kysely<Database>,
	show: ScopedShow,
	{ startAt, stepMs, count }: Buckets
): Promise<Map<number, number>> {
	const { rows } = await sql<{ bucket: number; claims: string }>`
		select least(greatest(floor(
				extract(epoch from claimed_at - ${new Date(startAt).toISOString()}::timestamptz)
				* 1000 / ${stepMs}::bigint
			), 0), ${count - 1}::bigint)::int as bucket, count(*) as claims
		from claims where show_id = ${show.id}
		group by bucket
	`.execute(db);
	return new Map(rows.map((row) => [row.bucket, Number(row.claims)]));
}
