import { Writable } from 'node:stream';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { resealTokens } from '../../src/lib/server/channels/reseal-tokens.ts';
import { TokenVault, TokenVaultError } from '../../src/lib/server/channels/token-vault.ts';
import { readConfig } from '../../src/lib/server/config.ts';
import type * as LoggerModule from '../../src/lib/server/observability/logger.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import {
	connectionOf,
	createMetaContext,
	deliverSigned,
	listeningShow,
	openShop,
	until,
	untilLogged,
	untilStanding
} from './meta-harness.ts';
import type { MetaContext, Shop } from './meta-harness.ts';
import { keysLike } from './redis-nodes.ts';

/** Every line of every log of the process, with the product's own serializer of errors. */
const logLines = vi.hoisted(() => [] as string[]);
vi.mock('../../src/lib/server/observability/logger.ts', async (original) => {
	const module = await original<typeof LoggerModule>();
	const kept = new Writable({
		write: (chunk, _, done) => {
			logLines.push(String(chunk));
			done();
		}
	});
	const serializers = { err: module.describeError };
	return { ...module, createLogger: () => pino({ level: 'trace', serializers }, kept) };
});

/** What viewers are called and what they write: not for any log. */
const VIEWER = 'Vivienne Markername';
const TEXT = 'sold 12 markertext';

/** Where Meta documents a token or a code in the query and nowhere else (PLATFORMS 1.3, 1.4, 1.10, 2.4). */
const DOCUMENTED_IN_QUERY = [
	['/graph/v25.0/oauth/access_token', ['code', 'client_secret', 'fb_exchange_token']],
	['/graph/debug_token', ['input_token']],
	['/ig-graph/access_token', ['access_token', 'client_secret']],
	['/ig-graph/refresh_access_token', ['access_token']],
	['/streaming/', ['access_token']]
] as const;

let context: MetaContext;
let shop: Shop;
/** Every token that Meta gave out, and every address that was asked. */
const tokens = new Set<string>();
const asked: URL[] = [];

/** Notes what goes over the wire; what is asked and answered stays as it is. */
function watchFetch(): void {
	const { fetch } = globalThis;
	vi.stubGlobal('fetch', async (...args: Parameters<typeof fetch>) => {
		const response = await fetch(...args);
		const [target] = args;
		asked.push(new URL(target instanceof Request ? target.url : String(target)));
		if (response.headers.get('content-type')?.startsWith('application/json')) {
			const text = await response.clone().text();
			for (const [, token] of text.matchAll(/"access_token":"([^"]+)"/g))
				if (token) tokens.add(token);
		}
		return response;
	});
}

beforeAll(async () => {
	watchFetch();
	context = await createMetaContext({
		fake: { knobs: { graph: { forbidTokenInUrl: true, requireInstagramProof: true } } },
		env: { COMMENT_ORDER_WINDOW_MS: '200' }
	});
	shop = await openShop(context);
});
afterAll(async () => {
	await context.close();
	vi.unstubAllGlobals();
});

/** Everything that Redis holds, as texts. */
async function redisTexts({ redis }: AppContext): Promise<string[]> {
	const texts: string[] = [];
	for (const key of await keysLike(redis, '*')) {
		texts.push(key);
		switch (await redis.type(key)) {
			case 'string':
				texts.push((await redis.get(key)) ?? '');
				break;
			case 'hash':
				texts.push(...Object.entries(await redis.hgetall(key)).flat());
				break;
			case 'list':
				texts.push(...(await redis.lrange(key, 0, -1)));
				break;
			case 'set':
				texts.push(...(await redis.smembers(key)));
				break;
			case 'zset':
				texts.push(...(await redis.zrange(key, '0', '-1')));
				break;
			case 'stream':
				texts.push(
					...(await redis.xrange(key, '-', '+')).flatMap(([id, fields]) => [id, ...fields])
				);
				break;
		}
	}
	return texts;
}

const rowsSchema = z.array(z.object({ row: z.string() }));

/** Every row of every table, as texts. */
async function postgresTexts({ db }: AppContext): Promise<string[]> {
	const tables = await db.introspection.getTables();
	const texts: string[] = [];
	for (const { name } of tables) {
		const { rows } =
			await sql`select row_to_json(t)::text as row from ${sql.table(name)} t`.execute(db);
		texts.push(...rowsSchema.parse(rows).map(({ row }) => row));
	}
	return texts;
}

/** Those of the secrets that stand in one of the texts. */
function found(texts: readonly string[], secrets: Iterable<string>): string[] {
	const all = texts.join('\n');
	return [...secrets].filter((secret) => all.includes(secret));
}

