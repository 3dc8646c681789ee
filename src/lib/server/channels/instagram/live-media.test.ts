import { describe, expect, test } from 'vitest';
import { GraphStub } from '../../../../../tests/fixtures/graph-stub.ts';
import { listLiveMedia } from './live-media.ts';

const ACCESS = { accountId: '17841400000000001', token: 'EAAuser' };

describe('the lives of an Instagram account', () => {
	test('are those on air, newest first', async () => {
		const data = [
			{ id: '1', media_product_type: 'LIVE', timestamp: '2021-08-17T21:00:00+0000' },
			{ id: '2', media_product_type: 'REELS' },
			{ id: '3', timestamp: '2021-08-17T22:00:00+0000', username: 'demo_shop' },
			{ media_product_type: 'LIVE' },
			null
		];
		await using stub = await GraphStub.start(() => ({ data }));
		expect(await listLiveMedia(stub.client, ACCESS)).toEqual([
			{ mediaId: '3', startedAt: Date.UTC(2021, 7, 17, 22), username: 'demo_shop' },
			{ mediaId: '1', startedAt: Date.UTC(2021, 7, 17, 21), username: null }
		]);
		expect(stub.calls).toMatchObject([
			{ path: '/v25.0/17841400000000001/live_media', authorization: 'Bearer EAAuser' }
		]);
	});

	test('are none when the list is empty, and a fault when it is missing', async () => {
		let answer: unknown = { data: [] };
		await using stub = await GraphStub.start(() => answer);
		expect(await listLiveMedia(stub.client, ACCESS)).toEqual([]);
		answer = {};
		await expect(listLiveMedia(stub.client, ACCESS)).rejects.toMatchObject({ kind: 'transient' });
	});
});
