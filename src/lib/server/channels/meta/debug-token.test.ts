import { describe, expect, test } from 'vitest';
import { MetaClient } from './client.ts';
import { debugToken } from './debug-token.ts';
import type { TokenFacts } from './debug-token.ts';
import { everythingIn, failureOf, json, settingsFor, startServer } from './http-server-fixture.ts';

const TOKEN = 'EAAtesttoken';

async function debug(data: Record<string, unknown>): Promise<TokenFacts> {
	await using server = await startServer((_, response) => json(response, { data }));
	return await debugToken(new MetaClient(settingsFor(server.base)), TOKEN);
}

describe('debugToken', () => {
	test('asks without a version, with the app’s token', async () => {
		await using server = await startServer((_, response) =>
			json(response, { data: { is_valid: true } })
		);
		await debugToken(new MetaClient(settingsFor(server.base)), TOKEN);
		const [seen] = server.seen;
		expect(seen?.url.pathname).toBe('/graph/debug_token');
		expect(seen?.url.searchParams.get('input_token')).toBe(TOKEN);
		expect(seen?.headers.authorization).toBe('Bearer 424242|test_app_secret');
	});

	test('gives all that Meta says', async () => {
		const facts = await debug({
			app_id: '123',
			type: 'USER',
			application: 'Our App',
			data_access_expires_at: 1_576_687_825,
			expires_at: 1_570_820_400,
			is_valid: true,
			issued_at: 1_565_636_400,
			scopes: ['pages_show_list', 'public_profile'],
			granular_scopes: [
				{ scope: 'pages_show_list', target_ids: ['1093482904102'] },
				{ scope: 'public_profile' }
			],
			user_id: '10215241773831025'
		});
		expect(facts).toEqual({
			valid: true,
			type: 'USER',
			appId: '123',
			userId: '10215241773831025',
			scopes: ['pages_show_list', 'public_profile'],
			granularScopes: [
				{ scope: 'pages_show_list', targetIds: ['1093482904102'] },
				{ scope: 'public_profile', targetIds: null }
			],
			expiresAt: new Date(1_570_820_400_000),
			dataAccessExpiresAt: new Date(1_576_687_825_000),
			error: null
		});
	});

	test('takes an end of 0, and none at all, for no fixed end', async () => {
		expect((await debug({ is_valid: true, expires_at: 0 })).expiresAt).toBeNull();
		expect(await debug({ is_valid: true })).toMatchObject({
			expiresAt: null,
			dataAccessExpiresAt: null,
			scopes: [],
			granularScopes: []
		});
	});

	test('says why a token is dead, in our words', async () => {
		const message = `Ann Example changed the password of ${TOKEN}`;
		const facts = await debug({ is_valid: false, error: { code: 190, subcode: 460, message } });
		expect(facts.valid).toBe(false);
		expect(facts.error).toMatchObject({ kind: 'needs_reauth', code: 190, subcode: 460 });
		expect(facts.error?.explanation).toContain('password');
		expect(everythingIn(facts.error)).not.toContain('Ann Example');
	});

	test('fails when the question fails', async () => {
		await using server = await startServer((_, response) =>
			json(response, { error: { code: 4, message: TOKEN } }, 400)
		);
		const call = debugToken(new MetaClient(settingsFor(server.base)), TOKEN);
		const error = await failureOf(call);
		expect(error.kind).toBe('throttled');
		expect(everythingIn(error)).not.toContain(TOKEN);
	});
});
