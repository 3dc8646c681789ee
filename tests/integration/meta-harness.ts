import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommentReceived } from '../../src/lib/domain/events.ts';
import { addChannel } from '../../src/lib/server/channels/channel-store.ts';
import type { Connection } from '../../src/lib/server/channels/connection-store.ts';
import { channelFigures } from '../../src/lib/server/channels/figures.ts';
import type { ChannelFigures } from '../../src/lib/server/channels/figures.ts';
import type { LoginSession } from '../../src/lib/server/channels/login-flow.ts';
import { signWebhook } from '../../src/lib/server/channels/meta/signature.ts';
import { readPollState, writePollState } from '../../src/lib/server/channels/poll-state.ts';
import type { PollState } from '../../src/lib/server/channels/poll-state.ts';
import { readPersistedEvents } from '../../src/lib/server/history/event-log.ts';
import type { MetaServices } from '../../src/lib/server/jobs/meta-channels.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import { answerDelivery } from '../../src/lib/server/webhook-endpoint.ts';
import type { Api } from '../../src/lib/server/trpc/caller.ts';
import type { FakeInstagramAccount } from '../../scripts/fake-meta/world/instagram-account.ts';
import type { FakePage, FakePerson } from '../../scripts/fake-meta/world/page.ts';
import { FakeMeta } from '../../scripts/fake-meta/server.ts';
import type { FakeMetaOptions } from '../../scripts/fake-meta/server.ts';
import { connectAccounts, loopbackEnv, serveWebhooks } from '../../scripts/lib/meta-loopback.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { startGraphProxy } from './meta-proxy.ts';
import type { Interception } from './meta-proxy.ts';
import { ownId } from './meta-crowd.ts';
import { expectAgreement, liveState } from './probes.ts';

/** A live of the fake, of either platform. */
type AnyLive = { readonly id: string; readonly videoId?: string };

export type ChannelStanding = {
	readonly status: string;
	readonly reason: string | null;
	readonly detail: string | null;
};

/** What members of a workspace call. */
type ConnectApi = Pick<Api, 'connections'>;

export type MetaContext = {
	readonly app: TestContext;
	readonly meta: MetaServices;
	readonly fake: FakeMeta;
	readonly session: LoginSession;
	/** The callback that the fake delivers to. */
	readonly webhooksUrl: string;
	/** Environment of another process on the same fake. */
	readonly env: Record<string, string>;
	connect(options?: Parameters<typeof connectAccounts>[2]): Promise<Connection[]>;
	/** Binds a live to a show; the show may be on already. Returns the channel's id. */
	listen(showId: string, connection: Connection, live: AnyLive): Promise<string>;
	figures(showId: string, channelId: string): Promise<ChannelFigures>;
	/** How the show's one channel stands, as consoles see it. */
	standing(showId: string): Promise<ChannelStanding | null>;
	/** Where the channel's polling stands. */
	pollState(showId: string, channelId: string): Promise<PollState>;
	/** As if the pause that the platform asked for were over. */
	endPause(showId: string, channelId: string): Promise<void>;
	/** How many comments are in the log, by the live state: cheap to ask again and again. */
	loggedCount(showId: string): Promise<number>;
	/** Comments in the log as Postgres has it, in its order; a moment late. */
	logged(showId: string): Promise<(CommentReceived & { readonly seq: number })[]>;
	close(): Promise<void>;
};

/** The whole application with the fake as its Meta, webhooks served over HTTP. */
export async function createMetaContext(
	options: {
		readonly fake?: FakeMetaOptions;
		readonly env?: Record<string, string>;
		/** Stands between product and Graph API. */
		readonly intercept?: Interception;
	} = {}
): Promise<MetaContext> {
	const fake = await FakeMeta.start({
		...options.fake,
		knobs: { dialog: { mode: 'grant' }, ...options.fake?.knobs }
	});
	const proxy = options.intercept ? await startGraphProxy(fake.origin, options.intercept) : null;
	const graph: Record<string, string> = proxy ? { META_GRAPH_BASE: `${proxy.base}/graph` } : {};
	const env = { ...loopbackEnv(fake), ...graph, ...options.env };
	const app = await createTestContext({ env });
	const { meta } = app;
	if (!meta) throw new Error('the fake’s settings make no Meta app');
	const webhooks = await serveWebhooks(meta.receiver);
	await fake.subscribeApp({ callbackUrl: webhooks.url });
	const session = { sessionId: randomUUID(), workspaceId: app.workspaceId };
	return {
		app,
		meta,
		fake,
		session,
		webhooksUrl: webhooks.url,
		env,
		connect: (more) => connectAccounts(app, session, more),
		async listen(showId, connection, live) {
			const channelId = await addChannel(app.db, {
				showId,
				connectionId: connection.id,
				platform: connection.platform,
				accountId: connection.accountId,
				accountName: connection.accountName,
				liveId: live.id,
				videoId: live.videoId ?? null,
				title: null
			});
			await meta.jobs.reconcileSoon();
			return channelId;
		},
		figures: (showId, id) => channelFigures(app.redis, { showId, id }),
		async standing(showId) {
			const [channel] = (await liveState(app, showId)).channels.values();
			if (!channel) return null;
			const { status, reason, detail } = channel;
			return { status, reason, detail };
		},
		pollState: (showId, channelId) => readPollState(app.redis, showId, channelId),
		async endPause(showId, channelId) {
			const state = await readPollState(app.redis, showId, channelId);
			await writePollState(app.redis, showId, channelId, { ...state, nextAt: 0 });
		},
		loggedCount: (showId) => app.redis.hlen(showKey(showId, 'comments')),
		async logged(showId) {
			const events = await readPersistedEvents(app.db, showId, 1, 100_000);
			return events
				.filter((event) => event.type === 'comment.received')
				.map((event) => ({ ...event.data, seq: event.seq }));
		},
		async close() {
			await app.close();
			await fake.stop();
			await webhooks.stop();
			await proxy?.stop();
		}
	};
}

