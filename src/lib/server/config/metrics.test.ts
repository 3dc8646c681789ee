import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../config.ts';
import type { MetricsSettings } from './metrics.ts';

const base = { REDIS_URL: 'redis://localhost:6379', DATABASE_URL: 'postgres://localhost/sellary' };
const TOKEN = 'token-of-a-scraper';

function settings(env: Record<string, string>): MetricsSettings | string {
	try {
		return readConfig({ ...base, ...env }).metrics;
	} catch (error) {
		if (error instanceof ConfigError) return error.message;
		throw error;
	}
}

describe('METRICS_PORT, METRICS_HOST, METRICS_TOKEN', () => {
	test('without a port there is no listener, and without a token no metrics on the public port', () => {
		expect(settings({})).toEqual({ listener: null, token: null });
	});

	test.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])(
		'loopback needs no token: %s',
		(host) => {
			expect(settings({ METRICS_PORT: '9464', METRICS_HOST: host })).toEqual({
				listener: { host, port: 9464 },
				token: null
			});
		}
	);

	test.each(['0.0.0.0', '::', '10.0.0.7', 'metrics.internal', '127.evil.example'])(
		'any other address does: %s',
		(host) => {
			const env = { METRICS_PORT: '9464', METRICS_HOST: host };
			expect(settings(env)).toContain('METRICS_TOKEN: must be set');
			expect(settings({ ...env, METRICS_TOKEN: TOKEN })).toMatchObject({ token: TOKEN });
		}
	);

	test('refuses ports that are none and tokens that could be guessed, without printing them', () => {
		expect(settings({ METRICS_PORT: '70000' })).toContain('METRICS_PORT');
		const refusal = settings({ METRICS_TOKEN: 'short-one' });
		expect(refusal).toContain('METRICS_TOKEN');
		expect(refusal).not.toContain('short-one');
	});
});