/** Uses everything there is: all paths, troubles, a dead token, both logins. */
async function useEverything(): Promise<void> {
	const { fake, app, meta, connect } = context;
	const solo = fake.addInstagramAccount({ username: 'solo_seller' });
	fake.knobs.set({ dialog: { as: solo.id } });
	const own = connectionOf(await connect({ login: 'instagram' }), 'instagram');
	await app.db
		.updateTable('connections')
		.set({ token_issued_at: new Date(Date.now() - 25 * 3_600_000) })
		.where('id', '=', own.id)
		.execute();
	fake.advance(25 * 3_600_000);
	await meta.health.checkAll();
	fake.knobs.set({ dialog: { as: null } });

	const live = shop.page.goLive();
	const { showId, channelId } = await listeningShow(context, shop.facebook, live);
	await until('the stream', () => Promise.resolve(fake.streams(live.id) === 1));
	fake.knobs.set({ facebook: { omitFromShare: 0.3 } });
	const write = (): void => {
		for (let n = 0; n < 20; n++) {
			live.comment({ userId: `u${n}`, userName: VIEWER, text: TEXT });
		}
	};
	write();
	await untilLogged(context, showId, 20);
	const story = `Something about ${VIEWER} who wrote ${TEXT}`;
	fake.fail({ kind: 'error', code: 1, message: story, endpoint: 'comments', times: 2 });
	fake.fail({ kind: 'garbage', endpoint: 'comments' });
	fake.fail({ kind: 'error', code: 1, message: story, endpoint: 'ids', times: 3 });
	write();
	await untilLogged(context, showId, 40);
	await fake.admin('cutStreams', {});
	fake.fail({ kind: 'error', code: 100, message: story, endpoint: 'stream', times: 1 });
	const changes = [{ field: 'live_comments', value: { from: { username: VIEWER }, text: TEXT } }];
	const entry = [
		{ id: '1', time: 'never', changes, messaging: [{ text: TEXT }] },
		TEXT,
		{ id: {} }
	];
	expect(await deliverSigned(context, { object: 'instagram', entry })).toBe(200);
	expect(await deliverSigned(context, { object: 'page', entry: TEXT })).toBe(200);
	await fake.admin('flood', { count: 20 });
	await fake.admin('passwordChange', { of: shop.person.id });
	await untilStanding(context, showId, 'disconnected', 'needs_reauth');
	await meta.health.checkAll();
	await connect();
	write();
	await untilLogged(context, showId, 60);
	fake.fail({ kind: 'throttle', code: 4, endpoint: 'comments', header: 'business' });
	await untilStanding(context, showId, 'degraded', 'throttled');
	await context.endPause(showId, channelId);
	await untilStanding(context, showId, 'connected');
	await app.settle(showId);
}

