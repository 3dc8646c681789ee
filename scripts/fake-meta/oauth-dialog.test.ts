import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
	answerOf,
	connectedShop,
	dialogUrl,
	graph,
	REDIRECT_URI,
	SCOPES
} from './client-fixture.ts';
import { FakeMeta } from './server.ts';

let fake: FakeMeta;
beforeEach(async () => {
	fake = await FakeMeta.start();
});
afterEach(() => fake.stop());

function addShop() {
	const person = fake.addPerson({ name: 'Tilda <Ashgrove>' });
	const page = fake.addPage(person, { name: 'Finds & Co', instagram: { username: 'finds' } });
	return { person, page, other: fake.addPage(person, { name: 'Second page' }) };
}

async function open(changes: Record<string, string> = {}) {
	const response = await fetch(dialogUrl(fake, changes), { redirect: 'manual' });
	return { status: response.status, html: await response.text() };
}

/** Sends the dialog's form as a browser does. */
async function submit(fields: readonly (readonly [string, string])[], changes = {}) {
	const { html } = await open(changes);
	const action = /action="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
	const body = new URLSearchParams(fields.map(([name, value]) => [name, value]));
	const address = `${fake.origin}${action}`;
	const response = await fetch(address, { method: 'POST', body, redirect: 'manual' });
	return new URL(response.headers.get('location') ?? 'http://nowhere/');
}

describe('the dialog as a page', () => {
	test('says that it is not Meta and lists permissions and pages, escaped', async () => {
		const { page } = addShop();
		const { status, html } = await open();
		expect(status).toBe(200);
		expect(html).toContain('This is not Meta.');
		for (const scope of SCOPES) expect(html).toContain(scope);
		expect(html).toContain('Tilda &lt;Ashgrove&gt;');
		expect(html).toContain('Finds &amp; Co');
		expect(html).toMatch(new RegExp(`name="page" value="${page.id}" checked`));
	});

	test('sends people back with a code for what they ticked', async () => {
		const { person, page } = addShop();
		const to = await submit([
			['decision', 'continue'],
			['permission', 'pages_show_list'],
			['page', page.id]
		]);
		expect(to.origin + to.pathname).toBe(REDIRECT_URI);
		expect([...to.searchParams.keys()]).toEqual(['code', 'state']);
		expect(to.searchParams.get('state')).toBe('state-1');
		expect([...(person.grant?.pageIds ?? [])]).toEqual([page.id]);
		expect(person.grant?.scopes.get('pages_show_list')).toBe('granted');
		expect(person.grant?.scopes.get('instagram_basic')).toBe('declined');
	});

	test('Cancel sends exactly the four parameters and the state', async () => {
		const { person } = addShop();
		const to = await submit([['decision', 'cancel']]);
		expect(to.href).toBe(
			`${REDIRECT_URI}?error=access_denied&error_code=200&error_description=Permissions+error&error_reason=user_denied&state=state-1`
		);
		expect(person.grant).toBeNull();
	});

	test('lets somebody else go on', async () => {
		addShop();
		const other = fake.addPerson({ name: 'Orla Quill' });
		expect((await open()).html).toContain(`as=${other.id}`);
		expect((await open({ as: other.id })).html).toContain('<strong>Orla Quill</strong>');
	});
});

describe('a dialog is not shown', () => {
	test.each([
		['another app', { client_id: '1' }],
		['an address elsewhere', { redirect_uri: 'https://evil.example/callback' }],
		['no state', { state: '' }],
		['another response type', { response_type: 'token' }],
		['no scope', { scope: '' }],
		['a scope that is none', { scope: 'pages_show_list,make_coffee' }],
		['a parameter that is none', { code_challenge: 'x' }],
		['a strange auth_type', { auth_type: 'again' }]
	])('for %s', async (_, changes) => {
		addShop();
		const { status, html } = await open(changes);
		expect(status).toBe(400);
		expect(html).toContain('role="alert"');
		expect(html).not.toContain('<form');
	});

	test('unless the address is registered, to the letter', async () => {
		await fake.stop();
		fake = await FakeMeta.start({ redirectUris: ['https://shop.example/back'] });
		addShop();
		expect((await open({ redirect_uri: 'https://shop.example/back' })).status).toBe(200);
		expect((await open({ redirect_uri: 'https://shop.example/back?x=1' })).status).toBe(400);
		expect((await open()).status).toBe(400);
	});
});

describe('a dialog that answers at once', () => {
	test('deny', async () => {
		addShop();
		await fake.admin('dialog', { mode: 'deny' });
		const { searchParams } = await answerOf(dialogUrl(fake));
		expect(Object.fromEntries(searchParams)).toEqual({
			error: 'access_denied',
			error_code: '200',
			error_description: 'Permissions error',
			error_reason: 'user_denied',
			state: 'state-1'
		});
	});

	test('tamperState', async () => {
		addShop();
		await fake.admin('dialog', { mode: 'tamperState' });
		const { searchParams } = await answerOf(dialogUrl(fake));
		expect(searchParams.get('code')).not.toBeNull();
		expect(searchParams.get('state')).not.toBe('state-1');
	});

	test('partial: some permissions declined, some pages; what was declined is asked again by rerequest only', async () => {
		const { person, other } = addShop();
		const declined = ['pages_read_user_content'];
		await fake.admin('dialog', { mode: 'partial', declined, pages: [other.id] });
		await answerOf(dialogUrl(fake));
		expect(person.grant?.scopes.get('pages_read_user_content')).toBe('declined');
		expect([...(person.grant?.pageIds ?? [])]).toEqual([other.id]);
		await fake.admin('dialog', { mode: 'grant' });
		await answerOf(dialogUrl(fake));
		expect(person.grant?.scopes.get('pages_read_user_content')).toBe('declined');
		await answerOf(dialogUrl(fake, { auth_type: 'rerequest' }));
		expect(person.grant?.scopes.get('pages_read_user_content')).toBe('granted');
		expect(person.grant?.pageIds.size).toBe(2);
	});

	test('a configuration is granted as a whole or not at all', async () => {
		const { person } = addShop();
		const url = dialogUrl(fake, { config_id: '77' });
		url.searchParams.delete('scope');
		await fake.admin('dialog', { mode: 'partial', declined: ['instagram_basic'] });
		expect((await answerOf(url)).searchParams.get('error')).toBe('access_denied');
		expect(person.grant).toBeNull();
		await fake.admin('dialog', { mode: 'grant' });
		expect((await answerOf(url)).searchParams.get('code')).not.toBeNull();
	});
});

test('permissions and their withdrawal are told as they are', async () => {
	const { person, userToken } = await connectedShop(fake);
	const read = async () =>
		(await graph(fake, `${person.id}/permissions`, { token: userToken })).body['data'];
	expect(await read()).toContainEqual({ permission: 'instagram_basic', status: 'granted' });
	const one = { token: userToken, method: 'DELETE' };
	expect((await graph(fake, 'me/permissions/instagram_basic', one)).body).toEqual({
		success: true
	});
	expect(await read()).toContainEqual({ permission: 'instagram_basic', status: 'declined' });
});
