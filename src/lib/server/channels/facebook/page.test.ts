import { describe, expect, test } from 'vitest';
import { GraphStub, graphError } from '../../../../../tests/fixtures/graph-stub.ts';
import { isPageSubscribed, subscribePage, unsubscribePage } from './page.ts';

const PAGE = { pageId: '1093482904102', token: 'EAApage' };
const PATH = '/v25.0/1093482904102/subscribed_apps';
const FIELDS = ['feed', 'live_videos'];

describe('the webhooks of a page', () => {
	test.each([[{ success: true }], [true]])('are switched on and off: %j', async (answer) => {
		await using stub = await GraphStub.start(() => answer);
		await subscribePage(stub.client, PAGE);
		await unsubscribePage(stub.client, PAGE);
		const authorization = 'Bearer EAApage';
		expect(stub.calls).toMatchObject([
			{
				method: 'POST',
				path: PATH,
				authorization,
				query: { subscribed_fields: 'feed,live_videos' }
			},
			{ method: 'DELETE', path: PATH, authorization }
		]);
	});

	test.each([[{ success: false }], [false], [{}]])('%j is not success', async (answer) => {
		await using stub = await GraphStub.start(() => answer);
		await expect(subscribePage(stub.client, PAGE)).rejects.toMatchObject({ kind: 'transient' });
	});

	test('a missing permission is told', async () => {
		await using stub = await GraphStub.start(() => graphError(200));
		await expect(subscribePage(stub.client, PAGE)).rejects.toMatchObject({ kind: 'permission' });
	});

	test.each([
		['nobody is subscribed', [], false],
		['another app is', [{ id: '1', subscribed_fields: FIELDS }], false],
		['we are', [{ id: '1' }, { id: '4242', subscribed_fields: [...FIELDS, 'x'] }], true],
		['we are, to less', [{ id: '4242', subscribed_fields: ['feed'] }], false],
		['we are, to nothing', [{ id: '4242', subscribed_fields: [] }], false],
		['no fields are told', [{ id: '4242' }], true],
		['no id is told', [{ subscribed_fields: FIELDS }], true],
		['strange entries are there', [null, 'x', { id: '4242' }], true]
	])('when %s: subscribed is %j', async (_, data, isSubscribed) => {
		await using stub = await GraphStub.start(() => ({ data }));
		expect(await isPageSubscribed(stub.client, PAGE)).toBe(isSubscribed);
		expect(stub.calls).toMatchObject([{ method: 'GET', path: PATH }]);
	});
});
