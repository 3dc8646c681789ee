import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { findOnPath } from './scripts/lib/on-path.ts';

/** Machines that are shared stall now and then: CI runs a failed test again. */
const retry = process.env['CI'] === undefined ? 0 : 2;

/** The integration suite on one kind of Redis. */
function integration(kind: 'valkey' | 'redis' | 'cluster'): TestProjectInlineConfiguration {
	return {
		test: {
			name: `integration-${kind}`,
			include: ['tests/integration/**/*.test.ts'],
			globalSetup: [`tests/integration/setup-${kind}.ts`],
			testTimeout: 90_000,
			hookTimeout: 120_000,
			// As generous as the rest: what is polled for comes, on a starved machine late.
			expect: { poll: { timeout: 30_000 } },
			retry
		}
	};
}

const nativeRedis = (await findOnPath(['redis-server', 'valkey-server'])).length > 0;

export default defineConfig({
	test: {
		projects: [
			{
				plugins: [sveltekit()],
				resolve: { conditions: ['browser'] },
				test: {
					name: 'unit',
					include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'tests/conventions/**/*.test.ts'],
					testTimeout: 30_000,
					expect: { poll: { timeout: 20_000 } },
					retry
				}
			},
			integration('valkey'),
			...(nativeRedis ? [integration('redis'), integration('cluster')] : [])
		]
	}
});
