import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
	codeOf,
	connect,
	connectedShop,
	dataOf,
	graph,
	pageTokenOf,
	readReply
} from './client-fixture.ts';
import { appSecretProof } from './http/signature.ts';
import { FakeMeta } from './server.ts';

let fake: FakeMeta;
let shop: Awaited<ReturnType<typeof connectedShop>>;
beforeEach(async () => {
	fake = await FakeMeta.start();
	shop = await connectedShop(fake);
});
afterEach(() => fake.stop());

/** `GET /me` with exactly this query and header. */
async function bare(query: Record<string, string>, headers: Record<string, string> = {}) {
	const url = `${fake.env['META_GRAPH_BASE']}/v25.0/me?${new URLSearchParams(query)}`;
	return readReply(await fetch(url, { headers }));
}

describe('appsecret_proof', () => {
	test('is wanted, of that very token, in the query', async () => {
		const { pageToken, userToken } = shop;
		const missing = await bare({ access_token: pageToken });
		expect(codeOf(missing)).toBe('100');
		expect(missing.body).toMatchObject({
			error: { message: 'API calls from the server require an appsecret_proof argument' }
		});
		const other = appSecretProof('test_app_secret', userToken);
		const wrong = await bare({ access_token: pageToken, appsecret_proof: other });
		expect(wrong.body).toMatchObject({
			error: { message: 'Invalid appsecret_proof provided in the API argument' }
		});
		const right = appSecretProof('test_app_secret', pageToken);
		expect((await bare({ access_token: pageToken, appsecret_proof: right })).status).toBe(200);
	});

	test('may be left out when the app does not want it, but must not be wrong', async () => {
		fake.knobs.set({ graph: { requireProof: false } });
		const authorization = `Bearer ${shop.pageToken}`;
		expect((await bare({}, { authorization })).status).toBe(200);
		expect(codeOf(await bare({ appsecret_proof: 'f'.repeat(64) }, { authorization }))).toBe('100');
	});
});

test('a token in the URL is counted, and refused when it is forbidden', async () => {
	const { pageToken } = shop;
	const proof = appSecretProof('test_app_secret', pageToken);
	fake.calls.reset();
	await bare({ access_token: pageToken, appsecret_proof: proof });
	fake.knobs.set({ graph: { forbidTokenInUrl: true } });
	expect(codeOf(await bare({ access_token: pageToken, appsecret_proof: proof }))).toBe('100');
	expect(fake.calls.tokensInUrls).toBe(2);
	expect((await graph(fake, 'me', { token: pageToken })).status).toBe(200);
	expect(fake.calls.tokensInUrls).toBe(2);
});

test('what is kept of calls holds no token and no proof', async () => {
	const proof = appSecretProof('test_app_secret', shop.pageToken);
	await bare({ access_token: shop.pageToken, appsecret_proof: proof, fields: 'id' });
	const kept = JSON.stringify(fake.calls.list());
	expect(fake.calls.list('me').at(-1)).toMatchObject({ query: { fields: 'id' } });
	for (const secret of [shop.pageToken, shop.userToken, proof, 'test_app_secret']) {
		expect(kept).not.toContain(secret);
	}
});

