import { connectRedis } from '../../src/lib/server/redis/connections.ts';
import type { RedisClient } from '../../src/lib/server/redis/run-script.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import { COMMENT_SCRIPT } from '../../src/lib/server/allocator/comment.ts';
import type { IncomingComment } from '../../src/lib/server/allocator/comment.ts';
import {
	HOT_ITEM,
	forgetShow,
	hotClaims,
	manyItems,
	spreadClaim,
	startShow
} from './bench-shows.ts';
import { PostgresRival } from './postgres-rival.ts';
import { preparedArguments } from './prepared-claim.ts';
import { interleave, perSecond, ratio, spread } from './rounds.ts';
import type { Contender } from './rounds.ts';
import type { Spread } from './statistics.ts';
import type { Durability, Workbench } from './workbench.ts';

/** Comments that wait for their reply at any time, in one process. */
const IN_FLIGHT = 64;
/** Of 2, 4, 8, 16 and 32 connections, four gave one hot row the most claims per second on two cores. */
const HOT_CONNECTIONS = 4;
/** Of 4, 8, 16 and 32 connections, sixteen gave 200 rows the most. */
const SPREAD_CONNECTIONS = 16;
const SPREAD_ITEMS = 200;
/** What a call of a script costs that does nothing. */
const TRIVIAL_SCRIPT = 'return 1';

type Rival =
	| 'allocator'
	| 'evalsha'
	| 'trivial'
	| 'set'
	| 'forUpdate'
	| 'function'
	| 'allocatorSpread'
	| 'forUpdateSpread';

export type ClaimFigures = {
	/** Claims per second on one hot item. */
	readonly allocator: Spread;
	readonly evalsha: Spread;
	/** Calls per second of a script that does nothing, with a key and the comment. */
	readonly trivialEvalsha: Spread;
	/** SETs per second of the comment. */
	readonly set: Spread;
	readonly forUpdate: Spread;
	readonly forUpdateInFunction: Spread;
	/** Claims per second on 200 items. */
	readonly allocatorSpread: Spread;
	readonly forUpdateSpread: Spread;
	readonly claimVsEvalsha: Spread;
	readonly claimVsTrivialEvalsha: Spread;
	readonly claimVsSet: Spread;
	readonly claimVsForUpdate: Spread;
	readonly claimVsForUpdateSpread: Spread;
};

function requireOutcome(outcome: unknown): void {
	if (outcome === 'winner' || outcome === 'waitlist') return;
	throw new Error(`a claim of the benchmark ended as ${String(outcome)}`);
}

/** Through the allocator, as a channel feeds it: a new show in each turn. */
function allocator(
	{ context, workspaceId, signal }: Workbench,
	claims: readonly IncomingComment[],
	items: Readonly<Record<string, number>>
): Contender {
	return async () => {
		const showId = await startShow(context, workspaceId, items);
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
	};
}

/** The same script by bare EVALSHA, with arguments that were made before. */
async function bareEvalsha(
	{ context, workspaceId, signal }: Workbench,
	bare: RedisClient,
	claims: readonly IncomingComment[],
	items: Readonly<Record<string, number>>
): Promise<Contender> {
	const script = context.scripts.get(COMMENT_SCRIPT.name);
	if (!script) throw new Error('lua/comment.lua does not exist');
	await bare.script('LOAD', script.source);
	const lists = claims.map(preparedArguments);
	return async () => {
		const showId = await startShow(context, workspaceId, items);
		const keys = COMMENT_SCRIPT.keys.map((key) => showKey(showId, key));
		const figure = await perSecond(
			lists.length,
			IN_FLIGHT,
			(index) => bare.evalsha(script.sha, keys.length, ...keys, ...(lists[index] ?? [])),
			signal
		);
		await forgetShow(context, showId);
		return figure;
	};
}

/** Claims per second through the allocator, by bare commands, and in Postgres, taking turns. */
export async function benchClaims(bench: Workbench, durability: Durability): Promise<ClaimFigures> {
	const { context, signal } = bench;
	await bench.setDurability(durability);
	const bare = connectRedis(context.config.redis, 'commands', () => undefined);
	const hot = new PostgresRival(bench.postgresUrl(durability), HOT_CONNECTIONS);
	const spreadOut = new PostgresRival(bench.postgresUrl(durability), SPREAD_CONNECTIONS);
	try {
		await hot.createSchema();
		const claims = hotClaims(bench.quick ? 3_000 : 12_000);
		const spreadClaims = claims.map((_, index) => spreadClaim(index, SPREAD_ITEMS));
		const texts = claims.map((claim) => JSON.stringify(claim));
		const fewer = bench.quick ? 300 : 1_500;
		const hotItem = { [HOT_ITEM]: claims.length >> 1 };
		const sha = String(await bare.script('LOAD', TRIVIAL_SCRIPT));
		const bareCommand =
			(send: (key: string, text: string) => Promise<unknown>): Contender =>
			() =>
				perSecond(
					texts.length,
					IN_FLIGHT,
					(index) => send(`bench:{bare}:${index}`, texts[index] ?? ''),
					signal
				);
		const inPostgres =
			(rival: PostgresRival, how: 'claim' | 'claimByFunction', items: number): Contender =>
			async () => {
				const numbers = items === 1 ? [HOT_ITEM] : Object.keys(manyItems(items, 0));
				const count = items === 1 ? fewer : fewer * 2;
				const showId = await rival.startShow(numbers, Math.ceil(count / items / 2));
				return await perSecond(
					count,
					IN_FLIGHT,
					async (index) => {
						const comment = (items === 1 ? claims : spreadClaims)[index];
						const number = numbers[index % numbers.length];
						if (comment && number) requireOutcome(await rival[how](showId, number, comment));
					},
					signal
				);
			};

		const figures = await interleave<Rival>(
			new Map([
				['allocator', allocator(bench, claims, hotItem)],
				['evalsha', await bareEvalsha(bench, bare, claims, hotItem)],
				['trivial', bareCommand((key, text) => bare.evalsha(sha, 1, key, text))],
				['set', bareCommand((key, text) => bare.set(key, text))],
				['forUpdate', inPostgres(hot, 'claim', 1)],
				['function', inPostgres(hot, 'claimByFunction', 1)],
				['allocatorSpread', allocator(bench, spreadClaims, manyItems(SPREAD_ITEMS, 20))],
				['forUpdateSpread', inPostgres(spreadOut, 'claim', SPREAD_ITEMS)]
			]),
			signal
		);
		await bare.unlink(...texts.map((_, index) => `bench:{bare}:${index}`));
		return {
			allocator: spread(figures, 'allocator'),
			evalsha: spread(figures, 'evalsha'),
			trivialEvalsha: spread(figures, 'trivial'),
			set: spread(figures, 'set'),
			forUpdate: spread(figures, 'forUpdate'),
			forUpdateInFunction: spread(figures, 'function'),
			allocatorSpread: spread(figures, 'allocatorSpread'),
			forUpdateSpread: spread(figures, 'forUpdateSpread'),
			claimVsEvalsha: ratio(figures, 'allocator', 'evalsha'),
			claimVsTrivialEvalsha: ratio(figures, 'allocator', 'trivial'),
			claimVsSet: ratio(figures, 'allocator', 'set'),
			claimVsForUpdate: ratio(figures, 'allocator', 'forUpdate'),
			claimVsForUpdateSpread: ratio(figures, 'allocatorSpread', 'forUpdateSpread')
		};
	} finally {
		bare.disconnect();
		await hot.close();
		await spreadOut.close();
	}
}
