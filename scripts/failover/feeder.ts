import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingComment } from '../../src/lib/server/allocator/comment.ts';
import type { AppContext } from '../../src/lib/server/context.ts';

/** Pause before a comment that was not taken is delivered again, as platforms do. */
const REDELIVERY_MS = 50;
const TICK_MS = 2;

export type Delivery = {
	readonly comment: IncomingComment & { readonly commentId: string };
	/** When it was acknowledged, `performance.now()`; null while it is not. */
	acknowledgedAt: number | null;
};

/**
 * Comments at an even pace through several processes in turn, each delivered until it is acknowledged.
 * One in three claims, one in ten passes.
 */
export class Feeder {
	readonly deliveries: Delivery[] = [];
	readonly #showId: string;
	readonly #processes: readonly AppContext[];
	readonly #items: number;
	readonly #pending = new Set<Promise<void>>();
	#refused = 0;
	#running: Promise<void> | null = null;
	#stopped = false;
	#abandoned = false;

	constructor(options: {
		readonly showId: string;
		readonly processes: readonly AppContext[];
		readonly items: number;
	}) {
		this.#showId = options.showId;
		this.#processes = options.processes;
		this.#items = options.items;
	}

	/** How many deliveries failed and were made again. */
	get refused(): number {
		return this.#refused;
	}

	start(commentsPerSecond: number): void {
		this.#running = this.#feed(commentsPerSecond);
	}

	/** Sends no more, and waits until all that was sent is acknowledged. */
	async stop(): Promise<void> {
		this.#stopped = true;
		await this.#running;
		await Promise.all(this.#pending);
	}

	/** Sends no more, and gives up what is not acknowledged. */
	async abandon(): Promise<void> {
		this.#abandoned = true;
		await this.stop();
	}

	/** Delivers a comment once more, as a platform that is read again from the start does. */
	async deliverAgain({ comment }: Delivery): Promise<void> {
		await this.#processes[0]?.comments.take(this.#showId, comment);
	}

	async #feed(commentsPerSecond: number): Promise<void> {
		const startedAt = performance.now();
		while (!this.#stopped) {
			const due = Math.floor(((performance.now() - startedAt) / 1_000) * commentsPerSecond) + 1;
			while (this.deliveries.length < due && !this.#stopped) this.#send();
			await sleep(TICK_MS);
		}
	}

	#send(): void {
		const index = this.deliveries.length;
		const delivery: Delivery = { comment: this.#comment(index), acknowledgedAt: null };
		this.deliveries.push(delivery);
		const sent = this.#deliver(index, delivery).finally(() => this.#pending.delete(sent));
		this.#pending.add(sent);
	}

	async #deliver(index: number, delivery: Delivery): Promise<void> {
		for (let attempt = index; !this.#abandoned; attempt++) {
			const process = this.#processes[attempt % this.#processes.length];
			if (!process) throw new Error('nobody takes comments');
			try {
				await process.comments.take(this.#showId, delivery.comment);
				delivery.acknowledgedAt = performance.now();
				return;
			} catch {
				this.#refused++;
				await sleep(REDELIVERY_MS);
			}
		}
	}

	#comment(index: number): Delivery['comment'] {
		const item = (index % this.#items) + 1;
		// Every viewer speaks several times, so that a pass finds what it gives up.
		const viewer = `viewer-${index % 97}`;
		const text = index % 10 === 9 ? `pass ${item}` : index % 3 === 0 ? `sold ${item}` : 'lovely';
		return {
			platform: 'facebook',
			liveId: 'live',
			commentId: `c${index}`,
			userId: viewer,
			userHandle: viewer,
			text
		};
	}
}
