import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';
import type { Api } from '../../src/lib/server/trpc/caller.ts';
import { findAppError } from '../../src/lib/server/trpc/errors.ts';
import type { FakePage, FakePerson } from '../../scripts/fake-meta/world/page.ts';
import { connectByApi, createMetaContext } from './meta-harness.ts';
import type { MetaContext } from './meta-harness.ts';
import { keysLike } from './redis-nodes.ts';

const ORIGIN = 'http://localhost:3000';
type Login = 'facebook' | 'instagram';

let context: MetaContext;
let person: FakePerson;
let page: FakePage;
let people = 0;
let member: Member;
let api: Api;

async function newMember(): Promise<Member> {
	const name = `member${++people}`;
	return await context.app.auth.register(
		{ email: `${name}@example.com`, password: 'correct horse', name, workspaceName: name },
		{ address: `198.51.100.${people}` }
	);
}

beforeAll(async () => {
	context = await createMetaContext({
		fake: {
			redirectUris: [
				`${ORIGIN}/connections/callback/facebook`,
				`${ORIGIN}/connections/callback/instagram`,
				`${ORIGIN}/elsewhere`
			]
		}
	});
});
afterAll(() => context.close());
beforeEach(async () => {
	const { fake } = context;
	// What somebody declined stays declined, so each test has a person of its own.
	person = fake.addPerson({ name: 'Sam Seller' });
	page = fake.addPage(person, { name: 'Demo Shop', instagram: { username: 'demo_shop' } });
	fake.knobs.set({
		dialog: { mode: 'grant', as: person.id, declined: [], pages: null },
		graph: { pageSize: 25 }
	});
	member = await newMember();
	api = createCaller(context.app, member);
});

/** To the dialog and back: the query that the browser comes back with. */
async function backFromDialog(by: Api = api, login: Login = 'facebook'): Promise<string> {
	const { url } = await by.connections.begin({ login, origin: ORIGIN });
	const redirected = await fetch(url, { redirect: 'manual' });
	return new URL(redirected.headers.get('location') ?? '').search;
}

const finish = (query: string, by: Api = api, login: Login = 'facebook') =>
	by.connections.finish({ login, origin: ORIGIN, query });

async function codeOf(call: Promise<unknown>): Promise<string | null> {
	try {
		await call;
		return null;
	} catch (error) {
		const refusal = findAppError(error);
		if (!refusal) throw error;
		return refusal.code;
	}
}

/** The accounts to choose from after a login. */
async function choicesNow(by: Api = api) {
	const result = await finish(await backFromDialog(by), by);
	if (result.kind !== 'granted') throw new Error('not granted');
	return { pickId: result.pickId, ...(await by.connections.choices({ pickId: result.pickId })) };
}

describe('a state', () => {
	test('works once', async () => {
		const query = await backFromDialog();
		const tokens = context.fake.calls.count('token');
		expect((await finish(query)).kind).toBe('granted');
		expect(await codeOf(finish(query))).toBe('CONNECT_EXPIRED');
		// Nothing was asked of Meta for the replay.
		expect(context.fake.calls.count('token')).toBe(tokens + 1);
	});

	test('works once even when it comes twice at the same time', async () => {
		const query = await backFromDialog();
		const codes = await Promise.all([1, 2, 3].map(() => codeOf(finish(query))));
		expect(codes.toSorted()).toEqual(['CONNECT_EXPIRED', 'CONNECT_EXPIRED', null]);
	});

	test('is stale after ten minutes', async () => {
		const { redis } = context.app;
		const query = await backFromDialog();
		const [key = ''] = await keysLike(redis, 'sellary:login:*');
		const ttl = await redis.ttl(key);
		expect([ttl > 500, ttl <= 600]).toEqual([true, true]);
		await redis.pexpire(key, 1);
		await new Promise((resolve) => setTimeout(resolve, 10));
		expect(await codeOf(finish(query))).toBe('CONNECT_EXPIRED');
	});

	test('of another session is refused, of the same person too, and is spent', async () => {
		const others = createCaller(context.app, await newMember());
		const query = await backFromDialog();
		expect(await codeOf(finish(query, others))).toBe('CONNECT_EXPIRED');
		expect(await codeOf(finish(query))).toBe('CONNECT_EXPIRED');
		const again = await context.app.auth.signIn(
			{ email: member.email, password: 'correct horse' },
			{ address: '198.51.100.1' }
		);
		expect(again.sessionId).not.toBe(member.sessionId);
		const mine = await backFromDialog();
		expect(await codeOf(finish(mine, createCaller(context.app, again)))).toBe('CONNECT_EXPIRED');
	});

	test.each([
		['changed', (search: URLSearchParams) => search.set('state', `${search.get('state')}x`)],
		['missing', (search: URLSearchParams) => search.delete('state')],
		['empty', (search: URLSearchParams) => search.set('state', '')],
		['there twice', (search: URLSearchParams) => search.append('state', 'other')],
		['of another key in Redis', (search: URLSearchParams) => search.set('state', '*')],
		['far too long', (search: URLSearchParams) => search.set('state', 'x'.repeat(5_000))]
	])('that is %s is refused', async (_, change) => {
		const search = new URLSearchParams(await backFromDialog());
		change(search);
		expect(await codeOf(finish(`?${search}`))).toBe('CONNECT_EXPIRED');
	});

	test('that the dialog tampered with is refused', async () => {
		context.fake.knobs.set({ dialog: { mode: 'tamperState' } });
		expect(await codeOf(backFromDialog().then((query) => finish(query)))).toBe('CONNECT_EXPIRED');
	});

	test('of one login does not finish the other', async () => {
		const query = await backFromDialog();
		expect(await codeOf(finish(query, api, 'instagram'))).toBe('CONNECT_EXPIRED');
	});
});

