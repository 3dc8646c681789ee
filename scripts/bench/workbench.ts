import { rm } from 'node:fs/promises';
import { readConfig } from '../../src/lib/server/config.ts';
import { createAppContext } from '../../src/lib/server/context.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { migrateToLatest } from '../../src/lib/server/history/database.ts';
import type { Services } from '../services/ensure.ts';
import { ensureServices } from '../services/ensure.ts';
import { temporaryHome } from '../services/postgres-home.ts';
import { createWorkspace } from './bench-shows.ts';

/** Whether an acknowledged write survives a power cut: on Redis AOF always, on Postgres its default. */
export type Durability = 'durable' | 'relaxed';

/** How Redis keeps its append-only file: not at all, or flushed once a second, or before each reply. */
export type AofMode = 'none' | 'everysec' | 'always';

export type Workbench = {
	readonly services: Services;
	/** Where Redis and Postgres keep their files. */
	readonly dataDir: string;
	/** A web process: it takes comments in, but runs no write-behind. */
	readonly context: AppContext;
	readonly workspaceId: string;
	readonly quick: boolean;
	readonly signal: AbortSignal;
	/** What Redis can be measured with: the embedded Valkey has no append-only file. */
	readonly durabilities: readonly Durability[];
	/** Switches Redis: AOF always, or none. Postgres is switched per connection, by `postgresUrl`. */
	setDurability(durability: Durability): Promise<void>;
	/** Does nothing on a Redis without an append-only file. */
	setAof(mode: AofMode): Promise<void>;
	postgresUrl(durability: Durability): string;
	close(): Promise<void>;
};

/** The configuration of a process of the application on these services. */
export function benchConfig(
	services: Pick<Services, 'redisUrl' | 'databaseUrl'>,
	role: 'web' | 'all'
): ReturnType<typeof readConfig> {
	return readConfig({
		NODE_ENV: 'development',
		ROLE: role,
		LOG_LEVEL: 'error',
		REDIS_URL: services.redisUrl,
		DATABASE_URL: services.databaseUrl,
		// Thousands of consoles, all from here, of one workspace.
		LIMIT_ADDRESS_SOCKETS: '100000',
		LIMIT_WORKSPACE_SOCKETS: '100000',
		LIMIT_MEMBER_CALLS_PER_SECOND: '10000'
	});
}

async function setAof({ redis }: AppContext, mode: AofMode): Promise<void> {
	if (mode !== 'none') await redis.config('SET', 'appendfsync', mode);
	await redis.config('SET', 'appendonly', mode === 'none' ? 'no' : 'yes');
	// The first file is written by a child process; what runs meanwhile is not yet what is asked for.
	while (/aof_rewrite_(in_progress|scheduled):1/.test(await redis.info('persistence'))) {
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

/**
 * Starts a Redis and a Postgres that the benchmark alone uses, with the settings of production (both
 * flush before they acknowledge; `ephemeral` services would not), on data that is thrown away.
 */
export async function openWorkbench(options: {
	readonly quick: boolean;
	readonly signal: AbortSignal;
}): Promise<Workbench> {
	const dataDir = await temporaryHome();
	const cleanUp: (() => Promise<void>)[] = [
		() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
	];
	const close = async (): Promise<void> => {
		for (const step of cleanUp.splice(0).reverse()) await step();
	};
	try {
		const services = await ensureServices({ dataDir });
		cleanUp.push(() => services.stop());
		const context = await createAppContext(benchConfig(services, 'web'));
		cleanUp.push(() => context.close());
		await migrateToLatest(context.db);
		// A rewrite of the append-only file in the middle of a round would be noise.
		const isServer = services.redisKind === 'server';
		if (isServer) await context.redis.config('SET', 'auto-aof-rewrite-percentage', '0');
		const setMode = async (mode: AofMode): Promise<void> => {
			if (isServer) await setAof(context, mode);
		};
		return {
			...options,
			services,
			dataDir,
			context,
			workspaceId: await createWorkspace(context),
			durabilities: isServer ? ['durable', 'relaxed'] : ['relaxed'],
			setDurability: (durability) => setMode(durability === 'durable' ? 'always' : 'none'),
			setAof: setMode,
			postgresUrl: (durability) => {
				const url = new URL(services.databaseUrl);
				const commit = durability === 'durable' ? 'on' : 'off';
				url.searchParams.set('options', `-c synchronous_commit=${commit}`);
				return url.href;
			},
			close
		};
	} catch (error) {
		await close();
		throw error;
	}
}