const STALL_MS = 30_000;

/** Waits until `probe` holds; fails when it has given the same for half a minute. */
export async function until<T>(
	what: string,
	probe: () => Promise<T>,
	holds: (value: T) => boolean = Boolean
): Promise<T> {
	let last: string | undefined;
	let changedAt = 0;
	for (;;) {
		const value = await probe();
		if (holds(value)) return value;
		const text = JSON.stringify(value);
		if (text !== last) changedAt = performance.now();
		last = text;
		if (performance.now() - changedAt > STALL_MS) throw new Error(`${what}: still ${text}`);
		await sleep(25);
	}
}

/** A page with an Instagram account, both connected to the context's workspace. */
export type Shop = {
	readonly person: FakePerson;
	readonly page: FakePage;
	readonly account: FakeInstagramAccount;
	readonly facebook: Connection;
	readonly instagram: Connection;
};

export async function openShop(context: MetaContext): Promise<Shop> {
	const { fake } = context;
	const person = fake.addPerson({ name: 'Sam Seller' });
	const page = fake.addPage(person, { name: 'Demo Shop', instagram: { username: 'demo_shop' } });
	if (!page.instagram) throw new Error('the page has no account');
	const connected = await context.connect();
	return {
		person,
		page,
		account: page.instagram,
		facebook: connectionOf(connected, 'facebook'),
		instagram: connectionOf(connected, 'instagram')
	};
}

/** A show that is on and listens to the live. */
export async function listeningShow(
	context: MetaContext,
	connection: Connection,
	live: AnyLive,
	items: Record<string, number> = { '12': 1 }
): Promise<{ readonly showId: string; readonly channelId: string }> {
	const showId = await context.app.show(items);
	const channelId = await context.listen(showId, connection, live);
	await untilStanding(context, showId, 'connected');
	return { showId, channelId };
}

/** Waits until the show's one channel stands so; `reason` where it matters. */
export async function untilStanding(
	context: MetaContext,
	showId: string,
	status: string,
	reason?: string
): Promise<void> {
	await until(
		`the channel is ${status} ${reason ?? ''}`,
		() => context.standing(showId),
		(standing) =>
			standing?.status === status && (reason === undefined || standing.reason === reason)
	);
}

/** Waits until the log holds so many comments. */
export async function untilLogged(
	context: MetaContext,
	showId: string,
	count: number
): Promise<void> {
	await until(
		`${count} comments are logged`,
		() => context.loggedCount(showId),
		(logged) => logged >= count
	);
}

/** Hands a body to the webhook endpoint as Meta would have signed it. Returns the answer's status. */
export async function deliverSigned({ meta }: MetaContext, body: unknown): Promise<number> {
	// Spaces: the fake may say the same, and an identical delivery would be the same one.
	const raw = Buffer.from(JSON.stringify(body, null, 1));
	const request = new Request('http://localhost/webhooks/meta', {
		method: 'POST',
		headers: { 'x-hub-signature-256': signWebhook(raw, meta.settings.appSecret) },
		body: raw
	});
	return (await answerDelivery(meta.receiver, request)).status;
}

/** Own ids of the logged comments in the order of the log, once Postgres has all of it. */
export async function loggedIds(context: MetaContext, showId: string): Promise<string[]> {
	expectAgreement(await context.app.settle(showId));
	return (await context.logged(showId)).map(ownId);
}

/** The connection of the platform. @throws when there is none */
export function connectionOf(
	connections: readonly Connection[],
	platform: 'facebook' | 'instagram'
): Connection {
	const found = connections.find((connection) => connection.platform === platform);
	if (!found) throw new Error(`no ${platform} connection`);
	return found;
}

/** A running seed of a test; SEED in the environment repeats one. */
export function seedsOf(count: number): number[] {
	const given = process.env['SEED'];
	if (given) return [Number(given)];
	return Array.from({ length: count }, () => Math.floor(Math.random() * 2 ** 31));
}

const ORIGIN = 'http://localhost:3000';

/**
 * Connects through the API as a seller's browser does: to the fake's dialog, which must be in a mode that
 * answers at once, and back. Returns the ids of the connections.
 */
export async function connectByApi(
	api: ConnectApi,
	login: 'facebook' | 'instagram' = 'facebook',
	rerequest = false
): Promise<string[]> {
	const { url } = await api.connections.begin({ login, origin: ORIGIN, rerequest });
	const redirected = await fetch(url, { redirect: 'manual' });
	const query = new URL(redirected.headers.get('location') ?? '').search;
	const result = await api.connections.finish({ login, origin: ORIGIN, query });
	if (result.kind === 'denied') throw new Error(result.reason);
	const { pickId } = result;
	const { accounts } = await api.connections.choices({ pickId });
	const usable = accounts.filter((account) => account.usable).map(({ key }) => key);
	const { connections } = await api.connections.connect({ pickId, accounts: usable });
	return connections.map(({ id }) => id);
}
