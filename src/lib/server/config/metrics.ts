import { isIP } from 'node:net';
import { z } from 'zod';
import { setting } from './setting.ts';

/** Short ones could be guessed by whoever reaches the address. */
const MIN_TOKEN_CHARS = 16;

export const metricsVariables = {
	METRICS_PORT: setting(z.coerce.number().int().min(1).max(65_535).optional()),
	METRICS_HOST: setting(z.string().default('127.0.0.1')),
	METRICS_TOKEN: setting(z.string().min(MIN_TOKEN_CHARS).optional())
};

export type MetricsSettings = {
	/** Where health and metrics have a listener of their own; null: nowhere. */
	readonly listener: { readonly host: string; readonly port: number } | null;
	/** What a scraper sends as its bearer token. Null: nothing is asked, and only the listener has metrics. */
	readonly token: string | null;
};

function isLoopback(host: string): boolean {
	return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Metrics tell nothing of people, but they are not for everybody: whoever may reach them must be known. */
export function metricsFaults(env: Readonly<Record<string, string | undefined>>): string[] {
	const host = env['METRICS_HOST'];
	if (!env['METRICS_PORT'] || !host || isLoopback(host) || env['METRICS_TOKEN']) return [];
	return ['METRICS_TOKEN: must be set when METRICS_HOST is not a loopback address'];
}

export function readMetricsSettings(values: {
	readonly METRICS_PORT?: number | undefined;
	readonly METRICS_HOST: string;
	readonly METRICS_TOKEN?: string | undefined;
}): MetricsSettings {
	const { METRICS_PORT: port, METRICS_HOST: host, METRICS_TOKEN: token } = values;
	return {
		listener: port === undefined ? null : { host, port },
		token: token ?? null
	};
}
