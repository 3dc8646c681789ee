import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { codeOf, connectedShop, graph } from './client-fixture.ts';
import { FakeMeta } from './server.ts';

let fake: FakeMeta;
let shop: Awaited<ReturnType<typeof connectedShop>>;
beforeEach(async () => {
	fake = await FakeMeta.start({ seed: 1 });
	shop = await connectedShop(fake);
});
afterEach(() => fake.stop());

const me = () => graph(fake, 'me', { token: shop.pageToken });

function rawMe(signal?: AbortSignal): Promise<Response> {
	const url = `${fake.env['META_GRAPH_BASE']}/v25.0/me`;
	return fetch(url, { redirect: 'manual', ...(signal ? { signal } : {}) });
}

describe('a throttle', () => {
	test.each([4, 17, 32, 613, 80001, 80002] as const)('%i comes under 400 and 403', async (code) => {
		fake.fail({ kind: 'throttle', code, endpoint: 'me' });
		fake.fail({ kind: 'throttle', code, status: 403, endpoint: 'me' });
		const [first, second, third] = [await me(), await me(), await me()];
		expect([first.status, codeOf(first)]).toEqual([400, String(code)]);
		expect([second.status, codeOf(second)]).toEqual([403, String(code)]);
		expect(first.body).toMatchObject({
			error: { type: 'OAuthException', is_transient: true, fbtrace_id: expect.any(String) }
		});
		expect(third.status).toBe(200);
	});

	test('comes with the header that was asked for, and minutes to wait', async () => {
		const header = 'x-business-use-case-usage';
		fake.fail({
			kind: 'throttle',
			code: 80001,
			header: 'business',
			percent: 104,
			etaMinutes: 7,
			endpoint: 'me'
		});
		expect(JSON.parse((await me()).headers.get(header) ?? '{}')).toEqual({
			[shop.page.id]: [
				{
					type: 'pages',
					call_count: 104,
					total_time: 104,
					total_cputime: 104,
					estimated_time_to_regain_access: 7
				}
			]
		});
		fake.fail({ kind: 'throttle', code: 80001, endpoint: 'me' });
		expect((await me()).headers.get(header)).toBeNull();
	});
});

test('usage headers come after so many calls, with the percentages that were set', async () => {
	fake.calls.reset();
	const app = { call_count: 28, total_time: 208, total_cputime: 25 };
	fake.knobs.set({ graph: { usage: { afterCalls: 2, app, page: { call_count: 81 } } } });
	expect((await me()).headers.get('x-app-usage')).toBeNull();
	await me();
	const { headers } = await me();
	expect(JSON.parse(headers.get('x-app-usage') ?? '')).toEqual(app);
	expect(JSON.parse(headers.get('x-page-usage') ?? '')).toMatchObject({ call_count: 81 });
	expect(headers.get('x-business-use-case-usage')).toBeNull();
});

describe('trouble', () => {
	test('an error of any code, transient or not', async () => {
		fake.fail({ kind: 'error', code: 2, status: 500, isTransient: true, endpoint: 'me' });
		expect(await me()).toMatchObject({
			status: 500,
			body: { error: { code: 2, is_transient: true } }
		});
	});

	test('HTML, nothing and garbage instead of JSON', async () => {
		fake.fail({ kind: 'html' });
		fake.fail({ kind: 'empty' });
		fake.fail({ kind: 'garbage' });
		const html = await rawMe();
		expect([html.status, await html.text()]).toEqual([502, expect.stringContaining('<html>')]);
		const empty = await rawMe();
		expect([empty.status, await empty.text()]).toEqual([503, '']);
		const garbage = await rawMe();
		expect(garbage.status).toBe(200);
		await expect(garbage.json()).rejects.toThrow();
	});

	test('no answer, until the client goes away', async () => {
		fake.fail({ kind: 'hang' });
		const abort = new AbortController();
		const asked = rawMe(abort.signal);
		await expect.poll(() => fake.calls.count('me')).toBe(1);
		abort.abort();
		await expect(asked).rejects.toThrow();
		expect((await me()).status).toBe(200);
	});

	test('a connection that breaks, before the answer and in it', async () => {
		fake.fail({ kind: 'reset' });
		await expect(rawMe()).rejects.toThrow();
		fake.fail({ kind: 'cut' });
		await expect(rawMe().then((response) => response.text())).rejects.toThrow();
	});

	test('a redirect to a place that counts who follows', async () => {
		fake.fail({ kind: 'redirect', times: 2 });
		const response = await rawMe();
		expect(response.status).toBe(302);
		expect(fake.calls.count('elsewhere')).toBe(0);
		await fetch(`${fake.env['META_GRAPH_BASE']}/v25.0/me`);
		expect(fake.calls.count('elsewhere')).toBe(1);
	});

	test('a body of any size', async () => {
		fake.fail({ kind: 'huge', bytes: 3_000_000 });
		expect((await (await rawMe()).text()).length).toBeGreaterThan(3_000_000);
	});

	test('200 without data', async () => {
		fake.fail({ kind: 'noData', endpoint: 'accounts' });
		expect((await graph(fake, 'me/accounts', { token: shop.userToken })).body).toEqual({});
	});
});

describe('which calls get it', () => {
	test('those of the endpoint and of the id, as often as told, until healed', async () => {
		const [one, other] = [shop.page.goLive(), shop.page.goLive()];
		const read = async (id: string) => codeOf(await graph(fake, id, { token: shop.pageToken }));
		const error = { kind: 'error', code: 1, endpoint: 'live_video', id: one.id } as const;
		fake.fail({ ...error, times: null });
		expect([await read(other.id), await read(one.id), await read(one.id)]).toEqual([
			'200 OK',
			'1',
			'1'
		]);
		await fake.admin('heal', { endpoint: 'comments' });
		expect(await read(one.id)).toBe('1');
		await fake.admin('heal', {});
		expect(await read(one.id)).toBe('200 OK');
	});

	test('by chance from the seed: the same ones each time', async () => {
		const draw = async () => {
			await using again = await FakeMeta.start({ seed: 5 });
			again.fail({ kind: 'empty', times: null, probability: 0.5 });
			const statuses: number[] = [];
			for (let call = 0; call < 20; call++) {
				statuses.push((await fetch(`${again.env['META_GRAPH_BASE']}/v25.0/me`)).status);
			}
			return statuses;
		};
		const first = await draw();
		expect(new Set(first)).toEqual(new Set([400, 503]));
		expect(await draw()).toEqual(first);
	});
});

test('a path that Meta does not have is code 100/33', async () => {
	expect(codeOf(await graph(fake, 'me/unicorns', { token: shop.pageToken }))).toBe('100/33');
});
