import { mixedComment, startShow } from './bench-shows.ts';
import { FanoutSide } from './fanout-side.ts';
import type { Growth, Turn } from './fanout-side.ts';
import { RELAY_CHANNEL } from './latency-messages.ts';
import { interleave } from './rounds.ts';
import type { Spread } from './statistics.ts';
import { pairedRatio, spreadOf } from './statistics.ts';
import type { Workbench } from './workbench.ts';

const SUBSCRIBERS = [1_000, 5_000, 10_000] as const;
const QUICK_SUBSCRIBERS = [200, 1_000] as const;
/** Deliveries of one turn: so many that it takes a second or two. */
const DELIVERIES = 50_000;
const QUICK_DELIVERIES = 10_000;

export type FanoutSideFigures = {
	/** Deliveries: a message to ten subscribers is ten. */
	readonly messagesPerSecond: Spread;
	/** What the serving process worked for one delivery, microseconds. */
	readonly cpuMicroseconds: Spread;
	/** What the serving process grew by for each connection. */
	readonly connection: Growth;
};

export type FanoutSizeFigures = {
	readonly subscribers: number;
	readonly product: FanoutSideFigures;
	readonly bare: FanoutSideFigures;
	readonly fanoutVsBare: Spread;
	/** CPU of a delivery, product ÷ bare. */
	readonly cpuVsBare: Spread;
};

/** The figures of the largest number of subscribers, and those of each. */
export type FanoutFigures = FanoutSizeFigures & { readonly sizes: readonly FanoutSizeFigures[] };

function summary(turns: readonly Turn[], connection: Growth): FanoutSideFigures {
	return {
		messagesPerSecond: spreadOf(turns.map((turn) => turn.messagesPerSecond)),
		cpuMicroseconds: spreadOf(turns.map((turn) => turn.cpuMicroseconds)),
		connection
	};
}

/**
 * One show's messages to thousands of consoles: comment by comment, each once the one before has reached
 * everybody. The product takes it from the published event to each console's socket (hub, tRPC); the bare
 * writer sends the same bytes to as many sockets with `ws`, and nothing else. Each side has a process
 * that serves and one that holds the subscribers.
 */
export async function benchFanout(bench: Workbench): Promise<FanoutFigures> {
	const { context, signal, workspaceId } = bench;
	await bench.setDurability('relaxed');
	const showId = await startShow(context, workspaceId, { 1: 20 });
	const product = new FanoutSide(bench, 'web', showId);
	const bare = new FanoutSide(bench, 'relay', null);
	let sent = 0;
	const send = (): Promise<unknown> =>
		context.comments.take(showId, mixedComment(++sent, Infinity, 1));
	try {
		await product.open();
		await bare.open();
		const sizes: FanoutSizeFigures[] = [];
		for (const subscribers of bench.quick ? QUICK_SUBSCRIBERS : SUBSCRIBERS) {
			signal.throwIfAborted();
			const productGrowth = await product.connect(subscribers);
			const bareGrowth = await bare.connect(subscribers);
			const messages = (bench.quick ? QUICK_DELIVERIES : DELIVERIES) / subscribers;
			await product.deliver(1, send);
			const repeat = (): Promise<unknown> => context.redis.publish(RELAY_CHANNEL, product.example);
			const figures = await interleave<'product' | 'bare', Turn>(
				new Map([
					['product', () => product.deliver(messages, send)],
					['bare', () => bare.deliver(messages, repeat)]
				]),
				signal
			);
			const turns = figures.get('product') ?? [];
			const bareTurns = figures.get('bare') ?? [];
			const compare = (figure: keyof Turn): Spread =>
				pairedRatio(
					turns.map((turn) => turn[figure]),
					bareTurns.map((turn) => turn[figure])
				);
			sizes.push({
				subscribers,
				product: summary(turns, productGrowth),
				bare: summary(bareTurns, bareGrowth),
				fanoutVsBare: compare('messagesPerSecond'),
				cpuVsBare: compare('cpuMicroseconds')
			});
		}
		const largest = sizes.at(-1);
		if (!largest) throw new Error('no number of subscribers was measured');
		return { ...largest, sizes };
	} finally {
		await product.close();
		await bare.close();
	}
}
