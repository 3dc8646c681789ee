import { join } from 'node:path';
import { startShow } from './bench-shows.ts';
import type { HelperProcess } from './helper-process.ts';
import { startHelper } from './helper-process.ts';
import type { Latency } from './latency-messages.ts';
import { connectedSchema, endpointSchema, latencySchema } from './latency-messages.ts';
import type { Spread } from './statistics.ts';
import { pairedRatio, spreadOf } from './statistics.ts';
import type { Durability, Workbench } from './workbench.ts';

const SUBSCRIBERS = 50;
const COMMENTS_PER_SECOND = 1_000;
const ITEMS = 50;
/** More and shorter rounds than elsewhere: a p99 is spoilt by a single pause of a shared machine. */
const LATENCY_ROUNDS = 9;
const ROUND_SECONDS = 2;
const QUICK_ROUND_SECONDS = 0.5;

type Side = 'product' | 'relay';

type SideFigures = { readonly p50Ms: Spread; readonly p99Ms: Spread };

export type LatencyFigures = {
	readonly rounds: number;
	readonly subscribers: number;
	readonly commentsPerSecond: number;
	readonly product: SideFigures;
	readonly relay: SideFigures;
	readonly latencyP99VsRelay: Spread;
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
	seconds: number
): Promise<Record<Side, Latency[]>> {
	const rounds: Record<Side, Latency[]> = { product: [], relay: [] };
	for (let index = 0; index <= LATENCY_ROUNDS; index++) {
		// The product goes first in the round that warms up: the relay sends what it published.
		const order: readonly Side[] = index % 2 === 0 ? ['product', 'relay'] : ['relay', 'product'];
		for (const side of order) {
			bench.signal.throwIfAborted();
			const request = { do: 'run', side, seconds, commentsPerSecond: COMMENTS_PER_SECOND };
			const latency = await client.ask(request, latencySchema);
			if (index > 0) rounds[side].push(latency);
		}
	}
	return rounds;
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
		const product = await start('latency-server.ts', 'product').ask({}, endpointSchema);
		const relay = await start('latency-server.ts', 'relay').ask({}, endpointSchema);
		const client = start('latency-client.ts');
		const items = Object.fromEntries(Array.from({ length: ITEMS }, (_, item) => [item + 1, 20]));
		const workspaceId = product.member?.workspaceId ?? bench.workspaceId;
		const showId = await startShow(bench.context, workspaceId, items);
		const connect = { do: 'connect', product, relay, showId, subscribers: SUBSCRIBERS };
		await client.ask(connect, connectedSchema);
		const seconds = bench.quick ? QUICK_ROUND_SECONDS : ROUND_SECONDS;
		const rounds = await measure(bench, client, seconds);
		return {
			rounds: LATENCY_ROUNDS,
			subscribers: SUBSCRIBERS,
			commentsPerSecond: COMMENTS_PER_SECOND,
			product: summary(rounds.product),
			relay: summary(rounds.relay),
			latencyP99VsRelay: pairedRatio(
				rounds.product.map(({ p99Ms }) => p99Ms),
				rounds.relay.map(({ p99Ms }) => p99Ms)
			)
		};
	} finally {
		for (const helper of helpers.reverse()) await helper.stop();
	}
}
