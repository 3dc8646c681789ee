import { describe, expect, test } from 'vitest';
import { GraphStub, graphError } from '../../../../../tests/fixtures/graph-stub.ts';
import { lookUpAuthors } from './comment-authors.ts';

const ACCESS = { pageId: '1093482904102', token: 'EAApage' };

function comment(rawId: string, from: unknown = { id: '7', name: 'Ann B.' }): unknown {
	return { id: rawId, from, message: 'sold 12', created_time: '2026-10-04T16:00:30+0000' };
}

describe('looking up authors', () => {
	test('reads up to 50 comments at once, each once', async () => {
		await using stub = await GraphStub.start(({ query }) =>
			Object.fromEntries((query['ids'] ?? '').split(',').map((id) => [id, comment(id)]))
		);
		const rawIds = Array.from({ length: 51 }, (_, index) => `1_${index}`);
		const found = await lookUpAuthors(stub.client, { ...ACCESS, rawIds: [...rawIds, '1_0'] });
		expect([...found.keys()]).toEqual(rawIds);
		expect(found.get('1_5')).toMatchObject({
			commentId: '1093482904102_5',
			author: { id: '7', name: 'Ann B.' },
			text: 'sold 12'
		});
		expect(stub.calls.map(({ query }) => query['ids']?.split(',').length)).toEqual([50, 1]);
		expect(stub.calls[0]).toMatchObject({ path: '/v25.0', authorization: 'Bearer EAApage' });
	});

	test('asks nothing for nothing', async () => {
		await using stub = await GraphStub.start(() => ({}));
		expect((await lookUpAuthors(stub.client, { ...ACCESS, rawIds: [] })).size).toBe(0);
		expect(stub.calls).toHaveLength(0);
	});

	test('leaves out who is still not told', async () => {
		await using stub = await GraphStub.start(() => ({
			'1_1': comment('1_1', null),
			'1_2': comment('1_2'),
			'1_3': null
		}));
		const rawIds = ['1_1', '1_2', '1_3', '1_4'];
		const found = await lookUpAuthors(stub.client, { ...ACCESS, rawIds });
		expect([...found.keys()]).toEqual(['1_2']);
	});

	test.each([
		['a parameter that it does not know', 100, undefined],
		['one comment that is gone', 100, 33],
		['an unknown id', 803, undefined]
	])('asks for each alone when Meta refuses for %s', async (_, code, subcode) => {
		await using stub = await GraphStub.start(({ path, query }) => {
			if (query['ids'] !== undefined || path.endsWith('/1_2')) return graphError(code, subcode);
			return comment(path.slice(path.lastIndexOf('/') + 1));
		});
		const found = await lookUpAuthors(stub.client, { ...ACCESS, rawIds: ['1_1', '1_2', '1_3'] });
		expect([...found.keys()]).toEqual(['1_1', '1_3']);
		expect(stub.calls).toHaveLength(4);
	});

	test('never asks for an id that could lead elsewhere', async () => {
		await using stub = await GraphStub.start(() => ({ '1_3': comment('1_3') }));
		const rawIds = ['1/../me', '1,me', '1_3'];
		const found = await lookUpAuthors(stub.client, { ...ACCESS, rawIds });
		expect([...found.keys()]).toEqual(['1_3']);
		expect(stub.calls.map(({ query }) => query['ids'])).toEqual(['1_3']);
	});

	test.each([
		['a throttle', 4, 'throttled'],
		['a dead token', 190, 'needs_reauth']
	])('%s is the caller’s to handle', async (_, code, kind) => {
		await using stub = await GraphStub.start(() => graphError(code));
		const looking = lookUpAuthors(stub.client, { ...ACCESS, rawIds: ['1_1'] });
		await expect(looking).rejects.toMatchObject({ kind });
		expect(stub.calls).toHaveLength(1);
	});
});
