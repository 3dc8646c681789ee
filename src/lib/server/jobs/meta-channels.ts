import type { ChannelReports } from '../allocator/channel-reports.ts';
import type { CommentIntake } from '../allocator/comment.ts';
import { findChannel } from '../channels/channel-store.ts';
import { ConnectionHealthCheck } from '../channels/connection-health.ts';
import { ConnectionStore } from '../channels/connection-store.ts';
import { ConnectionWebhooks } from '../channels/connection-webhooks.ts';
import { Connections } from '../channels/connections.ts';
import { LiveDiscovery } from '../channels/discovery.ts';
import { CommentInbox } from '../channels/inbox.ts';
import { ChannelIntake } from '../channels/intake.ts';
import { LoginFlow } from '../channels/login-flow.ts';
import { MetaClient } from '../channels/meta/client.ts';
import type { MetaSettings } from '../channels/meta/settings.ts';
import type { ChannelObserver } from '../channels/observer.ts';
import { ChannelPoller } from '../channels/poll.ts';
import { ChannelStreams } from '../channels/streams.ts';
import { ChannelSupervisor } from '../channels/supervisor.ts';
import { RemovalRequests } from '../channels/removal-requests.ts';
import { TokenVault } from '../channels/token-vault.ts';
import { ChannelWatcher } from '../channels/watcher.ts';
import { WebhookReceiver } from '../channels/webhook-receiver.ts';
import { WebhookRouter } from '../channels/webhook-router.ts';
import type { Config } from '../config.ts';
import type { Db } from '../history/database.ts';
import { withLogContext } from '../observability/log-context.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import { endChannel, lookAtStatus } from './channel-ends.ts';
import { ChannelJobs, startChannelWorker } from './channel-jobs.ts';
import type { JobReports } from './failed-jobs.ts';
import { WebhookQueue, startWebhookWorker } from './webhook-jobs.ts';

/** What a process offers of Facebook and Instagram, whatever its role. */
export type MetaServices = {
	readonly settings: MetaSettings;
	readonly receiver: WebhookReceiver;
	readonly flow: LoginFlow;
	readonly connections: Connections;
	readonly store: ConnectionStore;
	readonly health: ConnectionHealthCheck;
	readonly removals: RemovalRequests;
	readonly discovery: LiveDiscovery;
	readonly intake: ChannelIntake;
	readonly jobs: ChannelJobs;
};

export type MetaChannelsOptions = JobReports & {
	readonly config: Config;
	readonly settings: MetaSettings;
	readonly db: Db;
	readonly redis: RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly comments: CommentIntake;
	readonly reports: ChannelReports;
	readonly observer: ChannelObserver;
	/** Opens a connection for jobs to be added, or for a worker to wait on. */
	readonly connect: (kind: 'jobs' | 'worker') => RedisClient;
};

export type MetaChannels = {
	readonly services: MetaServices;
	/** Ends polls and streams and gives their leases back; jobs in hand are finished. */
	retire(): Promise<void>;
	/** Closes the queues. */
	close(): Promise<void>;
};

/** Builds the channels of Facebook and Instagram; with a worker's role also what reads them. */
export function createMetaChannels(options: MetaChannelsOptions): MetaChannels {
	const { config, settings, db, redis, scripts, logger, observer } = options;
	const client = new MetaClient(settings);
	const vault = new TokenVault(config.tokenKeys);
	const store = new ConnectionStore(db, vault);
	const webhooks = new ConnectionWebhooks({ client, connections: store, logger });
	const health = new ConnectionHealthCheck({ client, connections: store, webhooks, logger });
	const flow = new LoginFlow({ client, redis, vault });
	const { orderWindowMs } = settings;
	const inbox = new CommentInbox({
		redis,
		scripts,
		comments: options.comments,
		orderWindowMs,
		logger,
		observer
	});
	const { reports } = options;
	const intake = new ChannelIntake({ inbox, reports, orderWindowMs, logger, observer });
	const discovery = new LiveDiscovery({ client, connections: store, redis });
	const queues = options.connect('jobs');
	const { active, quiet } = settings.pollMs;
	const jobs = new ChannelJobs(queues, Math.min(active, quiet), logger);
	const deliveries = new WebhookQueue(queues, logger);

	const services: MetaServices = {
		settings,
		receiver: new WebhookReceiver({
			settings,
			enqueue: (rawText) => deliveries.add(rawText),
			logger,
			observer
		}),
		flow,
		connections: new Connections({ client, connections: store, flow, health, webhooks, logger }),
		store,
		health,
		removals: new RemovalRequests(settings, store),
		discovery,
		intake,
		jobs
	};
	const close = async (): Promise<void> => {
		intake.close();
		await Promise.all([jobs.close(), deliveries.close()]);
	};
	if (config.role === 'web') return { services, retire: () => Promise.resolve(), close };

	const watcher = new ChannelWatcher({ db, redis, connections: store, discovery, logger });
	const poller = new ChannelPoller({
		db,
		redis,
		scripts,
		client,
		connections: store,
		intake,
		logger,
		observer,
		onEnded: (channel) => endChannel({ db, intake, jobs }, channel),
		onTokenDied: (connection, error) => health.failed(connection, error)
	});
	const streams = new ChannelStreams({
		redis,
		scripts,
		client,
		connections: store,
		intake,
		logger,
		onOpen: (channel) => jobs.pollNow(channel.id)
	});
	const supervisor = new ChannelSupervisor({
		db,
		redis,
		schedulers: jobs,
		intake,
		streams,
		watcher,
		logger
	});
	const router = new WebhookRouter({
		db,
		redis,
		connections: store,
		intake,
		logger,
		onLive: async ({ platform, accountId, liveId, status }) => {
			if (status === 'ended') {
				await lookAtStatus({ db, jobs }, liveId);
			} else if (await watcher.wentLive(platform, accountId, liveId)) {
				await supervisor.reconcile();
			}
		}
	});
	const channelWorker = startChannelWorker(
		options.connect('worker'),
		{
			tick: async (channelId, { when, checkStatus }, signal) => {
				const channel = await findChannel(db, channelId);
				if (!channel) return;
				await withLogContext({ showId: channel.showId }, async () => {
					await intake.drain(channel.showId);
					await poller.poll(channel, signal, { when, checkStatus });
				});
			},
			reconcile: () => supervisor.reconcile(),
			checkConnections: () => health.checkAll()
		},
		options
	);
	const webhookWorker = startWebhookWorker(options.connect('worker'), deliveries, router, options);
	return {
		services,
		retire: async () => {
			// First what starts streams, and at the same time the jobs, which may take seconds to end.
			const jobsDone = Promise.all([channelWorker.close(), webhookWorker.close()]);
			await supervisor.close();
			await Promise.all([streams.close(), jobsDone]);
		},
		close
	};
}