describe('a code', () => {
	test('of somebody else’s attempt, put into ours, is used up by Meta only once', async () => {
		const others = createCaller(context.app, await newMember());
		const theirs = new URLSearchParams(await backFromDialog(others));
		const mine = new URLSearchParams(await backFromDialog());
		mine.set('code', theirs.get('code') ?? '');
		// Our state with their code: Meta can’t tell, so it is theirs that is worthless afterwards.
		expect((await finish(`?${mine}`)).kind).toBe('granted');
		expect(await codeOf(finish(`?${theirs}`, others))).toBe('PLATFORM_REFUSED');
	});

	test.each([
		['missing', (search: URLSearchParams) => search.delete('code'), 'CONNECT_EXPIRED'],
		['empty', (search: URLSearchParams) => search.set('code', ''), 'CONNECT_EXPIRED'],
		[
			'too long',
			(search: URLSearchParams) => search.set('code', 'x'.repeat(5_000)),
			'CONNECT_EXPIRED'
		],
		[
			'unknown to Meta',
			(search: URLSearchParams) => search.set('code', 'AQnothing'),
			'PLATFORM_REFUSED'
		]
	])('that is %s is refused', async (_, change, code) => {
		const search = new URLSearchParams(await backFromDialog());
		change(search);
		expect(await codeOf(finish(`?${search}`))).toBe(code);
	});

	test('for another redirect URI is refused by Meta', async () => {
		const { url } = await api.connections.begin({ login: 'facebook', origin: ORIGIN });
		const elsewhere = new URL(url);
		elsewhere.searchParams.set('redirect_uri', `${ORIGIN}/elsewhere`);
		const redirected = await fetch(elsewhere, { redirect: 'manual' });
		const { search } = new URL(redirected.headers.get('location') ?? '');
		expect(await codeOf(finish(search))).toBe('PLATFORM_REFUSED');
	});

	test('is asked for with exactly the redirect URI that is exchanged', async () => {
		const { url } = await api.connections.begin({
			login: 'facebook',
			origin: `${ORIGIN}/some/page?x=1`
		});
		expect(new URL(url).searchParams.get('redirect_uri')).toBe(
			`${ORIGIN}/connections/callback/facebook`
		);
		// An origin that is not registered gets no further than Meta’s error page.
		const foreign = await api.connections.begin({
			login: 'facebook',
			origin: 'https://evil.example'
		});
		expect((await fetch(foreign.url, { redirect: 'manual' })).status).toBe(400);
	});
});

