import { join } from 'node:path';
import { BlockLists } from './allocator/block-lists.ts';
import { ChannelReports } from './allocator/channel-reports.ts';
import { CommentIntake } from './allocator/comment.ts';
import { OperatorActions } from './allocator/operator-actions.ts';
import { ScriptRunner } from './allocator/script-runner.ts';
import { createAuthService } from './auth/service.ts';
import type { Config } from './config.ts';
import { useFailpoints } from './failpoints.ts';
import { databaseOf, openPool } from './history/database.ts';
import { readNewestPersistedEvents } from './history/event-log.ts';
import { persistedPosition } from './history/postgres-state.ts';
import { ReplayStates } from './history/queries/replay-states.ts';
import { Reconciler } from './history/reconcile/reconciler.ts';
import { Recovery } from './history/recovery.ts';
import { BuyerErasure } from './history/redaction/erase-buyer.ts';
import { Retention } from './history/redaction/retention.ts';
import { ShowBlocks } from './history/show-blocks.ts';
import { WriteBehind } from './history/write-behind.ts';
import { startBackgroundWork } from './jobs/background-work.ts';
import { createMetaChannels } from './jobs/meta-channels.ts';
import { QUEUES, QueueDepths } from './jobs/queue-depths.ts';
import { RehearsalQueue } from './jobs/rehearsal-jobs.ts';
import { WriteBehindWaker } from './jobs/write-behind-jobs.ts';
import { countingComments, metricSources } from './metric-sources.ts';
import { HealthCheck } from './observability/health.ts';
import { createLogger } from './observability/logger.ts';
import { Metrics } from './observability/metrics.ts';
import { throttledErrors } from './observability/throttled-errors.ts';
import { projectRoot } from './project-root.ts';
import { RequestLimits } from './protection/request-limits.ts';
import { LiveHub } from './realtime/hub.ts';
import { connectRedis } from './redis/connections.ts';
import type { ConnectionKind } from './redis/connections.ts';
import { checkServer } from './redis/durability.ts';
import type { RedisClient } from './redis/run-script.ts';
import { loadScripts } from './redis/script-loader.ts';
import type { LuaScript } from './redis/script-loader.ts';
import { endWithin } from './shutdown.ts';
import type { ApiServices } from './trpc/services.ts';

/** Everything the process consists of, built once and closed once. It serves the API as it is. */
export type AppContext = ApiServices & {
	readonly live: LiveHub;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly writeBehind: WriteBehind;
	readonly recovery: Recovery;
	readonly retention: Retention;
	readonly reconciler: Reconciler;
	readonly metrics: Metrics;
	readonly health: HealthCheck;
	/**
	 * Reads no more channels and plays no more rehearsals: what is in hand is finished or handed over, and
	 * leases are given back, so that the next process goes on at once. Requests are still served.
	 */
	retire(): Promise<void>;
	/** Retires, writes history, then closes connections. Safe to call twice. */
	close(): Promise<void>;
};

/** Together with the last requests, which get five seconds meanwhile, within the deadline of a shutdown. */
const RETIRE_PATIENCE_MS = 4_000;
const HISTORY_PATIENCE_MS = 2_500;
const DATABASE_PATIENCE_MS = 500;

/**
 * Builds the process for its role: `web` serves and wakes history, `worker` runs it, `all` does both.
 * Throws when the Redis server is too old; connections that are away are retried in the background.
 */
