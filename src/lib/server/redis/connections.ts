import { Cluster, Redis } from 'ioredis';
import type { ClusterOptions, RedisOptions } from 'ioredis';
import { connectBoundedCluster } from './bounded-cluster.ts';
import type { RedisClient } from './run-script.ts';

export type RedisConfig = {
	readonly url: string;
	/** The URL names one node of a cluster. */
	readonly cluster: boolean;
};

/** What a connection is for decides how long a command may wait for a server that is away. */
export type ConnectionKind =
	/** Requests of people: fail within seconds, so that the caller can say so. */
	| 'commands'
	/** Adding jobs: as commands. BullMQ wants a connection of its own. */
	| 'jobs'
	/** SSUBSCRIBE: for ever, it resubscribes by itself. */
	| 'subscriber'
	/** BullMQ workers: for ever, as BullMQ demands. */
	| 'worker';

const RETRY_MAX_MS = 1_000;
const retryDelay = (attempt: number): number =>
	Math.min(25 * 2 ** Math.min(attempt, 10), RETRY_MAX_MS);
const CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_PORT = 6_379;
const FAIL_FAST = { maxRetriesPerRequest: 3, commandTimeout: 10_000 };

function redisOptions(kind: ConnectionKind): RedisOptions {
	const common: RedisOptions = {
		connectTimeout: CONNECT_TIMEOUT_MS,
		retryStrategy: retryDelay,
		// A failed-over primary answers READONLY until the connection is made anew.
		reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false)
	};
	switch (kind) {
		// No auto-pipelining: it holds new commands back until all replies of the last batch are there, so
		// that server and client wait for each other in turn (docs/performance.md).
		case 'commands':
		case 'jobs':
			return { ...common, ...FAIL_FAST };
		case 'subscriber':
		case 'worker':
			return { ...common, maxRetriesPerRequest: null };
	}
}

/**
 * Calls back whenever the connection, or that to a server of a cluster, was lost or made anew: what
 * answers from then on may be another server.
 */
export function onServerChange(client: RedisClient, listener: () => void): void {
	const events = client instanceof Cluster ? ['-node', '+node'] : ['close', 'ready'];
	for (const event of events) client.on(event, listener);
}

/**
 * Opens a connection. Errors go to `onError`; without a listener ioredis would print them, with
 * host names, to the console.
 */
export function connectRedis(
	config: RedisConfig,
	kind: ConnectionKind,
	onError: (error: Error) => void
): RedisClient {
	const options = redisOptions(kind);
	const client = config.cluster
		? connectCluster(config.url, kind, options)
		: new Redis(config.url, options);
	client.on('error', onError);
	return client;
}

/** The cluster tells addresses alone: what else the URL says holds for every server of it. */
function connectCluster(url: string, kind: ConnectionKind, options: RedisOptions): Cluster {
	const { protocol, hostname, port, username, password } = new URL(url);
	const credentials: RedisOptions = {
		...(username === '' ? {} : { username: decodeURIComponent(username) }),
		...(password === '' ? {} : { password: decodeURIComponent(password) })
	};
	const isEncrypted = protocol === 'rediss:';
	// An IPv6 address stands in brackets.
	const host = hostname.replace(/^\[|\]$/g, '');
	const nodes = [{ host, port: Number(port || DEFAULT_PORT) }];
	const clusterOptions: ClusterOptions = {
		redisOptions: { ...options, ...credentials, ...(isEncrypted ? { tls: {} } : {}) },
		// A certificate names hosts, so they must not be replaced by their addresses.
		...(isEncrypted ? { dnsLookup: (host, callback) => callback(null, host) } : {}),
		shardedSubscribers: kind === 'subscriber',
		clusterRetryStrategy: retryDelay
	};
	return options.commandTimeout === undefined
		? new Cluster(nodes, clusterOptions)
		: connectBoundedCluster(nodes, clusterOptions, options.commandTimeout, retryDelay);
}
