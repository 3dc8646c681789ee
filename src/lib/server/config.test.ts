import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from './config.ts';
import { projectRoot } from './project-root.ts';

const urls = { REDIS_URL: 'redis://localhost:6379', DATABASE_URL: 'postgres://localhost/sellary' };

function faultsOf(env: Record<string, string | undefined>): string {
	try {
		readConfig(env);
	} catch (error) {
		if (error instanceof ConfigError) return error.message;
		throw error;
	}
	return '';
}

/** The variables that `readConfig` asks for. */
function variablesRead(): string[] {
	const asked = new Set<string>();
	const env: Record<string, string | undefined> = { ...urls };
	readConfig(
		new Proxy(env, {
			get: (target, name) => {
				if (typeof name !== 'string') return undefined;
				asked.add(name);
				return target[name];
			}
		})
	);
	return [...asked].sort();
}

describe('readConfig', () => {
	test('needs no more than the two services outside production', () => {
		expect(readConfig(urls)).toMatchObject({
			environment: 'development',
			role: 'all',
			origin: null,
			redis: { url: urls.REDIS_URL, cluster: false },
			trustedProxyHeader: null
		});
	});

	test('lists every fault at once, and says of a missing variable that it must be set', () => {
		const faults = faultsOf({ ROLE: 'boss', DATABASE_POOL_SIZE: 'many' });
		expect(faults).toContain('REDIS_URL: must be set');
		expect(faults).toContain('DATABASE_URL: must be set');
		expect(faults).toContain('ROLE: ');
		expect(faults).toContain('DATABASE_POOL_SIZE: ');
	});

	test('asks for ORIGIN in production, beside all other faults, but not of a worker', () => {
		const faults = faultsOf({ NODE_ENV: 'production' });
		expect(faults).toContain('ORIGIN: must be set');
		expect(faults).toContain('REDIS_URL: must be set');
		expect(faultsOf({ ...urls, NODE_ENV: 'production', ROLE: 'worker' })).toBe('');
	});

	test('takes an empty variable as one that is not set', () => {
		expect(readConfig({ ...urls, ROLE: '', ORIGIN: '' })).toMatchObject({
			role: 'all',
			origin: null
		});
		expect(faultsOf({ ...urls, REDIS_URL: '' })).toContain('REDIS_URL: must be set');
	});

	test('refuses URLs of another kind', () => {
		expect(faultsOf({ ...urls, REDIS_URL: 'http://localhost' })).toContain('REDIS_URL');
		expect(faultsOf({ ...urls, DATABASE_URL: 'mysql://localhost/x' })).toContain('DATABASE_URL');
		expect(faultsOf({ ...urls, ORIGIN: 'example.com' })).toContain('ORIGIN');
	});

	test('refuses failpoints in production, and has none unless asked', () => {
		const production = { ...urls, NODE_ENV: 'production', ORIGIN: 'https://app.example.com' };
		expect(faultsOf({ ...production, FAILPOINTS: '/tmp/x' })).toContain('FAILPOINTS: must not be');
		expect(readConfig(production).failpoints).toBeNull();
		expect(readConfig(urls).failpoints).toBeNull();
		expect(readConfig({ ...urls, FAILPOINTS: '/tmp/x' }).failpoints).toBe('/tmp/x');
	});

	test('never prints a value: URLs hold passwords', () => {
		const faults = faultsOf({ ...urls, DATABASE_URL: 'mysql://me:hunter2@localhost/x' });
		expect(faults).not.toContain('hunter2');
	});

	test('insists on ORIGIN in production', () => {
		expect(faultsOf({ ...urls, NODE_ENV: 'production' })).toContain('ORIGIN: must be set');
		const config = readConfig({
			...urls,
			NODE_ENV: 'production',
			ORIGIN: 'https://app.example.com'
		});
		expect(config.origin).toBe('https://app.example.com');
	});
});

test('.env.example names exactly the variables of the configuration', () => {
	const example = readFileSync(join(projectRoot(), '.env.example'), 'utf8');
	const named = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]);
	expect(named.sort()).toEqual(variablesRead());
});
