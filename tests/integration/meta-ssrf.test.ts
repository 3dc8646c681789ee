import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';
import type { Api } from '../../src/lib/server/trpc/caller.ts';
import { findAppError } from '../../src/lib/server/trpc/errors.ts';
import type { FacebookLive } from '../../scripts/fake-meta/world/facebook-live.ts';
import { connectByApi, createMetaContext, until, untilStanding } from './meta-harness.ts';
import type { MetaContext } from './meta-harness.ts';

let context: MetaContext;
let api: Api;
let live: FacebookLive;
let showId: string;
let connectionId: string;

/** Something on the server’s own network that nobody outside may reach. */
let canary: Server;
let canaryPort: number;
const visits: string[] = [];

beforeAll(async () => {
	canary = createServer((request, response) => {
		visits.push(`${request.method} ${request.url}`);
		response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[]}');
	});
	await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
	const address = canary.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	canaryPort = address.port;

	context = await createMetaContext();
	const { app, fake } = context;
	const member = await app.auth.register(
		{ email: 'sam@example.com', password: 'correct horse', name: 'Sam', workspaceName: 'Sam’s' },
		{ address: '127.0.0.1' }
	);
	api = createCaller(app, member);
	const page = fake.addPage(fake.addPerson({ name: 'Sam Seller' }), { name: 'Demo Shop' });
	[connectionId = ''] = await connectByApi(api);
	live = page.goLive({ title: 'Sale' });
	const created = await api.shows.create({
		name: 'Sale',
		items: [{ number: '12', title: 'Hat', quantity: 1 }]
	});
	showId = created.showId;
});
afterAll(async () => {
	await context.close();
	canary.closeAllConnections();
	canary.close();
});
beforeEach(() => {
	visits.length = 0;
});

