import type { TestProject } from 'vitest/node';
import { ensureServices } from '../../scripts/services/ensure.ts';

declare module 'vitest' {
	// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only interfaces merge
	export interface ProvidedContext {
		redisUrl: string;
		databaseUrl: string;
		redisKind: 'wasm' | 'server';
	}
}

/** Starts a fresh Postgres and the named Redis for one run of the suite, and throws them away after it. */
export async function provideServices(
	project: TestProject,
	redisKind: 'wasm' | 'server'
): Promise<() => Promise<void>> {
	const services = await ensureServices({ redisKind, ephemeral: true });
	project.provide('redisUrl', services.redisUrl);
	project.provide('databaseUrl', services.databaseUrl);
	project.provide('redisKind', redisKind);
	return () => services.stop();
}
