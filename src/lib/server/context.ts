import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlockLists } from './allocator/block-lists.ts';
import { ChannelReports } from './allocator/channel-reports.ts';
import { CommentIntake } from './allocator/comment.ts';
import { OperatorActions } from './allocator/operator-actions.ts';
import { ScriptRunner } from './allocator/script-runner.ts';
import { createAuthService } from './auth/service.ts';
import type { Config } from './config.ts';
import { databaseOf, openPool } from './history/database.ts';
import { readNewestPersistedEvents } from './history/event-log.ts';
import { persistedPosition } from './history/postgres-state.ts';
import { ReplayStates } from './history/queries/replay-states.ts';
import { Reconciler } from './history/reconcile/reconciler.ts';
import { Recovery } from './history/recovery.ts';
import { ShowBlocks } from './history/show-blocks.ts';
import { WriteBehind } from './history/write-behind.ts';
import { startBlockListSweep } from './jobs/block-list-sweep.ts';
import { startHousekeeping } from './jobs/housekeeping.ts';
import { createMetaChannels } from './jobs/meta-channels.ts';
import { QueueDepths } from './jobs/queue-depths.ts';
import { ReconcileTimer } from './jobs/reconcile-timer.ts';
import { RehearsalQueue, startRehearsalWorker } from './jobs/rehearsal-jobs.ts';
import { Sweep } from './jobs/sweep.ts';
import { WriteBehindWaker, startWriteBehindWorker } from './jobs/write-behind-jobs.ts';
import { metricSources } from './metric-sources.ts';
import { HealthCheck } from './observability/health.ts';
import { createLogger } from './observability/logger.ts';
import { Metrics } from './observability/metrics.ts';
import { throttledErrors } from './observability/throttled-errors.ts';
import { projectRoot } from './project-root.ts';
import { LiveHub } from './realtime/hub.ts';
import { connectRedis } from './redis/connections.ts';
import type { ConnectionKind } from './redis/connections.ts';
import { inspectServer } from './redis/durability.ts';
import type { RedisClient } from './redis/run-script.ts';
import { loadScripts } from './redis/script-loader.ts';
import type { LuaScript } from './redis/script-loader.ts';
import type { ApiServices } from './trpc/services.ts';

/** Everything the process consists of, built once and closed once. It serves the API as it is. */
export type AppContext = ApiServices & {
	readonly live: LiveHub;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly writeBehind: WriteBehind;
	readonly recovery: Recovery;
	readonly reconciler: Reconciler;
	readonly metrics: Metrics;
	readonly health: HealthCheck;
	/** Ends timers and workers, then connections. Safe to call twice. */
	close(): Promise<void>;
};

const CLOSE_PATIENCE_MS = 1_000;

/**
 * Builds the process for its role: `web` serves and wakes history, `worker` runs it, `all` does both.
 * Throws when the Redis server is too old; connections that are away are retried in the background.
 */
export async function createAppContext(config: Config): Promise<AppContext> {
	const metrics = new Metrics(config.role);
	const logger = createLogger(config.logLevel, { onLine: metrics.access.logged });
	const pool = openPool(config.database, throttledErrors(logger, 'postgres'));
	const db = databaseOf(pool);
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
	const comments = new CommentIntake(runner, metrics.intake);
	const actions = new OperatorActions(runner);
	const rehearsals = new RehearsalQueue(jobs, logger);
	const blocks = new ShowBlocks({
		db,
		lists: new BlockLists(runner, redis),
		logger,
		endedShowTtlSeconds: config.endedShowTtlSeconds
	});
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

	const worksHistory = config.role !== 'web';
	const worker = worksHistory
		? startWriteBehindWorker(connect('worker'), writeBehind, logger)
		: null;
	const rehearsalWorker = worksHistory
		? startRehearsalWorker({ connection: connect('worker'), comments, actions, logger })
		: null;
	const sweep = worksHistory ? new Sweep({ db, redis, writeBehind, logger }) : null;
	const stopBlockListSweep = worksHistory ? startBlockListSweep(blocks, logger) : () => undefined;

	const channels = new ChannelReports(runner);
	const reconciler = new Reconciler({
		...{ db, redis, scripts, logger, writeBehind, recovery },
		reports: channels,
		observer: metrics.reconcile
	});
	const reconcileTimer = worksHistory
		? new ReconcileTimer({
				...{ db, redis, scripts, reconciler, logger },
				onFinished: metrics.reconcile.finished
			})
		: null;
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
				connect
			})
		: null;

	const auth = createAuthService({
		...{ db, redis, subscriber, config },
		onLimited: metrics.access.limited
	});
	const stopHousekeeping = worksHistory ? startHousekeeping(auth, logger) : () => undefined;

	const queues = worksHistory ? new QueueDepths(jobs, logger) : null;
	metrics.watch(metricSources({ db, pool, redis, connections, live, queues }));
	const health = new HealthCheck({ redis, db, scripts, logger });

	/** BullMQ waits for a Redis that is away; nothing is lost by not waiting (the stream has it all). */
	const patiently = async (close: Promise<unknown> | undefined): Promise<void> => {
		await Promise.race([close, sleep(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
	};

	let closing: Promise<void> | null = null;
	const close = async (): Promise<void> => {
		health.startShutdown();
		stopHousekeeping();
		stopBlockListSweep();
		await Promise.all(
			[rehearsalWorker?.close(), reconcileTimer?.close(), sweep?.close(), meta?.close()].map(
				patiently
			)
		);
		await Promise.all(
			[rehearsals.close(), waker.close(), queues?.close(), worker?.close()].map(patiently)
		);
		live.close();
		for (const { client } of connections) client.disconnect();
		await db.destroy();
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
		channels,
		meta: meta?.services ?? null,
		live,
		auth,
		rehearsals,
		replays: new ReplayStates(db),
		writeBehind,
		recovery,
		reconciler,
		metrics,
		health,
		close: () => (closing ??= close())
	};
	try {
		await reportServer(context);
	} catch (error) {
		await context.close();
		throw error;
	}
	return context;
}

async function reportServer({ redis, logger, config }: AppContext): Promise<void> {
	const { warnings, faults } = await inspectServer(redis);
	if (faults.length > 0) throw new Error(faults.join('; '));
	if (config.environment !== 'production') return;
	for (const warning of warnings) logger.warn(`redis: ${warning} (see docs/operations)`);
}
