import { setTimeout as sleep } from 'node:timers/promises';
import { logsAside } from '../../src/lib/server/history/forked-log.ts';
import { readLiveLog } from '../../src/lib/server/history/live-log.ts';
import { persistedPosition } from '../../src/lib/server/history/postgres-state.ts';
import { JOBS_PREFIX, showKey } from '../../src/lib/server/redis/keys.ts';
import type { Console } from './load/console.ts';
import type { TargetShow } from './load/target-show.ts';
import type { Stage } from './stage/stage.ts';

/** Longer than every lock, lease, retry and sweep of the product. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 50;

/**
 * Waits until nothing is on its way any more: webhooks are routed, inboxes fed, logs that were put aside
 * taken in, Postgres has the logs, and consoles stand where Redis does. Returns what is still on its way
 * when it takes too long, else null.
 */
export async function comeToRest(
	stage: Stage,
	shows: readonly TargetShow[],
	consoles: readonly { readonly showId: string; readonly console: Console }[],
	signal: AbortSignal
): Promise<string | null> {
	const deadline = performance.now() + PATIENCE_MS;
	let calm = 0;
	for (;;) {
		signal.throwIfAborted();
		const busy = await whatIsUnderWay(stage, shows, consoles).catch(
			(error: unknown) => `not to be looked at: ${String(error)}`
		);
		// Twice, since between two looks something may have moved on from one place to the next.
		calm = busy === null ? calm + 1 : 0;
		if (calm === 2) return null;
		if (performance.now() > deadline) return busy;
		await sleep(LOOK_MS);
	}
}

async function whatIsUnderWay(
	stage: Stage,
	shows: readonly TargetShow[],
	consoles: readonly { readonly showId: string; readonly console: Console }[]
): Promise<string | null> {
	const { redis, db } = stage.observer;
	const queue = `${JOBS_PREFIX}:webhooks`;
	const jobs =
		(await redis.llen(`${queue}:wait`)) +
		(await redis.llen(`${queue}:active`)) +
		(await redis.zcard(`${queue}:delayed`));
	if (jobs > 0) return `${jobs} webhooks are under way`;
	for (const { id } of shows) {
		const waiting = await redis.hlen(showKey(id, 'inbox'));
		if (waiting > 0) return `${waiting} comments wait in the inbox of ${id}`;
		const aside = await logsAside(redis, id);
		if (aside.length > 0) return `${aside.length} logs of ${id} lie aside`;
		const cursor = await persistedPosition(db, id);
		const live = await readLiveLog(redis, id);
		if (!cursor || !live) return `Redis does not hold ${id}`;
		const isPersisted = live.seq === cursor.seq && live.persistedSeq === cursor.seq;
		if (!isPersisted || live.epoch !== cursor.epoch) {
			return `${id}: Redis is at ${live.epoch}:${live.seq} (persisted ${live.persistedSeq}), Postgres at ${cursor.epoch}:${cursor.seq}`;
		}
		for (const { showId, console } of consoles) {
			const { position } = console;
			if (showId !== id || (position?.epoch === live.epoch && position.seq === live.seq)) continue;
			if (console.fault !== '') continue;
			return `${console.name} is at ${position?.epoch}:${position?.seq}, not ${live.epoch}:${live.seq}`;
		}
	}
	return null;
}
