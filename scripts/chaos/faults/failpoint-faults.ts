import { setTimeout as sleep } from 'node:timers/promises';
import { FAILPOINTS } from '../../../src/lib/server/failpoints.ts';
import type { Failpoint } from '../../../src/lib/server/failpoints.ts';
import type { AppProcess } from '../stage/app-process.ts';
import type { Stage } from '../stage/stage.ts';
import { always, never } from './fault.ts';
import type { Fault, Part } from './fault.ts';

/** How long a process may take to come to the failpoint. */
const CHANCE_MS = 3_000;

type Where = {
	readonly parts: readonly Part[];
	readonly victims: (stage: Stage) => readonly AppProcess[];
	/** Whether Redis must lose the show for it to be rebuilt. */
	readonly flush: boolean;
};

const onWeb: Where = { parts: ['web'], victims: ({ web }) => [web], flush: false };
const onWorkers: Where = { parts: ['worker'], victims: ({ workers }) => workers, flush: false };
const inRebuild: Where = {
	parts: ['web', 'worker', 'redis'],
	victims: ({ web, workers }) => [web, ...workers],
	flush: true
};

const WHERE: Record<Failpoint, Where> = {
	'script-replied': onWeb,
	'batch-read': onWorkers,
	'batch-inserted': onWorkers,
	'batch-committed': onWorkers,
	'rebuild-fenced': inRebuild,
	'rebuild-staged': inRebuild,
	'webhook-stored': onWeb,
	'inbox-fed': onWorkers
};

/** Processes that die exactly where it hurts. */
const DYING_PROCESSES: readonly Fault[] = FAILPOINTS.map((point) => {
	const { parts, victims, flush } = WHERE[point];
	return {
		name: `failpoint:${point}`,
		parts,
		loses: flush ? always : never,
		async strike({ stage, random }) {
			const armed = victims(stage);
			for (const process of armed) process.arm(point);
			if (flush) await stage.redis.command('FLUSHALL');
			const died = await Promise.all(armed.map((process) => process.endsWithin(CHANCE_MS)));
			for (const process of armed) process.disarm(point);
			await sleep(random.below(300));
			for (const process of armed) if (!process.isRunning) process.start();
			const names = armed.filter((_, index) => died[index]).map(({ name }) => name);
			return names.length === 0 ? 'missed' : `${names.join(' and ')} died`;
		}
	};
});

/** Servers that die when a process has come to a place where it hurts; the process lives. */
const SERVERS: readonly (readonly [Failpoint, 'redis' | 'postgres'])[] = [
	['script-replied', 'redis'],
	['batch-inserted', 'postgres'],
	['batch-committed', 'redis'],
	['batch-committed', 'postgres'],
	['rebuild-fenced', 'postgres'],
	['rebuild-staged', 'redis'],
	['webhook-stored', 'redis'],
	['inbox-fed', 'redis']
];

const DYING_SERVERS: readonly Fault[] = SERVERS.map(([point, server]) => {
	const { parts, victims, flush } = WHERE[point];
	return {
		name: `failpoint:${point}:${server}`,
		parts: [...parts.filter((part) => part !== server), server],
		loses: (aof) => flush || (server === 'redis' && aof === 'everysec'),
		rewinds: (aof) => server === 'redis' && aof === 'everysec',
		async strike({ stage, random }) {
			const pid = await stage[server].pid();
			const armed = victims(stage);
			for (const process of armed) process.arm(point, pid);
			if (flush) await stage.redis.command('FLUSHALL');
			const died = await stage[server].endsWithin(CHANCE_MS);
			for (const process of armed) process.disarm(point);
			if (!died) return 'missed';
			await sleep(random.below(300));
			await (server === 'redis' ? stage.restartRedis() : stage.restartPostgres());
			return `${server} died`;
		}
	};
});

export const FAILPOINT_FAULTS: readonly Fault[] = [...DYING_PROCESSES, ...DYING_SERVERS];
