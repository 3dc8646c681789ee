import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { ReaderPosition, ShowEvent } from '../../src/lib/domain/events.ts';
import { canonicalState } from '../../src/lib/domain/canonical-state.ts';
import { parsePosition } from '../../src/lib/domain/events.ts';
import { applyToLiveShow, fromSnapshot } from '../../src/lib/domain/live-show.ts';
import type { LiveShow } from '../../src/lib/domain/live-show.ts';
import type { ItemClaims, ShowState } from '../../src/lib/domain/show-state.ts';
import { readEvents } from '../../src/lib/server/allocator/event-stream.ts';
import { readLiveState } from '../../src/lib/server/allocator/live-state.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { AppError } from '../../src/lib/server/errors.ts';
import { stateDigest } from '../../src/lib/server/history/digest.ts';
import type { LiveFeed } from '../../src/lib/server/realtime/hub-types.ts';
import { SHOW_KEYS, showKey } from '../../src/lib/server/redis/keys.ts';
import { emptyRedis } from './redis-nodes.ts';

/** The show's state in Redis; fails the test when Redis does not hold it. */
export async function liveState(app: AppContext, showId: string): Promise<ShowState> {
	const live = await readLiveState(app.redis, app.scripts, showId);
	if (!live) throw new Error(`Redis does not hold show ${showId}`);
	return live.state;
}

/** Winners and queue of an item as user ids, in order. */
export async function holders(
	app: AppContext,
	showId: string,
	number = '12'
): Promise<{ winners: string[]; waitlist: string[] }> {
	const item: Partial<ItemClaims> = (await liveState(app, showId)).items.get(number) ?? {};
	return {
		winners: (item.winners ?? []).map((claim) => claim.buyer.userId),
		waitlist: (item.waitlist ?? []).map((claim) => claim.buyer.userId)
	};
}

/** The events that a call appended to the stream. */
export async function eventsOf(
	app: AppContext,
	showId: string,
	call: () => Promise<unknown>
): Promise<ShowEvent[]> {
	const { seq } = await liveState(app, showId);
	await call();
	return await readEvents(app.redis, showId, seq + 1, 10_000);
}

/** Expects the call to be refused with the code, and nothing of the show to have changed. */
export async function expectRefusal(
	app: AppContext,
	showId: string,
	code: string,
	call: () => Promise<unknown>
): Promise<AppError> {
	const before = await liveState(app, showId);
	const refusal = await call().then(
		() => null,
		(error: unknown) => error
	);
	if (!(refusal instanceof AppError)) throw new Error(`not refused with ${code}: ${refusal}`);
	expect(refusal.code).toBe(code);
	const after = await liveState(app, showId);
	expect({ seq: after.seq, digest: stateDigest(after) }).toEqual({
		seq: before.seq,
		digest: stateDigest(before)
	});
	return refusal;
}

/** Expects log, Redis and Postgres to hold the same facts. */
export function expectAgreement(digests: Record<string, string | null>): void {
	expect(Object.values(digests)).not.toContain(null);
	expect(new Set(Object.values(digests)).size, JSON.stringify(digests)).toBe(1);
}

/** A show's keys as they are now, for bringing back a Redis that is in an older state. */
export async function copyShow(app: AppContext, showId: string): Promise<() => Promise<void>> {
	const keys = SHOW_KEYS.map((key) => showKey(showId, key));
	const dumps = await Promise.all(keys.map((key) => app.redis.dumpBuffer(key)));
	return async () => {
		for (const [index, key] of keys.entries()) {
			await app.redis.del(key);
			const dump = dumps[index];
			if (dump) await app.redis.restore(key, 0, dump);
		}
	};
}

/** Redis loses the show, and with it everything else of this test. */
export async function loseRedis(app: AppContext): Promise<void> {
	await emptyRedis(app.redis);
}

export async function until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
	const deadline = performance.now() + 40_000;
	while (!(await check())) {
		if (performance.now() > deadline) throw new Error(`this never came: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 2));
	}
}

export function randomShowId(): string {
	return randomUUID();
}

/** A console: subscribes, folds what it gets, and can be cut off and resume where it was. */
export class Watcher {
	readonly #showId: string;
	#live: LiveFeed;
	#stop = new AbortController();
	#reading: Promise<void> = Promise.resolve();
	show: LiveShow | null = null;
	/** Where it would resume. */
	position: ReaderPosition | null = null;
	snapshots = 0;
	/** Seqs of the events it got, in order, since its last snapshot. */
	seqs: number[] = [];
	events: ShowEvent[] = [];

	constructor(live: LiveFeed, showId: string) {
		this.#live = live;
		this.#showId = showId;
	}

	get seq(): number {
		return this.show?.state.seq ?? this.position?.seq ?? -1;
	}

	/** Connects, through another process when one is given, and returns after the first message. */
	async connect(live: LiveFeed = this.#live): Promise<this> {
		this.#live = live;
		this.#stop = new AbortController();
		let first: () => void = () => undefined;
		let fail: (error: unknown) => void = () => undefined;
		const started = new Promise<void>((resolve, reject) => {
			first = resolve;
			fail = reject;
		});
		this.#reading = this.#read(first);
		this.#reading.catch(fail);
		await started;
		return this;
	}

	/** Hangs up as a browser does, wherever it is. */
	async cut(): Promise<void> {
		this.#stop.abort();
		await this.#reading;
	}

	async reaches(seq: number): Promise<void> {
		await until(`event ${seq} at a console that stands at ${this.seq}`, () => this.seq >= seq);
	}

	/** It gets to where Redis is, and its state is then that of Redis and of a console that joins. */
	async expectUpToDate(app: AppContext): Promise<void> {
		const live = await liveState(app, this.#showId);
		await until(
			`${live.epoch}:${live.seq} at a console that stands at ${this.show?.state.epoch}:${this.seq}`,
			() => this.show?.state.epoch === live.epoch && this.seq >= live.seq
		);
		const state = this.show?.state;
		expect(state && canonicalState(state)).toBe(canonicalState(live));
		expect(state).toEqual(fromSnapshot(await this.#live.snapshot(this.#showId), 400).state);
	}

	async #read(first: () => void): Promise<void> {
		const batches = this.#live.subscribe(this.#showId, {
			resumeFrom: this.position,
			signal: this.#stop.signal
		});
		for await (const { id, message } of batches) {
			if (message.kind === 'snapshot') {
				// As it comes over the wire: nothing is shared with the server.
				this.show = fromSnapshot(structuredClone(message.snapshot), 400);
				this.snapshots++;
				this.seqs = [];
			} else {
				for (const event of message.events) {
					if (this.show && !applyToLiveShow(this.show, event)) {
						throw new Error(`event ${event.id} came twice`);
					}
					this.seqs.push(event.seq);
					this.events.push(event);
				}
			}
			this.position = parsePosition(id);
			first();
		}
	}
}
