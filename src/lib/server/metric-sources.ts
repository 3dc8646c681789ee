import type pg from 'pg';
import type { CommentObserver } from './allocator/comment.ts';
import { countChannels, countConnections } from './channels/standing-counts.ts';
import { readBacklog } from './history/backlog.ts';
import type { Db } from './history/database.ts';
import type { QueueDepths } from './jobs/queue-depths.ts';
import type { HealthCheck } from './observability/health.ts';
import type { MetricSources } from './observability/metrics.ts';
import type { IntakeMetrics } from './observability/metrics/intake-metrics.ts';
import type { RedisConnectionFigures } from './observability/metrics/process-metrics.ts';
import type { SharedSources } from './observability/metrics/shared-metrics.ts';
import type { LiveHub } from './realtime/hub.ts';
import type { ConnectionKind } from './redis/connections.ts';
import type { RedisClient } from './redis/run-script.ts';
import { readServerFigures } from './redis/server-figures.ts';
import { findAppError } from './trpc/errors.ts';

export type MetricSourcesOptions = {
	readonly db: Db;
	readonly pool: pg.Pool;
	readonly redis: RedisClient;
	readonly connections: readonly { readonly kind: ConnectionKind; readonly client: RedisClient }[];
	readonly live: LiveHub;
	readonly health: HealthCheck;
	/** Null in a process that leaves what is alike for all to the workers. */
	readonly queues: QueueDepths | null;
};

function connectionFigures(
	connections: MetricSourcesOptions['connections']
): RedisConnectionFigures[] {
	return [...new Set(connections.map(({ kind }) => kind))].map((use) => {
		const clients = connections.filter(({ kind }) => kind === use).map(({ client }) => client);
		const ready = clients.filter(({ status }) => status === 'ready').length;
		return { use, ready, down: clients.length - ready };
	});
}

function sharedSources(db: Db, redis: RedisClient, queues: QueueDepths): SharedSources {
	return {
		redis: () => readServerFigures(redis),
		backlog: async () => {
			const { shows, events, seconds } = await readBacklog(db, redis);
			return {
				shows: Object.entries(shows).map(([status, value]) => ({ labels: { status }, value })),
				lagEvents: events,
				lagSeconds: seconds
			};
		},
		queues: async () =>
			(await queues.read()).map(({ jobs: value, ...labels }) => ({ labels, value })),
		channels: async () =>
			(await countChannels(db)).map(({ count: value, ...labels }) => ({ labels, value })),
		connections: async () =>
			(await countConnections(db)).map(({ count: value, ...labels }) => ({ labels, value }))
	};
}

/** Where the figures come from that are read when a scrape asks. */
export function metricSources(options: MetricSourcesOptions): MetricSources {
	const { db, pool, redis, connections, live, health, queues } = options;
	return {
		pool: () => ({
			max: pool.options.max,
			total: pool.totalCount,
			idle: pool.idleCount,
			waiting: pool.waitingCount
		}),
		redisConnections: () => connectionFigures(connections),
		hub: () => live.load,
		readiness: () => health.check(),
		shared: queues && sharedSources(db, redis, queues)
	};
}

/** Counts comments. A Redis that is away refuses them as `UNAVAILABLE`, what nobody foresaw as `ERROR`. */
export function countingComments(intake: IntakeMetrics): CommentObserver {
	return {
		commentTaken: intake.commentTaken,
		commentRefused: (error) => intake.commentRefused(findAppError(error)?.code ?? 'ERROR')
	};
}
