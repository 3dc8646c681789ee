import { describe, expect, test } from 'vitest';
import { MetaClient } from '../meta/client.ts';
import { MetaError } from '../meta/errors.ts';
import {
	everythingIn,
	failureOf,
	json,
	settingsFor,
	startServer
} from '../meta/http-server-fixture.ts';
import { appSecretProof } from '../meta/signature.ts';
import { authorizeUrl, exchangeCode, longLivedToken, me, refreshToken } from './login.ts';

const TOKEN = 'IGAAshort';
const redirectUri = 'https://app.example.com/connections/instagram/callback';

function clientFor(server: { readonly base: string }): MetaClient {
	return new MetaClient(settingsFor(server.base));
}

describe('authorizeUrl', () => {
	const login = {
		redirectUri,
		state: 'state-1',
		scopes: ['instagram_business_basic', 'instagram_business_manage_comments'],
		rerequest: false
	};

	test('names the Instagram app, not the Facebook one', () => {
		const url = new URL(authorizeUrl(settingsFor('https://meta.example'), login));
		expect(url.origin + url.pathname).toBe('https://meta.example/ig-authorize/oauth/authorize');
		expect(Object.fromEntries(url.searchParams)).toEqual({
			client_id: '515151',
			redirect_uri: redirectUri,
			response_type: 'code',
			scope: 'instagram_business_basic,instagram_business_manage_comments',
			state: 'state-1'
		});
	});

	test('can make Instagram ask who logs in', () => {
		const url = authorizeUrl(settingsFor('https://m.example'), { ...login, rerequest: true });
		expect(new URL(url).searchParams.get('force_authentication')).toBe('1');
	});

	test('is refused where no Instagram app is set up', () => {
		const settings = settingsFor('https://m.example', { instagram: null });
		expect(() => authorizeUrl(settings, login)).toThrow(MetaError);
	});
});

describe('the code exchange', () => {
	const flat = `{"access_token":"${TOKEN}","user_id":17841400000000001234,"permissions":"a,b"}`;

	test.each([
		['flat', flat],
		['wrapped', `{"data":[${flat}]}`],
		['with its permissions as a list', flat.replace('"a,b"', '["a","b"]')],
		['with its id as a text', flat.replace('17841400000000001234', '"17841400000000001234"')]
	])('reads an answer that is %s', async (_, body) => {
		await using server = await startServer((_request, response) => response.end(body));
		const grant = await exchangeCode(clientFor(server), { code: 'AQBcode', redirectUri });
		expect(grant).toEqual({
			token: TOKEN,
			userId: '17841400000000001234',
			permissions: ['a', 'b']
		});
	});

	test('posts a form, no secret in the URL, and the code without the tail that Instagram appends', async () => {
		await using server = await startServer((_, response) => response.end(flat));
		await exchangeCode(clientFor(server), { code: 'AQB#_code#_', redirectUri });
		const [seen] = server.seen;
		expect(seen?.method).toBe('POST');
		expect(seen?.target).toBe('/ig-token/oauth/access_token');
		expect(Object.fromEntries(new URLSearchParams(seen?.body))).toEqual({
			client_id: '515151',
			client_secret: 'test_instagram_secret',
			grant_type: 'authorization_code',
			redirect_uri: redirectUri,
			code: 'AQB#_code'
		});
	});

	test('reads the error envelope of its own, and shows nothing of it', async () => {
		const error_message = 'Matching code AQBcode was not found for Ann Example';
		await using server = await startServer((_, response) =>
			json(response, { error_type: 'OAuthException', code: 400, error_message }, 400)
		);
		const call = exchangeCode(clientFor(server), { code: 'AQBcode', redirectUri });
		const error = await failureOf(call);
		expect(error).toMatchObject({ kind: 'bad_request', code: 400, status: 400 });
		for (const secret of ['AQBcode', 'Ann Example', 'test_instagram_secret']) {
			expect(everythingIn(error)).not.toContain(secret);
		}
	});

	test('takes an answer without a person for an anomaly', async () => {
		await using server = await startServer((_, response) =>
			json(response, { access_token: TOKEN })
		);
		const error = await failureOf(exchangeCode(clientFor(server), { code: 'c', redirectUri }));
		expect(error).toMatchObject({ kind: 'transient', code: null });
		expect(everythingIn(error)).not.toContain(TOKEN);
	});
});

describe('a long-lived token', () => {
	const days60 = 60 * 86_400_000;

	test('is given for a short one, and for one that is still good', async () => {
		await using server = await startServer((_, response) =>
			json(response, { access_token: 'IGAAlong', token_type: 'bearer', expires_in: 5_184_000 })
		);
		const before = Date.now();
		const issued = await longLivedToken(clientFor(server), TOKEN);
		const renewed = await refreshToken(clientFor(server), issued.token);
		for (const { token, expiresAt } of [issued, renewed]) {
			expect(token).toBe('IGAAlong');
			expect(expiresAt.getTime()).toBeGreaterThanOrEqual(before + days60);
			expect(expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + days60);
		}
		const asked = server.seen.map(({ url }) => [
			url.pathname,
			Object.fromEntries(url.searchParams)
		]);
		expect(asked).toEqual([
			[
				'/ig-graph/access_token',
				{
					grant_type: 'ig_exchange_token',
					client_secret: 'test_instagram_secret',
					access_token: TOKEN
				}
			],
			[
				'/ig-graph/refresh_access_token',
				{ grant_type: 'ig_refresh_token', access_token: 'IGAAlong' }
			]
		]);
	});

	test('that is dead is told by Graph’s envelope, without the token', async () => {
		const error = {
			message: `Bad ${TOKEN}`,
			type: 'OAuthException',
			code: 190,
			error_subcode: 463
		};
		await using server = await startServer((_, response) => json(response, { error }, 400));
		const fault = await failureOf(refreshToken(clientFor(server), TOKEN));
		expect(fault).toMatchObject({ kind: 'needs_reauth', subcode: 463 });
		for (const secret of [TOKEN, 'test_instagram_secret']) {
			expect(everythingIn(fault)).not.toContain(secret);
		}
	});
});

test('me gives both ids, with the token in a header and its proof', async () => {
	await using server = await startServer((_, response) =>
		response.end(
			'{"user_id":17841400000000001234,"id":"990011","username":"demo_shop","account_type":"BUSINESS"}'
		)
	);
	expect(await me(clientFor(server), TOKEN)).toEqual({
		userId: '17841400000000001234',
		appScopedId: '990011',
		username: 'demo_shop',
		accountType: 'BUSINESS'
	});
	const [seen] = server.seen;
	expect(seen?.url.pathname).toBe('/ig-graph/v25.0/me');
	expect(seen?.headers.authorization).toBe(`Bearer ${TOKEN}`);
	expect(seen?.target).not.toContain(TOKEN);
	expect(seen?.url.searchParams.get('appsecret_proof')).toBe(
		appSecretProof(TOKEN, 'test_instagram_secret')
	);
});
