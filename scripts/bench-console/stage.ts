import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SESSION_COOKIE } from '../../src/lib/server/auth/session-cookie.ts';
import { createAppContext } from '../../src/lib/server/context.ts';
import { migrateToLatest } from '../../src/lib/server/history/database.ts';
import { startShow } from '../bench/bench-shows.ts';
import type { HelperProcess } from '../bench/helper-process.ts';
import { startHelper } from '../bench/helper-process.ts';
import { benchConfig } from '../bench/workbench.ts';
import { buildApp, freePort, isBuildStale, startApp } from '../lib/app-process.ts';
import { ensureServices } from '../services/ensure.ts';

const FIRST_PORT = 4400;
const ITEMS = 300;
const MOST_UNITS = 8;

/** A show in the running production build, with somebody who may operate it and a crowd at the door. */
export type Stage = {
	readonly origin: string;
	readonly showId: string;
	/** Signs an owner of the show's workspace in. */
	readonly session: { readonly name: string; readonly value: string };
	readonly feeder: HelperProcess;
	close(): Promise<void>;
};

/**
 * Builds the application when its sources are newer than the build, and starts it on services of its
 * own, whose data is thrown away. Throws at the next step once `signal` is aborted.
 */
export async function openStage(
	signal: AbortSignal,
	progress: (text: string) => void
): Promise<Stage> {
	const cleanUp: (() => Promise<void>)[] = [];
	const close = async (): Promise<void> => {
		for (const step of cleanUp.splice(0).reverse()) await step();
	};
	try {
		if (isBuildStale()) {
			progress('building');
			await buildApp();
		}
		signal.throwIfAborted();
		progress('starting Redis, Postgres and the application');
		const services = await ensureServices({ ephemeral: true });
		cleanUp.push(() => services.stop());
		signal.throwIfAborted();
		const context = await createAppContext(benchConfig(services, 'web'));
		cleanUp.push(() => context.close());
		await migrateToLatest(context.db);
		const env = { REDIS_URL: services.redisUrl, DATABASE_URL: services.databaseUrl };
		const app = await startApp(
			await freePort(FIRST_PORT),
			{ ...env, ROLE: 'all', LOG_LEVEL: 'error' },
			'stderr'
		);
		cleanUp.push(() => app.stop());
		signal.throwIfAborted();

		const { sessionId, workspace } = await context.auth.register(
			{
				email: `${randomUUID()}@sellary.example`,
				password: randomUUID(),
				name: 'Bench',
				workspaceName: 'Bench'
			},
			{ address: '127.0.0.1' }
		);
		const items = Array.from({ length: ITEMS }, (_, item) => [item + 1, 1 + (item % MOST_UNITS)]);
		const showId = await startShow(context, workspace.id, Object.fromEntries(items));
		const feeder = startHelper(join(import.meta.dirname, 'feeder.ts'), [
			services.redisUrl,
			services.databaseUrl,
			showId,
			String(ITEMS)
		]);
		cleanUp.push(() => feeder.stop());
		return {
			origin: app.origin,
			showId,
			session: { name: SESSION_COOKIE, value: sessionId },
			feeder,
			close
		};
	} catch (error) {
		await close();
		throw error;
	}
}
