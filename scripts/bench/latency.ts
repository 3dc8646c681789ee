import { join } from 'node:path';
import { manyItems, startShow } from './bench-shows.ts';
import type { HelperProcess } from './helper-process.ts';
import { startHelper } from './helper-process.ts';
import type { Latency, ServerRequest } from './latency-messages.ts';
import {
	connectedSchema,
	cookiesSchema,
	endpointSchema,
	latencySchema
} from './latency-messages.ts';
import type { Spread } from './statistics.ts';
import { pairedRatio, spreadOf } from './statistics.ts';
import type { Durability, Workbench } from './workbench.ts';

const SUBSCRIBERS = 50;
/** The ratio of the result is taken at the pace of a very large show, the second one. */
const PACES = [100, 1_000, 5_000] as const;
const ITEMS = 50;
/** More and shorter rounds than elsewhere: a p99 is spoilt by a single pause of a shared machine. */
const LATENCY_ROUNDS = 7;
const ROUND_SECONDS = 1;
const QUICK_ROUND_SECONDS = 0.3;

type Side = 'product' | 'relay';

type SideFigures = { readonly p50Ms: Spread; readonly p99Ms: Spread };

export type PaceFigures = {
	readonly commentsPerSecond: number;
	readonly product: SideFigures;
	readonly relay: SideFigures;
	readonly latencyP99VsRelay: Spread;
};

/** The figures at 1,000 comments a second, and those at each pace. */
export type LatencyFigures = PaceFigures & {
	readonly rounds: number;
	readonly subscribers: number;
	readonly paces: readonly PaceFigures[];
};

function summary(rounds: readonly Latency[]): SideFigures {
	return {
		p50Ms: spreadOf(rounds.map(({ p50Ms }) => p50Ms)),
		p99Ms: spreadOf(rounds.map(({ p99Ms }) => p99Ms))
	};
}

async function measure(
	bench: Workbench,
	client: HelperProcess,
	commentsPerSecond: number
): Promise<PaceFigures> {
	const seconds = bench.quick ? QUICK_ROUND_SECONDS : ROUND_SECONDS;
	const rounds: Record<Side, Latency[]> = { product: [], relay: [] };
	for (let index = 0; index <= LATENCY_ROUNDS; index++) {
		// The product goes first in the round that warms up: the relay sends what it published.
		const order: readonly Side[] = index % 2 === 0 ? ['product', 'relay'] : ['relay', 'product'];
		for (const side of order) {
			bench.signal.throwIfAborted();
			const request = { do: 'run', side, seconds, commentsPerSecond };
			const latency = await client.ask(request, latencySchema);
			if (index > 0) rounds[side].push(latency);
		}
	}
	return {
		commentsPerSecond,
		product: summary(rounds.product),
		relay: summary(rounds.relay),
		latencyP99VsRelay: pairedRatio(
			rounds.product.map(({ p99Ms }) => p99Ms),
			rounds.relay.map(({ p99Ms }) => p99Ms)
		)
	};
}

/**
 * From a comment's sending to its arrival at each of 50 subscribers, through the product (intake, script,
 * hub, tRPC over WebSocket, with history being written meanwhile) and through a bare relay (PUBLISH,
 * SUBSCRIBE, `ws`) of the same bytes at the same pace. Three processes: this one only directs; one
 * holds the sockets' server ends, one sends and receives.
 */
export async function benchLatency(
	bench: Workbench,
	durability: Durability
): Promise<LatencyFigures> {
	const { redisUrl, databaseUrl } = bench.services;
	await bench.setDurability(durability);
	const file = (name: string): string => join(import.meta.dirname, name);
	const helpers: HelperProcess[] = [];
	const start = (name: string, ...parameters: string[]): HelperProcess => {
		const helper = startHelper(file(name), [...parameters, redisUrl, databaseUrl]);
		helpers.push(helper);
		return helper;
	};
	try {
		const product = start('latency-server.ts', 'all');
		const relay = start('latency-server.ts', 'relay');
		const client = start('latency-client.ts');
		const { workspaceId } = bench;
		const members = { do: 'members', workspaceId, count: 1 } satisfies ServerRequest;
		const [cookie] = await product.ask(members, cookiesSchema);
		const showId = await startShow(bench.context, workspaceId, manyItems(ITEMS, 20));
		const endpoint = { do: 'endpoint' } satisfies ServerRequest;
		const connect = {
			do: 'connect',
			productUrl: (await product.ask(endpoint, endpointSchema)).url,
			cookie,
			relayUrl: (await relay.ask(endpoint, endpointSchema)).url,
			showId,
			subscribers: SUBSCRIBERS
		};
		await client.ask(connect, connectedSchema);
		const paces: PaceFigures[] = [];
		for (const pace of PACES) paces.push(await measure(bench, client, pace));
		const [, main] = paces;
		if (!main) throw new Error('no pace was measured');
		return { ...main, rounds: LATENCY_ROUNDS, subscribers: SUBSCRIBERS, paces };
	} finally {
		for (const helper of helpers.reverse()) await helper.stop();
	}
}
