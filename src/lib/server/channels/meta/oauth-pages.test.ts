import { describe, expect, test } from 'vitest';
import { MetaClient } from './client.ts';
import { failureOf, json, settingsFor, startServer } from './http-server-fixture.ts';
import { listPages } from './oauth.ts';

const USER_TOKEN = 'EAAuserToken';

function clientFor(server: { readonly base: string }): MetaClient {
	return new MetaClient(settingsFor(server.base));
}

describe('listPages', () => {
	const entry = (id: string): Record<string, unknown> => ({
		...{ id, name: `Shop ${id}`, access_token: `EAApage${id}`, tasks: ['MODERATE'] },
		category: 'Shopping'
	});

	test('reads every page of the list by its cursor and never fetches `next`', async () => {
		await using elsewhere = await startServer((_, response) => json(response, { data: [] }));
		await using server = await startServer(({ url }, response) => {
			const at = Number(url.searchParams.get('after') ?? '0');
			const next = `${elsewhere.base}/graph/v25.0/me/accounts?access_token=${USER_TOKEN}&after=x`;
			// The last page has a cursor too (PLATFORMS 1.12).
			const paging = {
				cursors: { before: `${at}`, after: `${at + 1}` },
				...(at < 2 ? { next } : {})
			};
			json(response, { data: [entry(`${at}1`), entry(`${at}2`)], paging });
		});
		const pages = await listPages(clientFor(server), USER_TOKEN);
		expect(pages.map(({ id }) => id)).toEqual(['01', '02', '11', '12', '21', '22']);
		expect(server.seen).toHaveLength(3);
		expect(elsewhere.seen).toEqual([]);
		for (const seen of server.seen) {
			expect(seen.headers.authorization).toBe(`Bearer ${USER_TOKEN}`);
			expect(seen.target).not.toContain(USER_TOKEN);
			expect(seen.url.searchParams.get('fields')).toBe(
				'id,name,access_token,tasks,instagram_business_account{id,username}'
			);
		}
	});

	test('gives the linked Instagram account; null for none, and for a token that is kept back', async () => {
		const instagram_business_account = { id: '17841400000000001', username: 'demo_shop' };
		const data = [
			{ ...entry('1'), instagram_business_account },
			{ id: '2', name: 'No role' }
		];
		await using server = await startServer((_, response) => json(response, { data }));
		expect(await listPages(clientFor(server), USER_TOKEN)).toEqual([
			{
				id: '1',
				name: 'Shop 1',
				token: 'EAApage1',
				tasks: ['MODERATE'],
				instagram: instagram_business_account
			},
			{ id: '2', name: 'No role', token: null, tasks: [], instagram: null }
		]);
	});

	test('comes to an end with a list that has none, and names each Page once', async () => {
		let page = 0;
		await using server = await startServer((_, response) => {
			page += 1;
			const paging = { cursors: { after: `c${page}` }, next: 'https://graph.facebook.com/' };
			json(response, { data: [entry('1')], paging });
		});
		expect(await listPages(clientFor(server), USER_TOKEN)).toHaveLength(1);
		expect(server.seen).toHaveLength(20);
	});

	test('stops at a cursor that does not move', async () => {
		const paging = { cursors: { after: 'same' }, next: 'https://graph.facebook.com/' };
		await using server = await startServer((_, response) =>
			json(response, { data: [entry('1')], paging })
		);
		await listPages(clientFor(server), USER_TOKEN);
		expect(server.seen).toHaveLength(2);
	});

	test('takes an answer without the list for an anomaly, not for "no Pages"', async () => {
		await using server = await startServer((_, response) => json(response, {}));
		const error = await failureOf(listPages(clientFor(server), USER_TOKEN));
		expect(error).toMatchObject({ kind: 'transient', code: null });
	});
});
