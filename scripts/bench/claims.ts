import { randomUUID } from 'node:crypto';
import { buyerKey } from '../../src/lib/domain/buyer.ts';
import { COMMENT_SCRIPT, commentKey } from '../../src/lib/server/allocator/comment.ts';
import type { IncomingComment } from '../../src/lib/server/allocator/comment.ts';
import { connectRedis } from '../../src/lib/server/redis/connections.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import { HOT_ITEM, WORDS, forgetShow, hotClaims, startShow } from './bench-shows.ts';
import { PostgresRival } from './postgres-rival.ts';
import { interleave, perSecond, ratio, spread } from './rounds.ts';
import type { Spread } from './statistics.ts';
import type { Durability, Workbench } from './workbench.ts';

/** Comments that wait for their reply at any time, in one process. */
const IN_FLIGHT = 64;
/** Of 2, 4, 8, 16 and 32 connections, four gave one hot row the most claims per second on two cores. */
const POSTGRES_CONNECTIONS = 4;

type Rival = 'allocator' | 'evalsha' | 'forUpdate' | 'function';

export type ClaimFigures = {
	/** Claims per second on one hot item. */
	readonly allocator: Spread;
	readonly evalsha: Spread;
	readonly forUpdate: Spread;
	readonly forUpdateInFunction: Spread;
	readonly claimVsEvalsha: Spread;
	readonly claimVsForUpdate: Spread;
};

/** The arguments that the allocator would give the script for this claim, ready made. */
function preparedArguments(comment: IncomingComment): string[] {
	const { platform, liveId, commentId = null, postedAt = null, userId, text } = comment;
	const handle = comment.userHandle;
	const displayName = comment.userDisplayName ?? null;
	const key = buyerKey(platform, userId ?? '');
	return [
		'',
		'0',
		commentKey(platform, commentId ?? ''),
		JSON.stringify({
			platform,
			liveId,
			commentId,
			postedAt,
			userId,
			handle,
			displayName,
			fromPage: false,
			text
		}),
		'claim',
		HOT_ITEM,
		WORDS.claimWord,
		WORDS.passWord,
		JSON.stringify({ key, platform, userId, handle, displayName }),
		key,
		randomUUID()
	];
}

function requireOutcome(outcome: unknown): void {
	if (outcome === 'winner' || outcome === 'waitlist') return;
	throw new Error(`a claim of the benchmark ended as ${String(outcome)}`);
}

/** Claims per second through the allocator, by bare EVALSHA, and in Postgres, taking turns. */
export async function benchClaims(bench: Workbench, durability: Durability): Promise<ClaimFigures> {
	const { context, signal } = bench;
	await bench.setDurability(durability);
	const script = context.scripts.get(COMMENT_SCRIPT.name);
	if (!script) throw new Error('lua/comment.lua does not exist');
	const bare = connectRedis(context.config.redis, 'commands', () => undefined);
	const postgres = new PostgresRival(bench.postgresUrl(durability), POSTGRES_CONNECTIONS);
	try {
		await postgres.createSchema();
		await bare.script('LOAD', script.source);
		const claims = hotClaims(bench.quick ? 3_000 : 12_000);
		const argumentLists = claims.map(preparedArguments);
		const fewer = claims.slice(0, bench.quick ? 300 : 1_500);
		const half = Math.floor(claims.length / 2);
		const open = (): Promise<string> => startShow(context, bench.workspaceId, { [HOT_ITEM]: half });

		const figures = await interleave<Rival>(
			new Map([
				[
					'allocator',
					async () => {
						const showId = await open();
						const figure = await perSecond(
							claims.length,
							IN_FLIGHT,
							async (index) => {
								const claim = claims[index];
								if (claim) requireOutcome((await context.comments.take(showId, claim)).outcome);
							},
							signal
						);
						await forgetShow(context, showId);
						return figure;
					}
				],
				[
					'evalsha',
					async () => {
						const showId = await open();
						const keys = COMMENT_SCRIPT.keys.map((key) => showKey(showId, key));
						const figure = await perSecond(
							argumentLists.length,
							IN_FLIGHT,
							(index) =>
								bare.evalsha(script.sha, keys.length, ...keys, ...(argumentLists[index] ?? [])),
							signal
						);
						await forgetShow(context, showId);
						return figure;
					}
				],
				[
					'forUpdate',
					async () => {
						const showId = await postgres.startShow(HOT_ITEM, fewer.length >> 1);
						const claim = async (index: number): Promise<void> => {
							const comment = fewer[index];
							if (comment) requireOutcome(await postgres.claim(showId, HOT_ITEM, comment));
						};
						return await perSecond(fewer.length, IN_FLIGHT, claim, signal);
					}
				],
				[
					'function',
					async () => {
						const showId = await postgres.startShow(HOT_ITEM, fewer.length >> 1);
						const claim = async (index: number): Promise<void> => {
							const comment = fewer[index];
							if (comment)
								requireOutcome(await postgres.claimByFunction(showId, HOT_ITEM, comment));
						};
						return await perSecond(fewer.length, IN_FLIGHT, claim, signal);
					}
				]
			]),
			signal
		);
		return {
			allocator: spread(figures, 'allocator'),
			evalsha: spread(figures, 'evalsha'),
			forUpdate: spread(figures, 'forUpdate'),
			forUpdateInFunction: spread(figures, 'function'),
			claimVsEvalsha: ratio(figures, 'allocator', 'evalsha'),
			claimVsForUpdate: ratio(figures, 'allocator', 'forUpdate')
		};
	} finally {
		bare.disconnect();
		await postgres.close();
	}
}