describe('what the person grants', () => {
	test('nothing is explained, naming both reasons; nothing is asked of Meta', async () => {
		context.fake.knobs.set({ dialog: { mode: 'deny' } });
		const tokens = context.fake.calls.count('token');
		const result = await finish(await backFromDialog());
		expect(result.kind).toBe('denied');
		if (result.kind === 'denied') expect(result.reason).toMatch(/declined.*in development/);
		expect(context.fake.calls.count('token')).toBe(tokens);
		expect((await api.connections.list()).connections).toEqual([]);
	});

	test('text of the denial does not reach the page', async () => {
		const search = new URLSearchParams(await backFromDialog());
		search.delete('code');
		search.set('error', 'access_denied');
		search.set('error_description', '<script>alert(1)</script>');
		const result = await finish(`?${search}`);
		expect(JSON.stringify(result)).not.toContain('script');
	});

	test('without a permission that reading needs is a degraded connection that says what is missing', async () => {
		context.fake.knobs.set({
			dialog: {
				mode: 'partial',
				declined: ['pages_read_user_content', 'instagram_manage_comments']
			}
		});
		const { pickId, accounts } = await choicesNow();
		expect(accounts.map(({ usable }) => usable)).toEqual([true, true]);
		for (const { missing } of accounts) expect(missing.join()).toMatch(/was not granted.*allow it/);
		const { connections } = await api.connections.connect({
			pickId,
			accounts: accounts.map(({ key }) => key)
		});
		for (const { health, healthDetail, missingPermissions } of connections) {
			expect([health, missingPermissions.length]).toEqual(['degraded', 1]);
			expect(healthDetail).toContain('was not granted');
		}
		// Meta does not ask again by itself for what was declined; asked to, it does.
		context.fake.knobs.set({ dialog: { mode: 'grant', declined: [] } });
		await connectByApi(api);
		const { connections: still } = await api.connections.list();
		expect(still.map(({ health }) => health)).toEqual(['degraded', 'degraded']);
		const again = await connectByApi(api, 'facebook', true);
		expect(again.toSorted()).toEqual(connections.map(({ id }) => id).toSorted());
		const { connections: healed } = await api.connections.list();
		expect(healed.map(({ health }) => health)).toEqual(['ok', 'ok']);
	});

	test('without the webhook permission leaves the connection well and says so', async () => {
		context.fake.knobs.set({
			dialog: { mode: 'partial', declined: ['pages_manage_metadata', 'instagram_basic'] }
		});
		const { pickId, accounts } = await choicesNow();
		const { connections } = await api.connections.connect({
			pickId,
			accounts: accounts.filter(({ platform }) => platform === 'facebook').map(({ key }) => key)
		});
		expect(connections).toMatchObject([{ health: 'ok', webhooks: false }]);
		expect(connections[0]?.healthDetail).toContain('pages_manage_metadata');
	});

	test('for other pages only is missing for this one (granular scopes)', async () => {
		const { fake } = context;
		const second = fake.addPage(person, { name: 'Second Shop' });
		fake.knobs.set({ dialog: { mode: 'partial', pages: [second.id] } });
		const { accounts, pagesWithoutInstagram } = await choicesNow();
		const first = accounts.find(({ key }) => key === `facebook:${page.id}`);
		if (first) expect(first.missing.join()).toContain('not granted for this Page');
		expect(accounts.find(({ key }) => key === `facebook:${second.id}`)?.missing).toEqual([]);
		expect(pagesWithoutInstagram).toContain('Second Shop');
	});

	test('of many pages is read to the last page of the list', async () => {
		const { fake } = context;
		const owner = fake.addPerson({ name: 'Olga Owner' });
		const names = Array.from({ length: 23 }, (_, n) => `Shop ${n}`);
		for (const name of names) fake.addPage(owner, { name });
		fake.knobs.set({ dialog: { as: owner.id }, graph: { pageSize: 4 } });
		const { accounts } = await choicesNow();
		expect(accounts.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
		// What Meta names as the next page holds the token; it is never fetched as it is.
		expect(fake.calls.tokensInUrls).toBe(0);
	});
});

describe('what was granted', () => {
	test('is shown and connected only by the session that was granted it', async () => {
		const { pickId, accounts } = await choicesNow();
		const others = createCaller(context.app, await newMember());
		const keys = accounts.map(({ key }) => key);
		expect(await codeOf(others.connections.choices({ pickId }))).toBe('CONNECT_EXPIRED');
		expect(await codeOf(others.connections.connect({ pickId, accounts: keys }))).toBe(
			'CONNECT_EXPIRED'
		);
		expect((await api.connections.connect({ pickId, accounts: keys })).connections).toHaveLength(2);
		expect(await codeOf(api.connections.choices({ pickId }))).toBe('CONNECT_EXPIRED');
	});

	test('can’t be mixed with accounts that were not', async () => {
		const { pickId } = await choicesNow();
		for (const accounts of [['facebook:1'], [`facebook:${page.id}`, 'instagram:1'], ['x']]) {
			expect(await codeOf(api.connections.connect({ pickId, accounts }))).toBe('INVALID_INPUT');
		}
		expect((await api.connections.list()).connections).toEqual([]);
	});
});

describe('Instagram Login', () => {
	test.each(['flat', 'wrapped'] as const)(
		'connects with an answer that is %s',
		async (tokenShape) => {
			const { fake, app } = context;
			const account = fake.addInstagramAccount({ username: `solo_${tokenShape}` });
			fake.knobs.set({ dialog: { as: account.id }, instagram: { tokenShape } });
			const [id = ''] = await connectByApi(api, 'instagram');
			const row = await app.db
				.selectFrom('connections')
				.select(['account_id', 'alternate_id', 'account_name', 'page_id', 'grantor_id', 'login'])
				.where('id', '=', id)
				.executeTakeFirst();
			expect(row).toMatchObject({
				account_id: account.id,
				alternate_id: account.appScopedId,
				account_name: account.username,
				page_id: null,
				login: 'instagram'
			});
			expect(account.subscribedFields.size).toBeGreaterThan(0);
		}
	);

	test('without a permission is degraded, and stays so after a health check', async () => {
		const { fake, meta } = context;
		const account = fake.addInstagramAccount({ username: 'solo_partial' });
		fake.knobs.set({
			dialog: {
				as: account.id,
				mode: 'partial',
				declined: ['instagram_business_manage_comments']
			}
		});
		const [id = ''] = await connectByApi(api, 'instagram');
		await meta.health.checkAll();
		const connection = await meta.store.find(id);
		expect(connection).toMatchObject({ health: 'degraded', webhooks: false });
		expect(connection?.healthDetail).toContain('instagram_business_manage_comments');
	});
});
