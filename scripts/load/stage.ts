import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../../src/lib/server/config.ts';
import { createAppContext } from '../../src/lib/server/context.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { migrateToLatest } from '../../src/lib/server/history/database.ts';
import { projectRoot } from '../../src/lib/server/project-root.ts';
import { startInstance } from '../exercise/instance.ts';
import type { Instance } from '../exercise/instance.ts';
import { buildApp, isBuildStale } from '../lib/app-process.ts';
import { ensureServices } from '../services/ensure.ts';
import { LOOPBACK, freePort } from '../services/loopback.ts';
import { temporaryHome } from '../services/postgres-home.ts';
import { startRedisCluster } from '../services/redis-cluster.ts';
import { findRedisServer } from '../services/redis-server.ts';
import { findNginx, startNginx } from './nginx.ts';
import { MAX_CONSOLES } from './options.ts';
import type { LoadOptions } from './options.ts';

/** The application as it runs in production, on services of its own whose data is thrown away. */
export type LoadStage = {
	/** In this process: takes comments in as a web process does, and looks at the result. */
	readonly context: AppContext;
	/** The application's origin: nginx's, else the first web process's. */
	readonly origin: string;
	/** Where consoles connect, `ws://…`: nginx, else each web process. */
	readonly sockets: readonly string[];
	/** Ports of the web processes. */
	readonly webPorts: readonly number[];
	/** Kills a process of that role, as a crash does, and starts another one in its place. */
	replace(role: Instance['role']): Promise<void>;
	close(): Promise<void>;
};

const MASTERS = 3;
const SOCKET_PATH = '/api/trpc-ws';

type CleanUp = (() => Promise<void>)[];

async function startServices(
	options: Pick<LoadOptions, 'cluster'>,
	dataDir: string,
	cleanUp: CleanUp
): Promise<Record<'REDIS_URL' | 'REDIS_CLUSTER' | 'DATABASE_URL', string>> {
	let redisUrl: string | undefined;
	if (options.cluster) {
		const executable = await findRedisServer();
		if (executable === undefined) {
			throw new Error(
				'--cluster needs redis-server or valkey-server, version 7 or later, on the PATH'
			);
		}
		const folder = join(dataDir, 'cluster');
		const settings = { executable, dataDir: folder, masters: MASTERS, durable: true };
		const cluster = await startRedisCluster(settings);
		cleanUp.push(() => cluster.stop());
		redisUrl = cluster.url;
	}
	const services = await ensureServices({ redisUrl, dataDir });
	cleanUp.push(() => services.stop());
	return {
		REDIS_URL: services.redisUrl,
		REDIS_CLUSTER: String(options.cluster),
		DATABASE_URL: services.databaseUrl
	};
}

/** Throws when something can't be started, and leaves nothing running. */
export async function openLoadStage(
	options: Pick<LoadOptions, 'cluster' | 'nginx' | 'instances' | 'workers'>
): Promise<LoadStage> {
	const nginx = options.nginx ? await findNginx() : undefined;
	if (options.nginx && nginx === undefined) throw new Error('--nginx needs nginx on the PATH');
	if (isBuildStale()) await buildApp();
	const dataDir = await temporaryHome();
	const cleanUp: CleanUp = [() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 })];
	const close = async (): Promise<void> => {
		for (const step of cleanUp.splice(0).reverse()) await step();
	};
	try {
		const services = await startServices(options, dataDir, cleanUp);
		const context = await createAppContext(
			readConfig({ ...services, NODE_ENV: 'development', LOG_LEVEL: 'error', ROLE: 'web' })
		);
		cleanUp.push(() => context.close());
		await migrateToLatest(context.db);

		const webPorts: number[] = [];
		for (let web = 0; web < options.instances; web++) webPorts.push(await freePort());
		const entrance = nginx === undefined ? (webPorts[0] ?? 0) : await freePort();
		const origin = `http://${LOOPBACK}:${entrance}`;
		const env = {
			...services,
			ORIGIN: origin,
			// A worker says in its log when it works.
			LOG_LEVEL: 'info',
			// All consoles come from this machine's address.
			LIMIT_ADDRESS_SOCKETS: String(MAX_CONSOLES),
			...(nginx === undefined ? {} : { TRUSTED_PROXY_HEADER: 'x-forwarded-for' })
		};
		const running: Instance[] = [];
		cleanUp.push(async () => {
			for (const instance of running) instance.kill();
		});
		const start = async (role: Instance['role'], port = 0): Promise<void> => {
			running.push(await startInstance({ root: projectRoot(), role, port, env }));
		};
		for (const port of webPorts) await start('web', port);
		for (let worker = 0; worker < options.workers; worker++) await start('worker');
		if (nginx !== undefined) {
			const folder = join(dataDir, 'nginx');
			const server = await startNginx({ executable: nginx, folder, port: entrance, webPorts });
			cleanUp.push(() => server.stop());
		}
		const doors = nginx === undefined ? webPorts : [entrance];
		return {
			context,
			origin,
			sockets: doors.map((port) => `ws://${LOOPBACK}:${port}${SOCKET_PATH}`),
			webPorts,
			async replace(role) {
				const at = running.findIndex((one) => one.role === role);
				const [killed] = running.splice(at, 1);
				if (!killed) throw new Error(`no ${role} process runs`);
				killed.kill();
				await start(role, killed.port);
			},
			close
		};
	} catch (error) {
		await close();
		throw error;
	}
}
