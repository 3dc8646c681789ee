import type { Kysely } from 'kysely';
import type { ShowStatus } from '../../../domain/events.ts';
import type { Database, Db } from '../database.ts';
import { allowLongStatements } from '../statement-timeout.ts';
import { readAppliedRetention } from './applied-retention.ts';
import type { AppliedRetention } from './applied-retention.ts';
import type { ScopedShow } from './scope.ts';
import { readItemCourses } from './summary-allocation.ts';
import type { ItemCourse } from './summary-allocation.ts';
import { chooseBuckets } from './summary-buckets.ts';
import { readItemCounts } from './summary-items.ts';
import type { ItemCounts } from './summary-items.ts';
import { pausesOf, readMoments, saleStarts } from './summary-moments.ts';
import type { Moment, Pause, SaleStart } from './summary-moments.ts';
import { readBuckets } from './summary-timeline.ts';
import type { BucketCounts } from './summary-timeline.ts';
import { readClaimTotals, readShowRow } from './summary-totals.ts';
import type { ClaimTotals } from './summary-totals.ts';

/** What a show came to. Times are epoch milliseconds, spans milliseconds. */
export type Summary = {
	readonly show: {
		readonly id: string;
		readonly name: string;
		readonly status: ShowStatus;
		readonly isRehearsal: boolean;
		readonly startedAt: number | null;
		readonly endedAt: number | null;
	};
	/** The event of the log up to which all figures count. */
	readonly seq: number;
	readonly totals: SummaryTotals;
	readonly items: readonly ItemSummary[];
	/** Null before the show has started. */
	readonly timeline: Timeline | null;
	/** Comments that are no longer kept; null when all are. */
	readonly retention: AppliedRetention | null;
};

export type SummaryTotals = ClaimTotals & {
	readonly items: number;
	/** Units on offer, of all items. */
	readonly units: number;
	readonly comments: number;
};

export type ItemSummary = ItemCounts & {
	readonly peakWaiting: number;
	/** Null unless every unit has a winner now. */
	readonly soldOut: SoldOut | null;
};

/** When the last free unit went, and how long after the item went on sale. */
export type SoldOut = {
	readonly at: number;
	/** Null for an item that was sold out before anybody could claim it. */
	readonly after: { readonly ms: number; readonly from: SaleStart['from'] } | null;
};

export type Timeline = {
	readonly startAt: number;
	/** The end of the show, or, while it runs, its last event. */
	readonly endAt: number;
	readonly stepMs: number;
	readonly buckets: readonly BucketCounts[];
	readonly pauses: readonly Pause[];
	readonly shown: readonly ItemMark[];
	/** Each time that an item's last free unit went. */
	readonly soldOut: readonly ItemMark[];
};

export type ItemMark = { readonly at: number; readonly item: string; readonly title: string };

/**
 * Adds a show up, from Postgres alone: a fixed number of queries over indexes, all of one instant, so
 * that the figures agree with each other while the show goes on. Throws `SHOW_NOT_FOUND`.
 */
export async function readSummary(db: Db, show: ScopedShow): Promise<Summary> {
	return await db
		.transaction()
		.setIsolationLevel('repeatable read')
		.setAccessMode('read only')
		.execute(async (tx) => {
			await allowLongStatements(tx);
			const row = await readShowRow(tx, show);
			const claims = await readClaimTotals(tx, show);
			const moments = await readMoments(tx, show);
			const counts = await readItemCounts(tx, show);
			const courses = await readItemCourses(tx, show);
			const startAt = row.started_at?.getTime() ?? null;
			const endAt = row.ended_at?.getTime() ?? row.last_at?.getTime() ?? null;
			return {
				show: {
					id: show.id,
					name: row.name,
					status: row.status,
					isRehearsal: row.is_rehearsal,
					startedAt: startAt,
					endedAt: row.ended_at?.getTime() ?? null
				},
				seq: Number(row.last_seq),
				totals: {
					...claims,
					items: counts.length,
					units: counts.reduce((sum, item) => sum + item.quantity, 0),
					comments: Number(row.comment_count)
				},
				items: itemSummaries(counts, courses, moments),
				timeline:
					startAt === null || endAt === null
						? null
						: await readTimeline(tx, show, { startAt, endAt }, { moments, counts, courses }),
				retention: await readAppliedRetention(tx, show)
			};
		});
}

function itemSummaries(
	counts: readonly ItemCounts[],
	courses: readonly ItemCourse[],
	moments: readonly Moment[]
): ItemSummary[] {
	const byNumber = new Map(courses.map((course) => [course.item, course]));
	/** When the item was sold out for good; undefined while it is not. */
	const soldOutAt = (number: string): number | undefined => {
		const course = byNumber.get(number);
		return course?.isSoldOut ? course.soldOutAt.at(-1) : undefined;
	};
	const starts = saleStarts(moments, (number) => soldOutAt(number) ?? Infinity);
	return counts.map((item) => {
		const at = soldOutAt(item.number);
		const start = starts.get(item.number);
		return {
			...item,
			peakWaiting: byNumber.get(item.number)?.peakWaiting ?? 0,
			soldOut:
				at === undefined
					? null
					: {
							at,
							after: start && start.at <= at ? { ms: at - start.at, from: start.from } : null
						}
		};
	});
}

async function readTimeline(
	db: Kysely<Database>,
	show: ScopedShow,
	{ startAt, endAt }: { startAt: number; endAt: number },
	facts: {
		readonly moments: readonly Moment[];
		readonly counts: readonly ItemCounts[];
		readonly courses: readonly ItemCourse[];
	}
): Promise<Timeline> {
	const buckets = chooseBuckets(startAt, endAt);
	const titles = new Map(facts.counts.map((item) => [item.number, item.title]));
	return {
		startAt,
		endAt,
		stepMs: buckets.stepMs,
		buckets: await readBuckets(db, show, buckets),
		pauses: pausesOf(facts.moments),
		shown: facts.moments.flatMap((moment) =>
			moment.kind === 'item' && moment.action === 'shown'
				? [{ at: moment.at, item: moment.item, title: moment.title }]
				: []
		),
		soldOut: facts.courses
			.flatMap(({ item, soldOutAt }) =>
				soldOutAt.map((at) => ({ at, item, title: titles.get(item) ?? '' }))
			)
			.sort((a, b) => a.at - b.at || Number(a.item) - Number(b.item))
	};
}
