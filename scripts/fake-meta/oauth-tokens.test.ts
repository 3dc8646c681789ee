import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
	answerOf,
	codeOf,
	connect,
	connectedShop,
	dataOf,
	dialogUrl,
	exchange,
	graph,
	pageTokenOf,
	pagingOf,
	REDIRECT_URI,
	tokenOf
} from './client-fixture.ts';
import { FakeMeta } from './server.ts';

let fake: FakeMeta;
let shop: Awaited<ReturnType<typeof connectedShop>>;
beforeEach(async () => {
	fake = await FakeMeta.start();
	shop = await connectedShop(fake);
});
afterEach(() => fake.stop());

async function newCode(): Promise<string> {
	return (await answerOf(dialogUrl(fake))).searchParams.get('code') ?? '';
}

function debug(token: string) {
	const { META_APP_ID: id = '', META_APP_SECRET: secret = '' } = fake.env;
	const query = { input_token: token, access_token: `${id}|${secret}` };
	return graph(fake, 'debug_token', { query });
}

describe('a code', () => {
	const redirect_uri = REDIRECT_URI;

	test('is good once', async () => {
		const code = await newCode();
		expect((await exchange(fake, { code, redirect_uri })).body).toMatchObject({
			token_type: 'bearer',
			expires_in: 5_400
		});
		const again = await exchange(fake, { code, redirect_uri });
		expect([again.status, codeOf(again)]).toEqual([400, '100/36009']);
	});

	test('is good for ten minutes', async () => {
		const [early, late] = [await newCode(), await newCode()];
		fake.advance(540_000);
		expect((await exchange(fake, { code: early, redirect_uri })).status).toBe(200);
		fake.advance(60_000);
		expect(codeOf(await exchange(fake, { code: late, redirect_uri }))).toBe('100/36007');
	});

	test('is bound to the address, to the letter, and to the app', async () => {
		const code = await newCode();
		const elsewhere = await exchange(fake, { code, redirect_uri: `${REDIRECT_URI}/` });
		expect([elsewhere.status, codeOf(elsewhere)]).toEqual([400, '100/36008']);
		expect(elsewhere.body).toMatchObject({
			error: { message: expect.stringContaining('Error validating verification code') }
		});
		expect(codeOf(await exchange(fake, { code, redirect_uri, client_secret: 'x' }))).toBe('1');
		expect(codeOf(await exchange(fake, { code, redirect_uri, client_id: '1' }))).toBe('101');
		expect((await exchange(fake, { code, redirect_uri })).status).toBe(200);
	});
});

describe('a long-lived token', () => {
	test('can’t be had for an expired one', async () => {
		const code = await newCode();
		const short = tokenOf(await exchange(fake, { code, redirect_uri: REDIRECT_URI }));
		fake.advance(5_401_000);
		const long = { grant_type: 'fb_exchange_token', fb_exchange_token: short };
		expect(codeOf(await exchange(fake, long))).toBe('190/463');
	});

	test('may come without expires_in', async () => {
		fake.knobs.set({ graph: { omitExpiresIn: true } });
		const long = { grant_type: 'fb_exchange_token', fb_exchange_token: shop.userToken };
		expect((await exchange(fake, long)).body).not.toHaveProperty('expires_in');
	});

	test('makes page tokens without a fixed end; a short one makes short ones', async () => {
		const code = await newCode();
		const short = tokenOf(await exchange(fake, { code, redirect_uri: REDIRECT_URI }));
		const shortPage = await pageTokenOf(fake, short, shop.page.id);
		expect((await debug(shop.pageToken)).body['data']).toMatchObject({
			type: 'PAGE',
			expires_at: 0,
			is_valid: true
		});
		fake.advance(61 * 86_400_000);
		expect(codeOf(await graph(fake, 'me', { token: shortPage }))).toBe('190/463');
		expect(codeOf(await graph(fake, 'me', { token: shop.userToken }))).toBe('190/463');
		expect((await graph(fake, 'me', { token: shop.pageToken })).status).toBe(200);
	});
});

describe('debug_token', () => {
	test('names scopes and what they were ticked for', async () => {
		expect((await debug(shop.userToken)).body['data']).toMatchObject({
			type: 'USER',
			app_id: fake.env['META_APP_ID'],
			user_id: shop.person.id,
			scopes: expect.arrayContaining(['pages_show_list', 'public_profile']),
			granular_scopes: expect.arrayContaining([
				{ scope: 'pages_show_list', target_ids: [shop.page.id] },
				{ scope: 'instagram_basic', target_ids: [shop.instagram.id] }
			])
		});
	});

	test('answers 200 about dead and unknown tokens', async () => {
		await fake.admin('passwordChange', { of: shop.person.id });
		const dead = await debug(shop.pageToken);
		expect(dead.status).toBe(200);
		expect(dead.body['data']).toMatchObject({
			is_valid: false,
			error: { code: 190, subcode: 460 }
		});
		expect((await debug('EAAnone')).body['data']).toMatchObject({ is_valid: false });
	});

	test('is for the app only', async () => {
		const query = { input_token: shop.pageToken };
		expect(codeOf(await graph(fake, 'debug_token', { token: shop.userToken, query }))).toBe('100');
	});
});

describe('the list of pages', () => {
	test('comes in parts; cursors are on every part, next only when there is more', async () => {
		fake.knobs.set({ graph: { pageSize: 2 } });
		for (let number = 2; number <= 5; number++) {
			fake.addPage(shop.person, { name: `Page ${number}` });
		}
		const token = await connect(fake, shop.person);
		const names: unknown[] = [];
		let after: string | undefined;
		for (let part = 1; part <= 3; part++) {
			const query = { fields: 'id,name', limit: '100', ...(after ? { after } : {}) };
			const reply = await graph(fake, 'me/accounts', { token, query });
			names.push(...dataOf(reply).map(({ name }) => name));
			const { cursors, next } = pagingOf(reply);
			after = cursors.after;
			if (part < 3) expect(next).toContain(`access_token=${token}`);
			else expect(next).toBeUndefined();
		}
		expect(names).toEqual(['Ashgrove Finds', 'Page 2', 'Page 3', 'Page 4', 'Page 5']);
	});

	test('has page tokens, tasks and the Instagram account, if one is linked', async () => {
		fake.addPage(shop.person, { name: 'Without', tasks: ['ANALYZE'] });
		const token = await connect(fake, shop.person);
		const fields = 'id,name,access_token,tasks,instagram_business_account{id,username}';
		const pages = dataOf(await graph(fake, 'me/accounts', { token, query: { fields } }));
		expect(pages[0]).toMatchObject({
			access_token: expect.stringMatching(/^EAA/),
			instagram_business_account: { id: shop.instagram.id, username: 'ashgrove.finds' }
		});
		expect(pages[1]).toMatchObject({ tasks: ['ANALYZE'] });
		expect(pages[1]).not.toHaveProperty('instagram_business_account');
	});
});
