import { Cluster } from 'ioredis';
import type { ClusterNode, ClusterOptions } from 'ioredis';

/** How often a cluster that is away is looked for before its commands are refused. */
const MAX_ATTEMPTS = 3;

/** A server was found, and is asked whether the cluster serves; it does. */
const FOUND: ReadonlySet<string> = new Set(['connect', 'ready']);

/**
 * A cluster's connection whose commands fail within `timeoutMs` when none of its servers can be reached.
 * ioredis by itself bounds only what was sent to a server: while it knows none, it would keep commands in a
 * queue without an end, and send them when whoever asked has long given up.
 *
 * `retryDelay`: milliseconds to wait before the `attempt`-th search for a server.
 */
export function connectBoundedCluster(
	nodes: readonly ClusterNode[],
	options: ClusterOptions,
	timeoutMs: number,
	retryDelay: (attempt: number) => number
): Cluster {
	let failedAttempts = 0;
	const client = new Cluster([...nodes], {
		...options,
		clusterRetryStrategy: (attempt) => {
			failedAttempts = attempt;
			return retryDelay(attempt);
		}
	});
	client.on('ready', () => {
		failedAttempts = 0;
	});
	const send = client.sendCommand.bind(client);
	client.sendCommand = (command, ...how) => {
		// It comes a second time, out of the queue; told meanwhile that it took too long.
		if (command.isSettled) return command.promise;
		if (failedAttempts > MAX_ATTEMPTS && !FOUND.has(client.status)) {
			command.reject(new Error('None of startup nodes is available'));
			return command.promise;
		}
		command.setTimeout(timeoutMs);
		return send(command, ...how);
	};
	return client;
}
