import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { graphPath, MetaClient } from './client.ts';
import type { MetaRequest } from './client.ts';
import type { MetaError } from './errors.ts';
import { everythingIn, failureOf, json, settingsFor, startServer } from './http-server-fixture.ts';
import type { Reply } from './http-server-fixture.ts';

const TOKEN = 'EAAtesttoken';
/** PLATFORMS 0.2. */
const PROOF = '2f6c99f265a9e1644d725e8f9c96e439fcbf40a73357d1d98ba8b98fbfe445e4';
const IN_QUERY = 'query-secret-9';
const IN_FORM = 'form-secret-9';
const FOREIGN_WORDS = 'Ann Example may not do this with EAAtesttoken';

const page = z.object({ data: z.array(z.object({ id: z.string() })) });
const request: MetaRequest = { path: graphPath('me', 'accounts'), token: TOKEN };

/** The error of a call to a server that answers like that, checked for leaks. */
async function failure(reply: Reply, changes: Partial<MetaRequest> = {}): Promise<MetaError> {
	await using server = await startServer(reply);
	const client = new MetaClient(settingsFor(server.base));
	const query = { fields: IN_QUERY };
	const error = await failureOf(client.request({ ...request, query, ...changes }, page));
	const shown = everythingIn(error) + error.explanation;
	const secrets = [TOKEN, PROOF, IN_QUERY, IN_FORM, 'test_app_secret', 'Ann Example', 'fields='];
	for (const secret of secrets) expect(shown).not.toContain(secret);
	return error;
}

function envelope(code: number, more: Record<string, unknown> = {}) {
	const error = {
		message: FOREIGN_WORDS,
		type: 'OAuthException',
		code,
		fbtrace_id: 'H2il2t5',
		...more
	};
	return { error };
}

describe('an error of Meta’s', () => {
	test.each([
		[4, 'throttled'],
		[32, 'throttled'],
		[80001, 'throttled'],
		[190, 'needs_reauth'],
		[200, 'permission'],
		[341, 'blocked'],
		[2, 'transient'],
		[100, 'bad_request'],
		[803, 'unknown_id']
	])('with code %i is %s under every HTTP status', async (code, kind) => {
		for (const status of [200, 400, 401, 403, 404, 429, 500]) {
			const error = await failure((_, response) => json(response, envelope(code), status));
			expect(error).toMatchObject({ kind, code, status, traceId: 'H2il2t5' });
			expect(error.message).toBe(`Meta answered ${code} to GET me/accounts (HTTP ${status})`);
		}
	});

	test('names the subcode too, and never a trace id that is none', async () => {
		const body = envelope(190, { error_subcode: 463, fbtrace_id: `<b>${TOKEN}</b>` });
		const error = await failure((_, response) => json(response, body, 401));
		expect(error).toMatchObject({ kind: 'needs_reauth', code: 190, subcode: 463, traceId: null });
		expect(error.message).toBe('Meta answered 190/463 to GET me/accounts (HTTP 401)');
	});

	test('says how long to wait, from the usage header, when it is a throttle', async () => {
		const header = '{"1":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":7}]}';
		const reply =
			(code: number): Reply =>
			(_, response) => {
				response.setHeader('X-Business-Use-Case-Usage', header);
				json(response, envelope(code, { is_transient: true }), 403);
			};
		expect(await failure(reply(80001))).toMatchObject({ retryAfterMs: 7 * 60_000 });
		expect(await failure(reply(10))).toMatchObject({ kind: 'transient', retryAfterMs: null });
		const bare = await failure((_, response) => json(response, envelope(4), 400));
		expect(bare).toMatchObject({ kind: 'throttled', retryAfterMs: null });
	});

	test('about the proof tells who has to do something', async () => {
		const message = 'Invalid appsecret_proof provided in the API argument';
		const error = await failure((_, response) => json(response, envelope(100, { message }), 400));
		expect(error.kind).toBe('bad_request');
		expect(error.explanation).toContain('app secret');
	});

	test('of Instagram’s token endpoint is no code of Graph’s', async () => {
		const form = { client_secret: IN_FORM };
		const host = 'instagramToken';
		const body = { error_type: 'OAuthException', code: 400, error_message: FOREIGN_WORDS };
		const error = await failure((_, response) => json(response, body, 400), {
			host,
			form,
			method: 'POST'
		});
		expect(error).toMatchObject({ kind: 'bad_request', code: 400, status: 400 });
		const busy = { ...body, code: 429 };
		const throttle = await failure((_, response) => json(response, busy, 429), { host });
		expect(throttle.kind).toBe('throttled');
	});
});

describe('what is no answer of Graph', () => {
	test.each([
		['a proxy’s page', 502, '<html><title>Bad gateway</title>Ann Example</html>'],
		['an empty 500', 500, ''],
		['an empty 403', 403, ''],
		['a page under 401', 401, '<html></html>'],
		['a page under 200', 200, '<html>Ann Example</html>'],
		['nothing under 200', 200, ''],
		['broken JSON', 200, '{"data":[{"id":"1"'],
		['JSON without the list', 200, '{}'],
		['an error that has no code', 400, '{"error":{"message":"Ann Example"}}'],
		['an error that is a text', 400, '{"error":"Ann Example"}'],
		['null', 200, 'null']
	])('is transient and without a code: %s', async (_, status, body) => {
		const error = await failure((_request, response) => {
			response.writeHead(status, { 'content-type': 'text/html' }).end(body);
		});
		expect(error).toMatchObject({ kind: 'transient', code: null, status });
	});

	test('is a throttle under 429', async () => {
		const error = await failure((_, response) => response.writeHead(429).end('slow down'));
		expect(error).toMatchObject({ kind: 'throttled', code: null, status: 429 });
	});

	test.each([301, 302, 303, 307, 308])('a redirect with %i is not followed', async (status) => {
		await using other = await startServer((_, response) => json(response, { data: [] }));
		const location = `${other.base}/graph/v25.0/me/accounts?access_token=${TOKEN}`;
		const error = await failure((_, response) => response.writeHead(status, { location }).end());
		expect(error).toMatchObject({ kind: 'transient', code: null, status });
		expect(other.seen).toEqual([]);
	});

	test('is cut off when it is too large, with its length named or not', async () => {
		const chunk = `"${'x'.repeat(1_000_000)}",`;
		const endless = await failure((_, response) => {
			response.writeHead(200);
			const more = (): void => {
				while (!response.destroyed && response.write(chunk));
			};
			response.on('drain', more).write('[');
			more();
		});
		expect(endless).toMatchObject({ kind: 'transient', code: null, status: 200 });
		expect(endless.message).toContain('too large');
		const whole = await failure((_, response) => response.end(chunk.repeat(6)));
		expect(whole.message).toContain('too large');
	});
});