describe('a pasted reference', () => {
	const add = (reference: string) => api.channels.add({ showId, connectionId, reference });

	/** Addresses of things that only the server can reach, and ways to disguise one as Facebook’s. */
	const hostile = (): string[] => [
		`http://127.0.0.1:${canaryPort}/videos/1`,
		`https://127.0.0.1:${canaryPort}/page/videos/1`,
		`http://localhost:${canaryPort}/`,
		`http://[::1]:${canaryPort}/`,
		`http://[::ffff:127.0.0.1]:${canaryPort}/`,
		`http://2130706433:${canaryPort}/`,
		`http://0x7f000001:${canaryPort}/`,
		`http://0177.0.0.1:${canaryPort}/`,
		`http://127.1:${canaryPort}/`,
		`http://0:${canaryPort}/`,
		'http://169.254.169.254/latest/meta-data/',
		'http://[fe80::1]/',
		'http://10.0.0.1/',
		'http://metadata.google.internal/',
		`https://www.facebook.com@127.0.0.1:${canaryPort}/page/videos/1`,
		`https://www.facebook.com:443@127.0.0.1:${canaryPort}/page/videos/1`,
		`https://www.facebook.com:${canaryPort}/page/videos/1`,
		`https://127.0.0.1:${canaryPort}/#www.facebook.com/page/videos/1`,
		`https://127.0.0.1:${canaryPort}/?www.facebook.com/page/videos/1`,
		`https://www.facebook.com.127.0.0.1.nip.io:${canaryPort}/page/videos/1`,
		`https://www.facebook.com\\@127.0.0.1:${canaryPort}/page/videos/1`,
		`https:\\\\127.0.0.1:${canaryPort}\\page\\videos\\1`,
		`//127.0.0.1:${canaryPort}/page/videos/1`,
		`https://www.facebook.com\t.evil.example/page/videos/1`,
		'https://www.facebook.com/../../127.0.0.1/videos/1',
		'https://www.facebook.com/page/videos/..%2f..%2fadmin',
		'https://www.facebook.com/page/videos/1/../../../admin',
		'https://www.facebook.com/l.php?u=http%3A%2F%2F127.0.0.1%2F',
		'https://l.facebook.com/l.php?u=http%3A%2F%2F127.0.0.1%2F',
		'https://fb.watch/abcdef/',
		'https://www.facebook.com/share/v/abc/',
		'https://www.facebook.com/login/?next=https://127.0.0.1/',
		'https://fаcebook.com/page/videos/1',
		'https://ｗｗｗ.facebook.com/page/videos/1',
		'file:///etc/passwd',
		'gopher://127.0.0.1:6379/_FLUSHALL',
		'ftp://127.0.0.1/',
		'data:text/html,1',
		'javascript:alert(1)',
		`dict://127.0.0.1:${canaryPort}/`,
		'1/../../admin/state',
		'me',
		'1?access_token=x',
		'1%2F..%2Fme',
		'-1',
		'1e9',
		'0x1'
	];

	/** What was asked; the health of connections is looked after meanwhile, by itself. */
	const askedFor = (): string[] =>
		context.fake.calls
			.list()
			.map(({ endpoint }) => endpoint)
			.filter((endpoint) => endpoint !== 'debug_token');

	test('that leads anywhere else is refused, and nothing at all is asked for it', async () => {
		const asked = askedFor();
		for (const reference of hostile()) {
			const refusal = await add(reference).then(
				() => null,
				(error: unknown) => findAppError(error)
			);
			expect([reference, refusal?.code]).toEqual([reference, 'INVALID_INPUT']);
			expect(refusal?.message).toMatch(/\.$/);
		}
		expect(visits).toEqual([]);
		expect(askedFor()).toEqual(asked);
		expect((await api.channels.list({ showId })).channels).toEqual([]);
	});

	test('that names somebody else’s live is not found: only the account’s own list is asked', async () => {
		const { fake } = context;
		const other = fake.addPage(fake.addPerson({ name: 'Olga Other' }), { name: 'Other Shop' });
		const theirs = other.goLive();
		const asked = askedFor();
		for (const reference of [
			theirs.id,
			`https://www.facebook.com/x/videos/${theirs.videoId}`,
			'1'
		]) {
			const error: unknown = await add(reference).catch((fault: unknown) => fault);
			expect(findAppError(error)?.code).toBe('LIVE_NOT_FOUND');
		}
		expect(askedFor()).toEqual([...asked, ...Array(3).fill('live_videos')]);
	});

	test('that names the live by any of its ids or links is the live', async () => {
		for (const reference of [
			live.id,
			live.videoId,
			`https://www.facebook.com/watch/?v=${live.videoId}`,
			`https://m.facebook.com/demo.shop/videos/${live.videoId}/?ref=x#y`,
			`https://www.facebook.com/${live.page.id}/videos/sale/${live.id}/`,
			`  https://www.facebook.com/live/producer/${live.id}  `
		]) {
			await add(reference);
		}
		const { channels } = await api.channels.list({ showId });
		expect(channels.map(({ liveId }) => liveId)).toEqual([live.id]);
		expect(visits).toEqual([]);
	});
});

test('no redirect is ever followed, whatever call Meta answers with one', async () => {
	const { fake, meta } = context;
	const location = `http://127.0.0.1:${canaryPort}/internal`;
	await api.shows.activate({ showId });
	await untilStanding(context, showId, 'connected');
	const endpoints = [
		...['comments', 'live_video', 'live_videos', 'stream', 'debug_token', 'subscribed_apps'],
		...['token', 'exchange_token', 'me', 'accounts', 'revoke']
	] as const;
	const before = new Map(endpoints.map((endpoint) => [endpoint, fake.calls.count(endpoint)]));
	for (const endpoint of endpoints) fake.fail({ kind: 'redirect', endpoint, location, times: 2 });
	await fake.admin('cutStreams', {});
	await expect(connectByApi(api)).rejects.toThrow();
	fake.fail({ kind: 'redirect', endpoint: 'exchange_token', location });
	await expect(connectByApi(api)).rejects.toThrow();
	await api.channels.discover({ showId });
	await api.connections.check({ connectionId });
	live.stop();
	await until('polls, stream and status were redirected', () =>
		Promise.resolve(
			(['comments', 'live_video', 'stream'] as const).every(
				(endpoint) => fake.calls.count(endpoint) >= (before.get(endpoint) ?? 0) + 2
			)
		)
	);
	const connection = await meta.store.find(connectionId);
	if (!connection) throw new Error('not connected');
	await meta.connections.disconnect(connection);
	expect(visits).toEqual([]);
	expect(fake.calls.count('elsewhere')).toBe(0);
	// It was refused without a redirect being what broke the rest: the connection is erased all the same.
	expect(await meta.store.find(connectionId)).toBeNull();
});
