import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerOf, codeOf, graph, readReply, REDIRECT_URI, tokenOf } from './client-fixture.ts';
import { FakeMeta } from './server.ts';
import type { FakeInstagramAccount } from './world/instagram-account.ts';

let fake: FakeMeta;
let account: FakeInstagramAccount;
beforeEach(async () => {
	fake = await FakeMeta.start({ knobs: { dialog: { mode: 'grant' } } });
	account = fake.addInstagramAccount({ username: 'pellam.closet' });
});
afterEach(() => fake.stop());

const HOUR_MS = 3_600_000;

function authorizeUrl(changes: Record<string, string> = {}): URL {
	const url = new URL(`${fake.env['IG_AUTHORIZE_BASE']}/oauth/authorize`);
	const params = {
		client_id: fake.env['INSTAGRAM_APP_ID'] ?? '',
		redirect_uri: REDIRECT_URI,
		response_type: 'code',
		scope: 'instagram_business_basic,instagram_business_manage_comments',
		state: 's',
		...changes
	};
	for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
	return url;
}

async function redeem(code: string, changes: Record<string, string> = {}) {
	const body = new URLSearchParams({
		client_id: fake.env['INSTAGRAM_APP_ID'] ?? '',
		client_secret: fake.env['INSTAGRAM_APP_SECRET'] ?? '',
		grant_type: 'authorization_code',
		redirect_uri: REDIRECT_URI,
		code,
		...changes
	});
	const url = `${fake.env['IG_OAUTH_TOKEN_BASE']}/oauth/access_token`;
	const response = await fetch(url, { method: 'POST', body });
	return { status: response.status, text: await response.text() };
}

async function newCode(): Promise<string> {
	return (await answerOf(authorizeUrl())).searchParams.get('code') ?? '';
}

async function shortToken(): Promise<string> {
	const { text } = await redeem((await newCode()).replace(/#_$/, ''));
	return tokenOf({ status: 200, headers: new Headers(), body: JSON.parse(text) });
}

async function renew(path: string, query: Record<string, string>) {
	const url = `${fake.env['IG_GRAPH_BASE']}/${path}?${new URLSearchParams(query)}`;
	return readReply(await fetch(url));
}

const longToken = (token: string) =>
	renew('access_token', {
		grant_type: 'ig_exchange_token',
		client_secret: fake.env['INSTAGRAM_APP_SECRET'] ?? '',
		access_token: token
	});
const refresh = (token: string) =>
	renew('refresh_access_token', { grant_type: 'ig_refresh_token', access_token: token });

const login = (path: string, token: string, options: Parameters<typeof graph>[2] = {}) =>
	graph(fake, path, { token, base: 'IG_GRAPH_BASE', ...options });

describe('the code', () => {
	test('ends with #_ and is no good with it', async () => {
		const code = await newCode();
		expect(code).toMatch(/#_$/);
		const refused = await redeem(code);
		expect(refused.status).toBe(400);
		expect(JSON.parse(refused.text)).toEqual({
			error_type: 'OAuthException',
			code: 400,
			error_message: expect.any(String)
		});
		expect((await redeem(code.slice(0, -2))).status).toBe(200);
	});

	test('gives the account as a bare number that JavaScript can’t hold', async () => {
		const { text } = await redeem((await newCode()).slice(0, -2));
		expect(text).toContain(`"user_id":${account.id}`);
		expect(Number.isSafeInteger(Number(account.id))).toBe(false);
	});

	test('may be answered wrapped', async () => {
		fake.knobs.set({ instagram: { tokenShape: 'wrapped' } });
		const { text } = await redeem((await newCode()).slice(0, -2));
		expect(JSON.parse(text)).toEqual({
			data: [expect.objectContaining({ access_token: expect.stringMatching(/^IGAA/) })]
		});
	});

	test('is single use and bound to the address', async () => {
		const code = (await newCode()).slice(0, -2);
		expect((await redeem(code, { redirect_uri: `${REDIRECT_URI}?a=1` })).status).toBe(400);
		expect((await redeem(code)).status).toBe(200);
		expect((await redeem(code)).status).toBe(400);
	});

	test('is not given for scopes of Facebook Login', async () => {
		const response = await fetch(authorizeUrl({ scope: 'instagram_basic' }));
		expect(response.status).toBe(400);
	});
});

describe('tokens', () => {
	test('live an hour, then sixty days', async () => {
		const short = await shortToken();
		const long = tokenOf(await longToken(short));
		fake.advance(HOUR_MS + 1);
		expect(codeOf(await login('me', short))).toBe('190/463');
		expect(codeOf(await longToken(short))).toBe('190/463');
		expect((await login('me', long)).status).toBe(200);
		fake.advance(60 * 24 * HOUR_MS);
		expect(codeOf(await login('me', long))).toBe('190/463');
		expect(codeOf(await refresh(long))).toBe('190/463');
	});

	test('are refreshed from 24 hours on, not before', async () => {
		const long = tokenOf(await longToken(await shortToken()));
		fake.advance(23 * HOUR_MS);
		expect(codeOf(await refresh(long))).toBe('100');
		fake.advance(HOUR_MS);
		const fresh = await refresh(long);
		expect(fresh.body).toMatchObject({ token_type: 'bearer', expires_in: 5_184_000 });
		fake.advance(59 * 24 * HOUR_MS + 12 * HOUR_MS);
		expect((await login('me', tokenOf(fresh))).status).toBe(200);
		expect(codeOf(await login('me', long))).toBe('190/463');
	});

	test('may stand in the URL where that is documented, even when it is forbidden elsewhere', async () => {
		fake.knobs.set({ graph: { forbidTokenInUrl: true } });
		expect((await longToken(await shortToken())).status).toBe(200);
		expect(fake.calls.tokensInUrls).toBe(0);
	});

	test('are not for graph.facebook.com', async () => {
		expect(codeOf(await graph(fake, 'me', { token: await shortToken() }))).toBe('190');
	});
});

test('me has both ids; a wrong proof is refused', async () => {
	const token = await shortToken();
	const query = { fields: 'id,user_id,username,account_type' };
	const me = await login('me', token, { query });
	expect(me.body).toEqual({
		id: account.appScopedId,
		user_id: account.id,
		username: 'pellam.closet',
		account_type: 'BUSINESS'
	});
	const wrong = { query: { appsecret_proof: 'f'.repeat(64) } };
	expect(codeOf(await login('me', token, wrong))).toBe('100');
});

test('lives can’t be listed and comments not polled; a single comment can be read', async () => {
	const token = await shortToken();
	const live = account.goLive();
	const { id } = live.comment({ userId: 'u', userName: 'ann', text: 'sold 3' });
	expect(codeOf(await login(`${account.id}/live_media`, token))).toBe('100/33');
	expect(codeOf(await login(`${live.id}/comments`, token))).toBe('100/33');
	const query = { fields: 'timestamp,text' };
	expect((await login(id, token, { query })).body).toMatchObject({ text: 'sold 3' });
});

test('the account subscribes by itself', async () => {
	const token = await shortToken();
	const path = `${account.id}/subscribed_apps`;
	const post = (subscribed_fields: string) =>
		login(path, token, { method: 'POST', query: { subscribed_fields } });
	expect(codeOf(await post('feed'))).toBe('100');
	expect((await post('live_comments')).body).toEqual({ success: true });
	expect((await login(path, token)).body['data']).toEqual([
		expect.objectContaining({ subscribed_fields: ['live_comments'] })
	]);
	expect((await login(path, token, { method: 'DELETE' })).body).toEqual({ success: true });
	expect((await login(path, token)).body).toEqual({ data: [] });
});
