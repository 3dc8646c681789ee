import { z } from 'zod';
import { metaFaults, metaVariables, readMetaSettings } from './config/meta.ts';
import type { MetaSettings } from './config/meta.ts';
import { metricsFaults, metricsVariables, readMetricsSettings } from './config/metrics.ts';
import type { MetricsSettings } from './config/metrics.ts';
import { flag, setting } from './config/setting.ts';
import { tokenKeyVariables } from './config/token-keys.ts';
import type { TokenKey } from './config/token-keys.ts';

/** Configuration that can't be used; the message lists every fault at once. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError';
}

const envSchema = z.object({
	NODE_ENV: setting(z.enum(['development', 'production', 'test']).default('development')),
	ROLE: setting(z.enum(['all', 'web', 'worker']).default('all')),
	REDIS_URL: setting(z.url({ protocol: /^rediss?$/ })),
	REDIS_CLUSTER: setting(flag.default(false)),
	DATABASE_URL: setting(z.url({ protocol: /^postgres(ql)?$/ })),
	DATABASE_POOL_SIZE: setting(z.coerce.number().int().min(4).max(200).default(10)),
	ORIGIN: setting(z.url({ protocol: /^https?$/ }).optional()),
	LOG_LEVEL: setting(z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info')),
	RESUME_TAIL_EVENTS: setting(z.coerce.number().int().min(100).max(1_000_000).default(5_000)),
	ENDED_SHOW_TTL_SECONDS: setting(z.coerce.number().int().min(60).default(86_400)),
	FAILPOINTS: setting(z.string().optional()),
	TRUSTED_PROXY_HEADER: setting(
		z
			.string()
			.regex(/^[a-z-]+$/)
			.optional()
	),
	...metricsVariables,
	LIMIT_MEMBER_CALLS_PER_SECOND: setting(z.coerce.number().min(1).max(10_000).default(60)),
	LIMIT_ADDRESS_REQUESTS_PER_SECOND: setting(z.coerce.number().min(1).max(100_000).default(100)),
	LIMIT_ADDRESS_SOCKETS: setting(z.coerce.number().int().min(1).max(100_000).default(200)),
	LIMIT_WORKSPACE_SOCKETS: setting(z.coerce.number().int().min(1).max(100_000).default(500)),
	...metaVariables,
	...tokenKeyVariables
});

export type Config = {
	readonly environment: 'development' | 'production' | 'test';
	readonly role: 'all' | 'web' | 'worker';
	readonly redis: { readonly url: string; readonly cluster: boolean };
	readonly database: { readonly url: string; readonly poolSize: number };
	/** Origin that browsers use, e.g. `https://app.example.com`. Unset outside production: any loopback. */
	readonly origin: string | null;
	readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
	/** Persisted events that stay in a show's stream for consoles that resume. */
	readonly resumeTailEvents: number;
	/** How long an ended show stays in Redis once Postgres has all of it. */
	readonly endedShowTtlSeconds: number;
	/** Header in which a trusted reverse proxy gives the client's address, e.g. `x-forwarded-for`. */
	readonly trustedProxyHeader: string | null;
	/** Folder that arms failpoints (failpoints.ts). Null in production. */
	readonly failpoints: string | null;
	/** Who may read health and metrics where. */
	readonly metrics: MetricsSettings;
	/** Limits that depend on who uses the deployment; the others are constants (docs/operations/limits.md). */
	readonly limits: {
		/** Calls of the API per second of one member; five times as many at once, and per workspace. */
		readonly memberCallsPerSecond: number;
		/** Requests per second from one address; five times as many at once, a fifth when signed out. */
		readonly addressRequestsPerSecond: number;
		/** Open consoles of one address. */
		readonly addressSockets: number;
		/** Open consoles of one workspace. */
		readonly workspaceSockets: number;
	};
	/** The Meta app, for Facebook and Instagram. Null: this deployment has none. */
	readonly meta: MetaSettings | null;
	/** Keys of the stored tokens: the first one seals, all of them open. */
	readonly tokenKeys: readonly TokenKey[];
};

/** Reads the configuration from environment variables. Throws `ConfigError` with the whole list of faults. */
export function readConfig(env: Record<string, string | undefined>): Config {
	const parsed = envSchema.safeParse(env);
	const faults = (parsed.error?.issues ?? []).map((issue) => {
		const name = issue.path.join('.');
		return `  ${name}: ${env[name] ? issue.message : 'must be set'}`;
	});
	// A worker serves no pages; elsewhere a production cookie and every origin check hang on it.
	const isProduction = env['NODE_ENV'] === 'production';
	if (isProduction && env['ROLE'] !== 'worker' && !env['ORIGIN']) {
		faults.push('  ORIGIN: must be set in production');
	}
	if (isProduction && env['FAILPOINTS']) {
		faults.push('  FAILPOINTS: must not be set in production');
	}
	const more = [...metricsFaults(env), ...metaFaults(env)];
	faults.push(...more.map((fault) => `  ${fault}`));
	if (!parsed.success || faults.length > 0) {
		throw new ConfigError(`The configuration can’t be used:\n${faults.join('\n')}`);
	}
	const values = parsed.data;
	return {
		environment: values.NODE_ENV,
		role: values.ROLE,
		redis: { url: values.REDIS_URL, cluster: values.REDIS_CLUSTER },
		database: { url: values.DATABASE_URL, poolSize: values.DATABASE_POOL_SIZE },
		origin: values.ORIGIN ?? null,
		logLevel: values.LOG_LEVEL,
		resumeTailEvents: values.RESUME_TAIL_EVENTS,
		endedShowTtlSeconds: values.ENDED_SHOW_TTL_SECONDS,
		trustedProxyHeader: values.TRUSTED_PROXY_HEADER ?? null,
		failpoints: isProduction ? null : (values.FAILPOINTS ?? null),
		metrics: readMetricsSettings(values),
		limits: {
			memberCallsPerSecond: values.LIMIT_MEMBER_CALLS_PER_SECOND,
			addressRequestsPerSecond: values.LIMIT_ADDRESS_REQUESTS_PER_SECOND,
			addressSockets: values.LIMIT_ADDRESS_SOCKETS,
			workspaceSockets: values.LIMIT_WORKSPACE_SOCKETS
		},
		meta: readMetaSettings(values),
		tokenKeys: values.TOKEN_KEYS ?? []
	};
}
