import { z } from 'zod';
import { COMMENT_SCRIPT } from '../../src/lib/server/allocator/comment.ts';
import { comment, forgetShow, manyItems, mixedComment, startShow } from './bench-shows.ts';
import { interleave, perSecond, ratio, spread } from './rounds.ts';
import type { Spread } from './statistics.ts';
import type { Workbench } from './workbench.ts';

const FEW_COMMENTS = 1_000;
const IN_FLIGHT = 64;
const ITEMS = 50;
/** Every fourth comment claims something, in the show so far and in what is measured: so queues grow too. */
const CLAIM_EVERY = 4;

export type GrowthFigures = {
	readonly fewComments: number;
	readonly manyComments: number;
	/** What the script takes for one claim inside the server, microseconds. */
	readonly fewMicroseconds: Spread;
	readonly manyMicroseconds: Spread;
	/** Cost per claim with many comments ÷ with few. */
	readonly growth: Spread;
};

const evalshaSchema = z.coerce.number();

/** Runs `work` and returns what the server's EVALSHA calls took in it on average, microseconds. */
async function scriptMicroseconds(
	{ context }: Workbench,
	work: () => Promise<unknown>
): Promise<number> {
	await context.redis.config('RESETSTAT');
	await work();
	const statistics = await context.redis.info('commandstats');
	const found = /cmdstat_evalsha:.*?usec_per_call=([\d.]+)/.exec(statistics);
	return evalshaSchema.parse(found?.[1]);
}

/**
 * What a claim costs with few and with many earlier comments in the show. Measured inside the server:
 * from outside, the client's share, which is the same for both, would hide half of any growth.
 */
export async function benchGrowth(bench: Workbench): Promise<GrowthFigures> {
	const { context, signal, workspaceId } = bench;
	const manyComments = bench.quick ? 50_000 : 1_000_000;
	const measured = bench.quick ? 1_000 : 2_000;
	await bench.setDurability('relaxed');
	if (!context.scripts.has(COMMENT_SCRIPT.name)) throw new Error('lua/comment.lua does not exist');

	const items = manyItems(ITEMS, 20);
	const fill = async (count: number): Promise<string> => {
		const showId = await startShow(context, workspaceId, items);
		const take = (index: number): Promise<unknown> =>
			context.comments.take(showId, mixedComment(index, CLAIM_EVERY, ITEMS));
		await perSecond(count, IN_FLIGHT, take, signal);
		return showId;
	};
	// Numbers of comments go on where the show's end, so that every one is a new buyer's.
	let taken = manyComments;
	const claims = (showId: string): Promise<number> => {
		const from = taken;
		taken += measured;
		const take = (index: number): Promise<unknown> =>
			context.comments.take(showId, comment(from + index, `sold ${(index % ITEMS) + 1}`));
		return scriptMicroseconds(bench, () => perSecond(measured, IN_FLIGHT, take, signal));
	};

	const large = await fill(manyComments);
	const figures = await interleave<'few' | 'many'>(
		new Map([
			['many', () => claims(large)],
			[
				'few',
				async () => {
					const small = await fill(FEW_COMMENTS);
					const figure = await claims(small);
					await forgetShow(context, small);
					return figure;
				}
			]
		]),
		signal
	);
	await forgetShow(context, large);
	return {
		fewComments: FEW_COMMENTS,
		manyComments,
		fewMicroseconds: spread(figures, 'few'),
		manyMicroseconds: spread(figures, 'many'),
		growth: ratio(figures, 'many', 'few')
	};
}
