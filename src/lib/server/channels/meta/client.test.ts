import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { graphPath, MetaClient } from './client.ts';
import type { MetaRequest } from './client.ts';
import { MetaError } from './errors.ts';
import { everythingIn, failureOf, json, settingsFor, startServer } from './http-server-fixture.ts';
import { appSecretProof } from './signature.ts';

const TOKEN = 'EAAtesttoken';
/** PLATFORMS 0.2. */
const PROOF = '2f6c99f265a9e1644d725e8f9c96e439fcbf40a73357d1d98ba8b98fbfe445e4';

const page = z.object({ data: z.array(z.object({ id: z.string() })) });
const request: MetaRequest = { path: graphPath('me', 'accounts'), token: TOKEN };

describe('a call', () => {
	test('sends the token in a header, its proof in the query, and the version in the path', async () => {
		await using server = await startServer((_, response) =>
			json(response, { data: [{ id: '1' }] })
		);
		const client = new MetaClient(settingsFor(server.base));
		const answer = await client.request({ ...request, query: { fields: 'id,from{id}' } }, page);
		expect(answer).toEqual({ data: { data: [{ id: '1' }] }, usage: null });
		const [seen] = server.seen;
		expect(seen?.method).toBe('GET');
		expect(seen?.url.pathname).toBe('/graph/v25.0/me/accounts');
		expect(seen?.headers.authorization).toBe(`Bearer ${TOKEN}`);
		expect(Object.fromEntries(seen?.url.searchParams ?? [])).toEqual({
			fields: 'id,from{id}',
			appsecret_proof: PROOF
		});
		expect(decodeURIComponent(seen?.target ?? '')).not.toContain(TOKEN);
	});

	test('without a token sends neither header nor proof', async () => {
		await using server = await startServer((_, response) => json(response, { data: [] }));
		const client = new MetaClient(settingsFor(server.base));
		await client.request({ path: graphPath('x'), versioned: false }, page);
		expect(server.seen[0]?.target).toBe('/graph/x');
		expect(server.seen[0]?.headers.authorization).toBeUndefined();
	});

	test('posts a form in the body and deletes with a query', async () => {
		await using server = await startServer((_, response) => json(response, { data: [] }));
		const client = new MetaClient(settingsFor(server.base));
		const form = { client_secret: 'form-secret-9', code: 'a b&c' };
		await client.request({ host: 'instagramToken', method: 'POST', path: 'oauth', form }, page);
		await client.request({ ...request, method: 'DELETE', query: { a: '1' } }, page);
		const [post, del] = server.seen;
		expect(post?.headers['content-type']).toContain('application/x-www-form-urlencoded');
		expect(Object.fromEntries(new URLSearchParams(post?.body))).toEqual(form);
		expect(post?.target).toBe('/ig-token/v25.0/oauth');
		expect(del?.method).toBe('DELETE');
		expect(del?.url.searchParams.get('a')).toBe('1');
	});

	test('proves the secret of the app that the host belongs to, where it is wanted', async () => {
		await using server = await startServer((_, response) => json(response, { data: [] }));
		const proofs = async (client: MetaClient): Promise<(string | null)[]> => {
			const before = server.seen.length;
			for (const host of ['graph', 'streaming', 'instagramGraph', 'instagramToken'] as const) {
				await client.request({ ...request, host }, page);
			}
			return server.seen.slice(before).map(({ url }) => url.searchParams.get('appsecret_proof'));
		};
		const settings = settingsFor(server.base);
		const ofInstagram = appSecretProof(TOKEN, 'test_instagram_secret');
		expect(await proofs(new MetaClient(settings))).toEqual([PROOF, PROOF, ofInstagram, null]);
		const instagram = { appId: '1', appSecret: 'test_instagram_secret', sendProof: false };
		const silent = new MetaClient({ ...settings, instagram });
		expect(await proofs(silent)).toEqual([PROOF, PROOF, null, null]);
	});

	test('reads the usage headers and ids that are bare numbers', async () => {
		await using server = await startServer((_, response) => {
			response.setHeader('X-App-Usage', '{"call_count":28,"total_time":81,"total_cputime":25}');
			response.end('{"data":[{"id":17841400000000001234}]}');
		});
		const answer = await new MetaClient(settingsFor(server.base)).request(request, page);
		expect(answer.usage).toEqual({ percent: 81, regainMs: null });
		expect(answer.data.data).toEqual([{ id: '17841400000000001234' }]);
	});

	test('knows the app’s own token', () => {
		expect(new MetaClient(settingsFor('http://localhost')).appToken()).toBe(
			'424242|test_app_secret'
		);
	});
});

describe('nothing foreign reaches a URL:', () => {
	test.each([
		'',
		'.',
		'..',
		'a/b',
		'a%2fb',
		'a?b',
		'a#b',
		'a b',
		'ä',
		'1\n2',
		'@host',
		'x'.repeat(201)
	])('graphPath refuses %j', (segment) => {
		expect(() => graphPath('me', segment)).toThrow(MetaError);
	});

	test('graphPath joins ids and names, and needs one at least', () => {
		expect(graphPath('911936075671494_911936769004758', 'comments')).toBe(
			'911936075671494_911936769004758/comments'
		);
		expect(() => graphPath()).toThrow(MetaError);
	});

	test.each(['/me', 'me/', 'me/../x', 'me?access_token=1', '//host/x', ''])(
		'a path that graphPath did not make is not sent: %j',
		async (path) => {
			await using server = await startServer((_, response) => json(response, { data: [] }));
			const client = new MetaClient(settingsFor(server.base));
			const error = await failureOf(client.request({ ...request, path }, page));
			expect(error.kind).toBe('bad_request');
			expect(server.seen).toEqual([]);
		}
	);

	test('a token with a line break is not sent, nor shown', async () => {
		await using server = await startServer((_, response) => json(response, { data: [] }));
		const client = new MetaClient(settingsFor(server.base));
		const token = `${TOKEN}\r\nx-evil: 1`;
		const error = await failureOf(client.request({ ...request, token }, page));
		expect(error.kind).toBe('bad_request');
		expect(everythingIn(error)).not.toContain(TOKEN);
		expect(server.seen).toEqual([]);
	});
});
