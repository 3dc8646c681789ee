import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PRESETS } from './admin/knobs.ts';
import { connectedShop, dataOf, graph } from './client-fixture.ts';
import { appSecretProof, signedRequest } from './http/signature.ts';
import { FakeMeta } from './server.ts';

let fake: FakeMeta;
beforeEach(async () => {
	fake = await FakeMeta.start({ seed: 9 });
});
afterEach(() => fake.stop());

const bodySchema = z.looseObject({});

async function post(name: string, body: object | string = {}) {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	const response = await fetch(`${fake.origin}/admin/${name}`, { method: 'POST', body: text });
	return { status: response.status, body: bodySchema.parse(await response.json()) };
}

async function state() {
	return bodySchema.parse(await (await fetch(`${fake.origin}/admin/state`)).json());
}

describe('over HTTP', () => {
	test('a whole show can be made', async () => {
		const { person } = (await post('addPerson', { name: 'Tilda Ashgrove' })).body;
		const { page, account } = (
			await post('addPage', { person, name: 'Finds', instagram: { username: 'finds' } })
		).body;
		const { live } = (await post('goLive', { page, title: 'Sale' })).body;
		const { live: media } = (await post('goLive', { account })).body;
		const comments = [1, 2, 3].map((item) => ({ userId: `u${item}`, text: `sold ${item}` }));
		expect((await post('comments', { live, comments })).body['ids']).toHaveLength(3);
		const { id } = (await post('comment', { live: media, userId: 'u', text: 'sold 4' })).body;
		await post('remove', { live: media, comment: id });
		await post('stop', { live });
		expect(await state()).toMatchObject({
			seed: 9,
			pages: [{ id: page, lives: [{ id: live, status: 'LIVE_STOPPED', comments: 3 }] }],
			instagramAccounts: [{ id: account, page, lives: [{ id: media, isOn: true, comments: 0 }] }]
		});
	});

	test('what is wrong is said, and nothing is done', async () => {
		expect((await post('goLive', { page: '404' })).body['error']).toContain('no page 404');
		expect((await post('addPerson', { nom: 'Tilda' })).status).toBe(400);
		expect((await post('addPerson', 'no json')).status).toBe(400);
		expect((await post('makeCoffee')).status).toBe(404);
		expect((await fetch(`${fake.origin}/admin/addPerson`)).status).toBe(405);
		expect(await state()).toMatchObject({ people: [] });
	});

	test('every switch is listed with its purpose', async () => {
		const listed = z
			.array(z.object({ name: z.string(), help: z.string().min(5) }))
			.parse(await (await fetch(`${fake.origin}/admin`)).json());
		const names = listed.map(({ name }) => name);
		expect(names).toEqual(
			expect.arrayContaining(['addPerson', 'expireToken', 'fail', 'subscribeApp', 'cutStreams'])
		);
	});

	test('a failure is ordered and called off', async () => {
		await post('fail', { kind: 'throttle', code: 4, endpoint: 'me', times: null });
		expect((await state())['failures']).toHaveLength(1);
		expect((await post('fail', { kind: 'throttle', code: 5 })).status).toBe(400);
		await post('heal');
		expect((await state())['failures']).toEqual([]);
	});

	test('no token is shown', async () => {
		const shop = await connectedShop(fake);
		await graph(fake, 'me', { token: shop.pageToken });
		const shown = JSON.stringify(await state());
		expect(shown).toContain(shop.page.id);
		expect(shown).not.toContain(shop.pageToken.slice(0, 12));
		expect(shown).not.toContain('test_app_secret');
	});
});

describe('knobs', () => {
	test('change only what is named', async () => {
		await fake.admin('knobs', { webhooks: { dropShare: 0.5 }, graph: { pageSize: 3 } });
		await post('knobs', { webhooks: { shuffle: true } });
		expect(fake.knobs.values).toMatchObject({
			webhooks: { dropShare: 0.5, shuffle: true, duplicateShare: 0 },
			graph: { pageSize: 3, requireProof: true }
		});
	});

	test('that do not exist or can’t be so are refused, and nothing changes', async () => {
		const before = fake.knobs.values;
		expect((await post('knobs', { webhooks: { dropShare: 2 } })).status).toBe(400);
		expect((await post('knobs', { webhooks: { speed: 1 } })).status).toBe(400);
		expect((await post('knobs', { weather: {} })).status).toBe(400);
		expect(() => fake.knobs.set({ webhooks: { batch: { min: 9, max: 1 } } })).toThrow('above');
		expect(fake.knobs.values).toEqual(before);
	});

	test('a preset and back again is the default; the app’s set-up stays', async () => {
		fake.knobs.set({ graph: { requireProof: false }, dialog: { mode: 'grant' } });
		const before = fake.knobs.values;
		fake.knobs.preset('rough');
		expect(fake.knobs.values).toMatchObject(PRESETS.rough);
		expect(fake.knobs.values.graph.requireProof).toBe(false);
		fake.knobs.preset('quiet');
		expect(fake.knobs.values).toEqual(before);
	});

	test('can be given at the start', async () => {
		await using other = await FakeMeta.start({ pageSize: 1, requireProof: false, appId: '77' });
		expect(other.knobs.values.graph).toMatchObject({ pageSize: 1, requireProof: false });
		expect(other.env['META_APP_ID']).toBe('77');
		expect(other.seed).toEqual(expect.any(Number));
	});
});

test('deauthorizing revokes, and tells the callback in a signed request', async () => {
	const { person, pageToken } = await connectedShop(fake);
	const bodies: string[] = [];
	const server = createServer((request, response) => {
		request.on('data', (chunk) => bodies.push(String(chunk)));
		request.on('end', () => response.end('{"confirmation_code":"1"}'));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	const port = typeof address === 'object' ? address?.port : undefined;
	const reply = await fake.admin('deauthorize', {
		of: person.id,
		url: `http://127.0.0.1:${port}/`
	});
	server.close();
	expect(reply).toEqual({ status: 200, body: '{"confirmation_code":"1"}' });
	const sent = new URLSearchParams(bodies.join('')).get('signed_request') ?? '';
	const payload: unknown = JSON.parse(
		Buffer.from(sent.split('.')[1] ?? '', 'base64url').toString()
	);
	expect(payload).toMatchObject({ algorithm: 'HMAC-SHA256', user_id: person.id });
	expect(sent).toBe(signedRequest('test_app_secret', bodySchema.parse(payload)));
	expect((await graph(fake, 'me', { token: pageToken })).status).toBe(400);
});

test('a million comments’ worth of ids later, two fakes still do not share any', async () => {
	await using other = await FakeMeta.start({ seed: 10 });
	const [one, two] = await Promise.all([connectedShop(fake), connectedShop(other)]);
	const [mine, theirs] = [one.page.goLive(), two.page.goLive()];
	expect(mine.id).not.toBe(theirs.id);
	const distance = BigInt(theirs.id) - BigInt(mine.id);
	expect(distance).toBe(10_000_000n);
	expect(dataOf(await graph(fake, 'me/accounts', { token: one.userToken }))).toHaveLength(1);
});

test('a token of one fake is nothing to another', async () => {
	await using other = await FakeMeta.start({ seed: 10 });
	const { pageToken } = await connectedShop(fake);
	const proof = appSecretProof('test_app_secret', pageToken);
	const url = `${other.env['META_GRAPH_BASE']}/me?appsecret_proof=${proof}`;
	const response = await fetch(url, { headers: { authorization: `Bearer ${pageToken}` } });
	expect(response.status).toBe(400);
});