export async function createAppContext(config: Config): Promise<AppContext> {
	useFailpoints(config);
	const metrics = new Metrics(config.role, QUEUES);
	const logger = createLogger(config.logLevel, { onLine: metrics.access.logged });
	const pool = openPool(config.database, throttledErrors(logger, 'postgres'));
	const db = databaseOf(pool, config.database.poolSize);
	const connections: { kind: ConnectionKind; client: RedisClient }[] = [];
	const connect = (kind: ConnectionKind): RedisClient => {
		const client = connectRedis(config.redis, kind, throttledErrors(logger, `redis ${kind}`));
		connections.push({ kind, client });
		return client;
	};
	const redis = connect('commands');
	const scripts = loadScripts(join(projectRoot(), 'lua'));

	const recovery: Recovery = new Recovery({
		db,
		redis,
		scripts,
		logger,
		endedShowTtlSeconds: config.endedShowTtlSeconds,
		drain: (showId) => writeBehind.persist(showId),
		retake: (showId, comment) => comments.take(showId, comment),
		onRebuilt: metrics.history.rebuilt
	});
	const recover = recovery.recover.bind(recovery);
	const writeBehind: WriteBehind = new WriteBehind({
		db,
		redis,
		scripts,
		logger,
		resumeTailEvents: config.resumeTailEvents,
		endedShowTtlSeconds: config.endedShowTtlSeconds,
		recover,
		observer: metrics.history
	});
	const jobs = connect('jobs');
	const waker = new WriteBehindWaker(jobs, logger);
	const runner = new ScriptRunner({
		redis,
		scripts,
		recover,
		persistedPosition: async (showId) => {
			try {
				return await persistedPosition(db, showId);
			} catch (error) {
				logger.warn({ err: error, showId }, 'the persisted position is unknown; claims go on');
				return null;
			}
		},
		onAppended: (showId) => waker.wake(showId),
		onCall: metrics.scripts.called
	});
	const comments: CommentIntake = new CommentIntake(runner, countingComments(metrics.intake));
	const actions = new OperatorActions(runner);
	const rehearsals = new RehearsalQueue(jobs, logger, metrics.access.limited);
	const blocks = new ShowBlocks({
		db,
		lists: new BlockLists(runner, redis),
		logger,
		endedShowTtlSeconds: config.endedShowTtlSeconds
	});
	const erasure = new BuyerErasure({
		db,
		redis,
		scripts,
		persist: (showId) => writeBehind.persist(showId)
	});
	const retention = new Retention({ db, redis, scripts, logger });
	const subscriber = connect('subscriber');
	const live = new LiveHub({
		redis,
		subscriber,
		scripts,
		logger,
		recover,
		persistedEvents: (showId, toSeq, limit) => readNewestPersistedEvents(db, showId, toSeq, limit),
		observer: metrics.hub
	});

	const channels = new ChannelReports(runner);
	const reconciler = new Reconciler({
		...{ db, redis, scripts, logger, writeBehind, recovery },
		reports: channels,
		observer: metrics.reconcile
	});
	const meta = config.meta
		? createMetaChannels({
				config,
				settings: config.meta,
				db,
				redis,
				scripts,
				comments,
				reports: channels,
				logger,
				observer: metrics.intake,
				jobGivenUp: metrics.jobs.givenUp,
				connect
			})
		: null;

	const auth = createAuthService({
		...{ db, redis, subscriber, config },
		onLimited: metrics.access.limited
	});

	const isWorker = config.role !== 'web';
	const work = isWorker
		? startBackgroundWork({
				...{ db, redis, scripts, logger, auth, comments, actions, blocks },
				...{ writeBehind, recovery, retention, reconciler },
				connect: () => connect('worker'),
				jobGivenUp: metrics.jobs.givenUp,
				onReconciled: metrics.reconcile.finished
			})
		: null;
	const queues = isWorker ? new QueueDepths(jobs, logger) : null;
	const health = new HealthCheck({ redis, db, scripts, logger });
	metrics.watch(metricSources({ db, pool, redis, connections, live, health, queues }));

	let retiring: Promise<void> | null = null;
	const retire = async (): Promise<void> => {
		health.startShutdown();
		const parts = { ...work?.retire(), channels: meta?.retire() };
		await endWithin(RETIRE_PATIENCE_MS, parts, logger);
	};
	let closing: Promise<void> | null = null;
	const close = async (): Promise<void> => {
		await context.retire();
		const parts = {
			...work?.close(),
			wakeUps: waker.close(),
			rehearsalQueue: rehearsals.close(),
			channelQueues: meta?.close(),
			queueDepths: queues?.close()
		};
		await endWithin(HISTORY_PATIENCE_MS, parts, logger);
		live.close();
		for (const { client } of connections) client.disconnect();
		await endWithin(DATABASE_PATIENCE_MS, { database: db.destroy() }, logger);
	};

	const context: AppContext = {
		config,
		logger,
		db,
		redis,
		scripts,
		comments,
		actions,
		blocks,
		erasure,
		channels,
		meta: meta?.services ?? null,
		live,
		limits: new RequestLimits(config.limits, undefined, metrics.access.limited),
		auth,
		rehearsals,
		replays: new ReplayStates(db),
		writeBehind,
		recovery,
		retention,
		reconciler,
		metrics,
		health,
		retire: () => (retiring ??= retire()),
		close: () => (closing ??= close())
	};
	try {
		await checkServer(redis, config.environment, logger);
	} catch (error) {
		await context.close();
		throw error;
	}
	return context;
}
