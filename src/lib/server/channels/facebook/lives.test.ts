import { describe, expect, test } from 'vitest';
import { GraphStub, graphError } from '../../../../../tests/fixtures/graph-stub.ts';
import { MetaError } from '../meta/errors.ts';
import { listLives, liveStatusOf, readLiveStatus } from './lives.ts';

const PAGE = { pageId: '1093482904102', token: 'EAApage' };

const ON_AIR = {
	id: '10155832421501570',
	status: 'LIVE',
	title: 'Sale',
	live_views: 214,
	broadcast_start_time: '2026-10-04T16:00:12+0000',
	permalink_url: '/1093482904102/videos/10155832421501570/',
	video: { id: '10155832421501571' }
};

describe('the lives of a page', () => {
	test('are asked for with the page’s token in the header', async () => {
		await using stub = await GraphStub.start(() => ({ data: [], paging: {} }));
		expect(await listLives(stub.client, PAGE)).toEqual([]);
		expect(stub.calls).toMatchObject([
			{
				path: '/v25.0/1093482904102/live_videos',
				authorization: 'Bearer EAApage',
				query: { broadcast_status: '["LIVE"]', source: 'owner' }
			}
		]);
		expect(stub.calls[0]?.query).not.toHaveProperty('access_token');
	});

	test('come with their ids, title, start and viewers', async () => {
		await using stub = await GraphStub.start(() => ({ data: [ON_AIR] }));
		expect(await listLives(stub.client, PAGE)).toEqual([
			{
				liveId: '10155832421501570',
				title: 'Sale',
				startedAt: Date.UTC(2026, 9, 4, 16, 0, 12),
				viewers: 214,
				videoId: '10155832421501571',
				permalink: 'https://www.facebook.com/1093482904102/videos/10155832421501570/',
				postIdHint: '1093482904102_10155832421501570'
			}
		]);
	});

	test('are only those on air, newest first, whatever Meta sends', async () => {
		const data = [
			{ ...ON_AIR, id: '1', broadcast_start_time: '2026-10-04T16:00:00+0000' },
			{ ...ON_AIR, id: '2', status: 'VOD' },
			{ ...ON_AIR, id: '3', broadcast_start_time: null },
			{ ...ON_AIR, id: '4', broadcast_start_time: '2026-10-04T18:00:00+0000' },
			{ ...ON_AIR, id: '5', status: 'LIVE_STOPPED', live_views: 214 },
			{ ...ON_AIR, id: '6', status: undefined }
		];
		await using stub = await GraphStub.start(() => ({ data }));
		const lives = await listLives(stub.client, PAGE);
		expect(lives.map(({ liveId }) => liveId)).toEqual(['4', '1', '3']);
	});

	test('may lack everything but an id', async () => {
		const strange = { title: 7, live_views: 'many', video: 'x', permalink_url: 5 };
		const data = [{ id: '1', status: 'LIVE' }, { ...strange, id: '2', status: 'LIVE' }, null, {}];
		await using stub = await GraphStub.start(() => ({ data }));
		const bare = { title: '', startedAt: null, viewers: null, videoId: null };
		expect(await listLives(stub.client, PAGE)).toMatchObject([
			{ liveId: '1', ...bare, permalink: null, postIdHint: null },
			{ liveId: '2', ...bare, permalink: null, postIdHint: null }
		]);
	});

	test.each([
		['//evil.example/videos/1', null],
		['https://evil.example/x/videos/1', null],
		['javascript:alert(1)', null],
		['https://www.facebook.com/demoshop/posts/77', 'https://www.facebook.com/demoshop/posts/77']
	])('a permalink leads to Facebook or is left out: %s', async (permalink_url, permalink) => {
		await using stub = await GraphStub.start(() => ({ data: [{ ...ON_AIR, permalink_url }] }));
		expect(await listLives(stub.client, PAGE)).toMatchObject([{ permalink }]);
	});

	test('an answer without a list is a fault of Meta’s, not "no lives"', async () => {
		await using stub = await GraphStub.start(() => ({ paging: {} }));
		await expect(listLives(stub.client, PAGE)).rejects.toMatchObject({ kind: 'transient' });
	});
});

describe('the status of a live', () => {
	test.each([
		['LIVE', 'live'],
		['live', 'live'],
		['UNPUBLISHED', 'scheduled'],
		['SCHEDULED_UNPUBLISHED', 'scheduled'],
		['SCHEDULED_LIVE', 'scheduled'],
		['SCHEDULED_EXPIRED', 'ended'],
		['SCHEDULED_CANCELED', 'ended'],
		['LIVE_STOPPED', 'ended'],
		['PROCESSING', 'ended'],
		['VOD', 'ended'],
		['', 'unknown'],
		['constructor', 'unknown'],
		['SOMETHING_NEW', 'unknown']
	] as const)('%s means %s', (word, status) => {
		expect(liveStatusOf(word)).toBe(status);
	});

	test('decides, although viewers linger', async () => {
		await using stub = await GraphStub.start(() => ({
			id: '77',
			status: 'LIVE_STOPPED',
			live_views: 214
		}));
		const reading = await readLiveStatus(stub.client, { liveId: '77', token: 'EAApage' });
		expect(reading).toEqual({ status: 'ended', raw: 'LIVE_STOPPED', viewers: 214 });
	});

	test('that is missing is unknown, never ended', async () => {
		await using stub = await GraphStub.start(() => ({ id: '77' }));
		const reading = await readLiveStatus(stub.client, { liveId: '77', token: 'EAApage' });
		expect(reading).toEqual({ status: 'unknown', raw: '', viewers: null });
	});

	test('is never told by an error', async () => {
		await using stub = await GraphStub.start(() => graphError(100, 33));
		const reading = readLiveStatus(stub.client, { liveId: '77', token: 'EAApage' });
		await expect(reading).rejects.toBeInstanceOf(MetaError);
	});
});
