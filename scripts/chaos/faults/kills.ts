import { setTimeout as sleep } from 'node:timers/promises';
import { never } from './fault.ts';
import type { Fault } from './fault.ts';

/** SIGKILL of each process, at any moment. */
export const KILLS: readonly Fault[] = [
	{
		name: 'web-kill',
		parts: ['web'],
		loses: never,
		async strike({ stage, random }) {
			await stage.web.kill();
			await sleep(random.below(300));
			stage.web.start();
			return 'killed';
		}
	},
	{
		name: 'worker-kill',
		parts: ['worker'],
		loses: never,
		async strike({ stage, random }) {
			const victims = random.chance(30) ? stage.workers : [random.pick(stage.workers)];
			await Promise.all(victims.map((worker) => worker.kill()));
			await sleep(random.below(500));
			for (const worker of victims) worker.start();
			return `killed ${victims.map(({ name }) => name).join(' and ')}`;
		}
	},
	{
		name: 'redis-kill',
		parts: ['redis'],
		// What was acknowledged between two flushes may be gone.
		loses: (aof) => aof === 'everysec',
		rewinds: (aof) => aof === 'everysec',
		async strike({ stage, random }) {
			await stage.redis.kill();
			await sleep(random.below(500));
			await stage.restartRedis();
			return 'killed';
		}
	},
	{
		name: 'postgres-kill',
		parts: ['postgres'],
		loses: never,
		async strike({ stage, random }) {
			await stage.postgres.kill();
			await sleep(random.below(500));
			await stage.restartPostgres();
			return 'killed';
		}
	}
];
