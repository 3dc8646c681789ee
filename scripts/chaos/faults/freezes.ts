import { setTimeout as sleep } from 'node:timers/promises';
import { never } from './fault.ts';
import type { Fault } from './fault.ts';

/** Longer than the leases and job locks of a worker (6 s, jobs/take-over.ts). */
const PAST_ITS_LOCK_MS = 7_500;

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
	}
];