describe('after everything was used once', () => {
	/** Configured secrets, in every form in which they are used. */
	const secrets = (): string[] => {
		const { appSecret, verifyToken, instagram } = context.meta.settings;
		const [key = ''] = (context.env['TOKEN_KEYS'] ?? '')
			.split(',')
			.map((pair) => pair.split(':')[1]);
		return [
			...[appSecret, verifyToken, instagram?.appSecret ?? '', key],
			Buffer.from(key, 'base64').toString('hex')
		];
	};
	/** A login that was granted and not chosen from yet. */
	let pickId: string;

	beforeAll(async () => {
		await useEverything();
		const { meta, session } = context;
		const redirectUri = 'http://localhost:3000/connections/callback/facebook';
		const url = await meta.flow.begin('facebook', session, { redirectUri, rerequest: false });
		const redirected = await fetch(url, { redirect: 'manual' });
		const { searchParams } = new URL(redirected.headers.get('location') ?? '');
		const result = await meta.flow.finish('facebook', session, {
			search: searchParams,
			redirectUri
		});
		if (result.kind !== 'granted') throw new Error('not granted');
		({ pickId } = result);
	}, 240_000);

	test('Meta gave out tokens of every kind', () => {
		const kinds = [...tokens].map((token) => token.slice(0, 3));
		expect(tokens.size).toBeGreaterThan(8);
		expect(new Set(kinds)).toEqual(new Set(['EAA', 'IGA']));
	});

	test('Redis holds none of them in clear, nor a secret, nor what a waiting login is fetched by', async () => {
		const texts = await redisTexts(context.app);
		expect(texts.length).toBeGreaterThan(100);
		expect(found(texts, [...tokens, ...secrets(), pickId, context.session.sessionId])).toEqual([]);
	});

	test('Postgres holds none of them in clear, nor a secret', async () => {
		const texts = await postgresTexts(context.app);
		expect(texts.length).toBeGreaterThan(100);
		expect(found(texts, [...tokens, ...secrets()])).toEqual([]);
	});

	test('no log names a token, a secret, a viewer or what somebody wrote', () => {
		for (const told of ['a poll failed', 'a stream broke', 'without a valid signature']) {
			expect(logLines.join('')).toContain(told);
		}
		const people = [VIEWER, 'Markername', 'markertext', 'Sam Seller'];
		expect(found(logLines, [...tokens, ...secrets(), ...people, pickId])).toEqual([]);
		expect(logLines.filter((line) => /access_token|appsecret_proof|Bearer/i.test(line))).toEqual(
			[]
		);
	});

	test('no token stands in an address but where Meta documents no other place', () => {
		const { fake } = context;
		expect(fake.calls.tokensInUrls).toBe(0);
		const undocumented = asked
			.filter((url) => url.origin === fake.origin)
			.flatMap((url) => {
				const allowed = DOCUMENTED_IN_QUERY.find(([path]) => url.pathname.startsWith(path))?.[1];
				return [...url.searchParams]
					.filter(([name]) => !allowed?.some((other) => other === name))
					.filter(([, value]) => [...tokens, ...secrets()].some((secret) => value.includes(secret)))
					.map(([name]) => `${url.pathname} ${name}`);
			});
		expect(undocumented).toEqual([]);
	});

	test('every call with a token of the Graph API carries the proof of the app’s secret', () => {
		const calls = asked.filter(({ pathname }) => /^\/(graph|streaming)\//.test(pathname));
		expect(calls.length).toBeGreaterThan(20);
		const withoutToken = calls.filter(({ pathname }) => pathname.endsWith('/oauth/access_token'));
		const withProof = calls.filter(({ searchParams }) => searchParams.has('appsecret_proof'));
		expect(withProof.length).toBe(calls.length - withoutToken.length);
	});

	test('disconnecting erases the tokens and takes the access back', async () => {
		const { app, meta, fake } = context;
		const facebook = await meta.store.find(shop.facebook.id);
		const instagram = await meta.store.find(shop.instagram.id);
		if (!facebook || !instagram) throw new Error('not connected');
		await meta.connections.disconnect(facebook);
		// The Instagram account lives on the same grant and subscription.
		expect(shop.page.subscribedFields.size).toBeGreaterThan(0);
		expect(shop.person.grant).not.toBeNull();
		await meta.connections.disconnect(instagram);
		expect(shop.page.subscribedFields.size).toBe(0);
		expect(shop.person.grant).toBeNull();
		expect(fake.calls.count('revoke')).toBe(1);
		const rows = await app.db
			.selectFrom('connections')
			.select('id')
			.where('id', 'in', [facebook.id, instagram.id])
			.execute();
		expect(rows).toEqual([]);
	});
});

const FRESH_KEY = `fresh:${Buffer.alloc(32, 9).toString('base64')}`;

test('tokens are sealed anew with the newest key while the app runs, and then need no other', async () => {
	const { app, fake } = context;
	const [old] = app.config.tokenKeys;
	const [fresh] = readConfig({
		REDIS_URL: 'redis://localhost',
		DATABASE_URL: 'postgres://localhost/x',
		TOKEN_KEYS: FRESH_KEY
	}).tokenKeys;
	if (!old || !fresh) throw new Error('no keys');
	fake.knobs.set({ dialog: { as: shop.person.id } });
	const connected = await context.connect();
	const plain = await Promise.all(connected.map(({ id }) => context.meta.store.openTokens(id)));

	const vault = new TokenVault([fresh, old]);
	const all = await app.db.selectFrom('connections').select('id').execute();
	expect(await resealTokens(app.db, vault)).toBe(all.length);
	expect(await resealTokens(app.db, vault)).toBe(0);
	const rows = await app.db
		.selectFrom('connections')
		.select(['id', 'token', 'user_token as userToken'])
		.execute();
	const onlyFresh = new TokenVault([fresh]);
	const onlyOld = new TokenVault([old]);
	for (const { id, token, userToken } of rows) {
		expect(token).toMatch(/^v1\.fresh\./);
		const version = connected.findIndex((connection) => connection.id === id);
		if (version >= 0) expect(onlyFresh.open(token, id, 'token')).toBe(plain[version]?.token);
		if (userToken) expect(onlyFresh.open(userToken, id, 'user-token')).not.toBe('');
		expect(() => onlyOld.open(token, id, 'token')).toThrow(TokenVaultError);
	}
	// A row’s token put into another row opens for nobody.
	const [one, other] = rows;
	if (!one || !other) throw new Error('two connections are needed');
	expect(() => onlyFresh.open(one.token, other.id, 'token')).toThrow(TokenVaultError);

	// A process that has rotated reads lives with them; one that has not says that a login is needed.
	const rotated = await app.another({ TOKEN_KEYS: FRESH_KEY, ROLE: 'web' });
	const facebook = connectionOf(connected, 'facebook');
	expect(await rotated.meta?.discovery.lives(facebook)).toBeInstanceOf(Array);
	await expect(context.meta.discovery.lives(facebook)).rejects.toMatchObject({
		name: 'MetaError',
		kind: 'needs_reauth'
	});
});
