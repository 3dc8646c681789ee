import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createAppContext } from '../../src/lib/server/context.ts';
import type { CommentReply } from '../../src/lib/server/allocator/comment.ts';
import { answerRequests } from '../bench/helper-process.ts';
import { perSecond } from '../bench/rounds.ts';
import { benchConfig } from '../bench/workbench.ts';
import { Crowd } from './crowd.ts';
import { feederRequestSchema } from './feeder-messages.ts';
import type { FeederRequest, Sent } from './feeder-messages.ts';

/*
 * The process that sends the comments, as a channel does in a process of its own. Parameters: the Redis
 * URL, the Postgres URL, the show's id, how many items it has.
 */

const [redisUrl, databaseUrl, showId, items] = z
	.tuple([z.url(), z.url(), z.string(), z.coerce.number().int().positive()])
	.parse(process.argv.slice(2));

const IN_FLIGHT = 64;

const context = await createAppContext(benchConfig({ redisUrl, databaseUrl }, 'web'));
const crowd = new Crowd(items);
const closing = new AbortController();

class Tally {
	#comments = 0;
	#claims = 0;
	#passes = 0;
	readonly #startedAt = performance.now();

	async send(phase: 'backlog' | 'peak'): Promise<void> {
		const { outcome }: CommentReply = await context.comments.take(showId, crowd.next(phase));
		this.#comments++;
		if (outcome === 'winner' || outcome === 'waitlist') this.#claims++;
		if (outcome === 'pass') this.#passes++;
	}

	sent(): Sent {
		const seconds = (performance.now() - this.#startedAt) / 1_000;
		return {
			comments: this.#comments,
			claims: this.#claims,
			passes: this.#passes,
			perSecond: this.#comments / seconds
		};
	}
}

async function sendBacklog(comments: number): Promise<Sent> {
	const tally = new Tally();
	await perSecond(comments, IN_FLIGHT, () => tally.send('backlog'), closing.signal);
	return tally.sent();
}

async function sendPeak({ perSecond, seconds }: FeederRequest & { do: 'peak' }): Promise<Sent> {
	const tally = new Tally();
	const startedAt = performance.now();
	const total = Math.round(perSecond * seconds);
	const open = new Set<Promise<void>>();
	let sent = 0;
	while (sent < total) {
		closing.signal.throwIfAborted();
		const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond) + 1;
		for (; sent < Math.min(due, total); sent++) {
			// A comment that is refused ends this process, and with it the benchmark, with its reason.
			const taking = tally.send('peak').finally(() => open.delete(taking));
			open.add(taking);
		}
		await sleep(2);
	}
	await Promise.all(open);
	return tally.sent();
}

answerRequests(
	async (message) => {
		const request = feederRequestSchema.parse(message);
		return request.do === 'backlog' ? await sendBacklog(request.comments) : await sendPeak(request);
	},
	async () => {
		closing.abort(new Error('the benchmark has ended'));
		await context.close();
	}
);
