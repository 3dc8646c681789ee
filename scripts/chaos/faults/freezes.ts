import { setTimeout as sleep } from 'node:timers/promises';
import { readLiveLog } from '../../../src/lib/server/history/live-log.ts';
import { persistedPosition } from '../../../src/lib/server/history/postgres-state.ts';
import type { TargetShow } from '../load/target-show.ts';
import type { AppProcess } from '../stage/app-process.ts';
import type { Stage } from '../stage/stage.ts';
import { always, never } from './fault.ts';
import type { Fault } from './fault.ts';
import { until } from './until.ts';

/** Longer than the leases and job locks of a worker (6 s, jobs/take-over.ts). */
const PAST_ITS_LOCK_MS = 7_500;
/** How long a worker may take to come to the failpoint. */
const CHANCE_MS = 3_000;
/** How long a worker may take to get on with a batch that it had read. */
const GO_ON_MS = 3_000;

const POINT = 'batch-read';

/** A process that the kernel does not run for a while, and that goes on as if nothing had been. */
export const FREEZES: readonly Fault[] = [
	{
		name: 'worker-freeze',
		parts: ['worker'],
		loses: never,
		async strike({ stage, random }) {
			const worker = random.pick(stage.workers);
			worker.freeze();
			await sleep(PAST_ITS_LOCK_MS);
			worker.thaw();
			return `froze ${worker.name}`;
		}
	},
	{
		name: `freeze-at:${POINT}`,
		parts: ['web', 'worker', 'redis'],
		loses: always,
		async strike({ stage, shows }) {
			const { workers } = stage;
			// Both: what the other one persisted under the new epoch would stand in the way of the old events.
			for (const worker of workers) worker.armFreeze(POINT);
			try {
				const frozen = await until(CHANCE_MS, () =>
					workers.find((worker) => worker.isFrozenAt(POINT))
				);
				if (!frozen) return 'missed';
				const frozenAt = performance.now();
				await stage.redis.command('FLUSHALL');
				const wentOn = async () => (await showsThatWentOn(stage, shows)).length;
				await until(PAST_ITS_LOCK_MS, async () => (await wentOn()) === shows.length);
				await sleep(Math.max(0, frozenAt + PAST_ITS_LOCK_MS - performance.now()));
				const note = `froze ${frozen.name}, ${await wentOn()} of ${shows.length} shows went on`;
				await thawFirst(frozen, stage, shows);
				return note;
			} finally {
				for (const worker of workers) {
					worker.disarm(POINT);
					worker.thaw();
				}
			}
		}
	}
];

/**
 * Those that Redis holds again, under the epoch that Postgres goes by, with more than Postgres has. A show may
 * have to wait: the frozen worker was just then in a transaction of it.
 */
async function showsThatWentOn(
	{ observer }: Stage,
	shows: readonly TargetShow[]
): Promise<readonly TargetShow[]> {
	const wentOn: TargetShow[] = [];
	for (const show of shows) {
		const cursor = await persistedPosition(observer.db, show.id);
		const live = await readLiveLog(observer.redis, show.id);
		if (live && live.epoch === cursor?.epoch && live.seq > cursor.seq) wentOn.push(show);
	}
	return wentOn;
}

/** Lets it end what it was at before the others go on. */
async function thawFirst(
	worker: AppProcess,
	{ observer }: Stage,
	shows: readonly TargetShow[]
): Promise<void> {
	const cursors = async (): Promise<string> =>
		JSON.stringify(await Promise.all(shows.map(({ id }) => persistedPosition(observer.db, id))));
	const before = await cursors();
	worker.disarm(POINT);
	worker.thaw();
	await until(GO_ON_MS, async () => (await cursors()) !== before);
}