describe('a token dies of', () => {
	test.each([
		['expireToken', '190/463'],
		['passwordChange', '190/460'],
		['checkpoint', '190/459'],
		['logOut', '190/467'],
		['revokeApp', '190/458']
	] as const)('%s (%s), and connecting again helps', async (name, code) => {
		await fake.admin(name, { of: shop.person.id });
		const dead = await graph(fake, 'me', { token: shop.pageToken });
		expect([dead.status, codeOf(dead)]).toEqual([400, code]);
		expect(codeOf(await graph(fake, 'me', { token: shop.userToken }))).toBe(code);
		const token = await pageTokenOf(fake, await connect(fake, shop.person), shop.page.id);
		expect((await graph(fake, 'me', { token })).status).toBe(200);
	});

	test('loseRole (190/492), for that page only, which is listed no more', async () => {
		const other = fake.addPage(shop.person, { name: 'Other' });
		const userToken = await connect(fake, shop.person);
		const otherToken = await pageTokenOf(fake, userToken, other.id);
		await fake.admin('loseRole', { person: shop.person.id, page: shop.page.id });
		expect(codeOf(await graph(fake, 'me', { token: shop.pageToken }))).toBe('190/492');
		expect((await graph(fake, 'me', { token: otherToken })).status).toBe(200);
		const pages = dataOf(await graph(fake, 'me/accounts', { token: userToken }));
		expect(pages.map(({ id }) => id)).toEqual([other.id]);
	});

	test('expireToken of a page only: the person’s token lives', async () => {
		await fake.admin('expireToken', { of: shop.page.id });
		expect(codeOf(await graph(fake, 'me', { token: shop.pageToken }))).toBe('190/463');
		expect((await graph(fake, 'me', { token: shop.userToken })).status).toBe(200);
	});

	test('under HTTP 401, when told so', async () => {
		fake.knobs.set({ graph: { tokenErrorStatus: 401 } });
		await fake.admin('expireToken', { of: shop.page.id });
		expect((await graph(fake, 'me', { token: shop.pageToken })).status).toBe(401);
	});
});

test('a permission that is taken back is code 200 under 403; pages are still listed', async () => {
	const live = shop.page.goLive();
	const of = shop.person.id;
	await fake.admin('removePermission', { of, permission: 'pages_read_user_content' });
	const token = shop.pageToken;
	const refused = await graph(fake, `${live.id}/comments`, { token });
	expect([refused.status, codeOf(refused)]).toEqual([403, '200']);
	expect(dataOf(await graph(fake, 'me/accounts', { token: shop.userToken }))).toHaveLength(1);
	await fake.admin('grantPermission', { of, permission: 'pages_read_user_content' });
	expect((await graph(fake, `${live.id}/comments`, { token })).status).toBe(200);
});

test('only the pages that were ticked are listed, and their tokens given', async () => {
	const other = fake.addPage(shop.person, { name: 'Not ticked' });
	await fake.admin('dialog', { mode: 'partial', pages: [shop.page.id] });
	const token = await connect(fake, shop.person);
	const pages = dataOf(await graph(fake, 'me/accounts', { token }));
	expect(pages.map(({ id }) => id)).toEqual([shop.page.id]);
	expect(codeOf(await graph(fake, other.id, { token }))).toBe('100/33');
});

test('subscribing a page wants its token and the permission for it', async () => {
	const path = `${shop.page.id}/subscribed_apps`;
	const post = (token: string) =>
		graph(fake, path, { token, method: 'POST', query: { subscribed_fields: 'feed' } });
	expect(codeOf(await post(shop.userToken))).toBe('210');
	await fake.admin('removePermission', {
		of: shop.person.id,
		permission: 'pages_manage_metadata'
	});
	expect(codeOf(await post(shop.pageToken))).toBe('200');
	expect(shop.page.subscribedFields.size).toBe(0);
});

test('a page’s lives are for that page’s token', async () => {
	const other = fake.addPage(fake.addPerson({ name: 'Orla Quill' }), { name: 'Other' });
	const read = (token: string, id: string) => graph(fake, `${id}/live_videos`, { token });
	expect(codeOf(await read(shop.userToken, shop.page.id))).toBe('210');
	expect(codeOf(await read(shop.pageToken, other.id))).toBe('100/33');
	expect((await read(shop.pageToken, shop.page.id)).status).toBe(200);
});

test('a field that a type does not have is code 100', async () => {
	const query = { fields: 'id,nickname' };
	expect(codeOf(await graph(fake, 'me', { token: shop.pageToken, query }))).toBe('100');
	expect(
		codeOf(await graph(fake, 'me', { token: shop.pageToken, query: { fields: 'id,{' } }))
	).toBe('100');
});
