import { setTimeout as sleep } from 'node:timers/promises';
import { always, never } from './fault.ts';
import type { Fault } from './fault.ts';

const MAX_TAIL_BYTES = 40_000;

/** Troubles inside Redis. */
export const REDIS_FAULTS: readonly Fault[] = [
	{
		name: 'flushall',
		parts: ['redis'],
		loses: always,
		async strike({ stage }) {
			await stage.redis.command('FLUSHALL');
			return 'flushed';
		}
	},
	{
		name: 'script-flush',
		parts: [],
		loses: never,
		async strike({ stage, random }) {
			const times = random.between(1, 5);
			let flushed = 0;
			for (let time = 0; time < times; time++) {
				// Another fault may have killed the server, which takes its scripts as well.
				const done = await stage.redis.command('SCRIPT FLUSH').then(
					() => true,
					() => false
				);
				if (done) flushed++;
				await sleep(random.below(100));
			}
			return `${flushed} times`;
		}
	},
	{
		name: 'memory-full',
		parts: ['redis'],
		loses: never,
		async strike({ stage, random }) {
			await stage.redis.command('CONFIG SET maxmemory 1mb');
			await sleep(random.between(300, 1_000));
			await stage.redis.command('CONFIG SET maxmemory 0');
			return 'full for a while';
		}
	},
	{
		name: 'aof-tail',
		parts: ['redis'],
		loses: always,
		rewinds: always,
		async strike({ stage, random }) {
			await stage.redis.kill();
			const { bytes } = await stage.redis.cutTail(random.between(1, MAX_TAIL_BYTES));
			await stage.restartRedis();
			return `${bytes} bytes cut off`;
		}
	}
];
