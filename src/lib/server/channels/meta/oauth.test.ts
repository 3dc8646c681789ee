import { describe, expect, test } from 'vitest';
import { MetaClient } from './client.ts';
import { everythingIn, failureOf, json, settingsFor, startServer } from './http-server-fixture.ts';
import type { SeenRequest } from './http-server-fixture.ts';
import {
	authorizeUrl,
	exchangeCode,
	grantedPermissions,
	longLivedToken,
	me,
	revoke
} from './oauth.ts';
import { appSecretProof } from './signature.ts';

const USER_TOKEN = 'EAAuserToken';
const APP_TOKEN = '424242|test_app_secret';
const redirectUri = 'https://app.example.com/connections/facebook/callback';
const secretsOfExchange = ['test_app_secret', 'AQBcode', USER_TOKEN];

function clientFor(server: { readonly base: string }): MetaClient {
	return new MetaClient(settingsFor(server.base));
}

function queryOf(request: SeenRequest | undefined): Record<string, string> {
	return Object.fromEntries(request?.url.searchParams ?? []);
}

describe('authorizeUrl', () => {
	const login = { redirectUri, state: 'state-1', scopes: ['a', 'b'], rerequest: false };

	test('asks for the scopes, with the redirect URI as it is', () => {
		const url = new URL(authorizeUrl(settingsFor('https://meta.example'), login));
		expect(url.origin + url.pathname).toBe('https://meta.example/dialog/v25.0/dialog/oauth');
		expect(Object.fromEntries(url.searchParams)).toEqual({
			client_id: '424242',
			redirect_uri: redirectUri,
			state: 'state-1',
			response_type: 'code',
			scope: 'a,b'
		});
	});

	test('asks again for declined ones', () => {
		const url = new URL(
			authorizeUrl(settingsFor('https://m.example'), { ...login, rerequest: true })
		);
		expect(url.searchParams.get('auth_type')).toBe('rerequest');
	});

	test('with a configuration of Login for Business names that in place of the scopes', () => {
		const settings = settingsFor('https://m.example', { loginConfigId: '777' });
		const { searchParams } = new URL(authorizeUrl(settings, login));
		expect(searchParams.get('config_id')).toBe('777');
		expect(searchParams.has('scope')).toBe(false);
	});
});

describe('the code exchange', () => {
	test('sends code, secret and the same redirect URI, and gives token and end', async () => {
		await using server = await startServer((_, response) =>
			json(response, { access_token: 'EAAshort', token_type: 'bearer', expires_in: 5_000 })
		);
		const before = Date.now();
		const issued = await exchangeCode(clientFor(server), { code: 'AQBcode', redirectUri });
		expect(issued.token).toBe('EAAshort');
		expect(issued.expiresAt.getTime()).toBeGreaterThanOrEqual(before + 5_000_000);
		expect(issued.expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + 5_000_000);
		const [seen] = server.seen;
		expect(seen?.url.pathname).toBe('/graph/v25.0/oauth/access_token');
		expect(seen?.headers.authorization).toBeUndefined();
		expect(queryOf(seen)).toEqual({
			client_id: '424242',
			redirect_uri: redirectUri,
			client_secret: 'test_app_secret',
			code: 'AQBcode'
		});
	});

	test('shows nothing of it when it fails', async () => {
		const message = `Error validating verification code AQBcode for ${USER_TOKEN}`;
		await using server = await startServer((_, response) =>
			json(response, { error: { message, type: 'OAuthException', code: 100 } }, 400)
		);
		const client = clientFor(server);
		const calls = [
			exchangeCode(client, { code: 'AQBcode', redirectUri }),
			longLivedToken(client, USER_TOKEN)
		];
		for (const call of calls) {
			const error = await failureOf(call);
			expect(error).toMatchObject({ kind: 'bad_request', code: 100 });
			for (const secret of secretsOfExchange) expect(everythingIn(error)).not.toContain(secret);
		}
	});

	test('refuses a token that no header could carry', async () => {
		await using server = await startServer((_, response) =>
			json(response, { access_token: 'EAA\nshort' })
		);
		const error = await failureOf(
			exchangeCode(clientFor(server), { code: 'AQBcode', redirectUri })
		);
		expect(error).toMatchObject({ kind: 'transient', code: null });
		expect(everythingIn(error)).not.toContain('short');
	});
});

describe('longLivedToken', () => {
	test.each([
		['as long as Meta says', 5_183_944, 5_183_944],
		['60 days when Meta names no time', undefined, 60 * 86_400],
		['60 days when Meta’s time makes no sense', 'soon', 60 * 86_400]
	])('lives %s', async (_, expires_in, seconds) => {
		await using server = await startServer((_request, response) =>
			json(response, { access_token: 'EAAlong', token_type: 'bearer', expires_in })
		);
		const before = Date.now();
		const issued = await longLivedToken(clientFor(server), USER_TOKEN);
		expect(issued.token).toBe('EAAlong');
		expect(issued.expiresAt.getTime()).toBeGreaterThanOrEqual(before + seconds * 1000);
		expect(issued.expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + seconds * 1000);
		expect(queryOf(server.seen[0])).toEqual({
			grant_type: 'fb_exchange_token',
			client_id: '424242',
			client_secret: 'test_app_secret',
			fb_exchange_token: USER_TOKEN
		});
	});
});

test('me gives the id with all its digits', async () => {
	await using server = await startServer((_, response) =>
		response.end('{"name":"Ann Example","id":102152417738310259999}')
	);
	expect(await me(clientFor(server), USER_TOKEN)).toEqual({
		id: '102152417738310259999',
		name: 'Ann Example'
	});
});

describe('permissions of a user', () => {
	test('are asked for with the app’s token; declined ones are not granted', async () => {
		const data = [
			{ permission: 'pages_show_list', status: 'granted' },
			{ permission: 'email', status: 'declined' },
			{ permission: 'old', status: 'expired' }
		];
		await using server = await startServer((_, response) => json(response, { data }));
		expect(await grantedPermissions(clientFor(server), '900100')).toEqual(['pages_show_list']);
		const [seen] = server.seen;
		expect(seen?.url.pathname).toBe('/graph/v25.0/900100/permissions');
		expect(seen?.headers.authorization).toBe(`Bearer ${APP_TOKEN}`);
		expect(seen?.url.searchParams.get('appsecret_proof')).toBe(
			appSecretProof(APP_TOKEN, 'test_app_secret')
		);
	});

	test.each([true, { success: true }])('are revoked when Meta answers %j', async (answer) => {
		await using server = await startServer((_, response) => json(response, answer));
		const client = clientFor(server);
		await revoke(client, '900100');
		await revoke(client, '900100', 'pages_show_list');
		expect(server.seen.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
			'DELETE /graph/v25.0/900100/permissions',
			'DELETE /graph/v25.0/900100/permissions/pages_show_list'
		]);
		expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${APP_TOKEN}`);
	});

	test.each([false, { success: false }, {}, null])('are not when it answers %j', async (answer) => {
		await using server = await startServer((_, response) => json(response, answer));
		expect((await failureOf(revoke(clientFor(server), '900100'))).kind).toBe('transient');
	});

	test('of an id that is none are not asked for', async () => {
		await using server = await startServer((_, response) => json(response, true));
		await expect(revoke(clientFor(server), '../me')).rejects.toThrow('something foreign');
		expect(server.seen).toEqual([]);
	});
});
