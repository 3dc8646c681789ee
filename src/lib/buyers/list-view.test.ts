import { expect, test } from 'vitest';
import { isNarrowed, readView, viewQuery } from './list-view.ts';

test('the address tells what differs from the default, and nothing else', () => {
	const plain = { search: '', tag: null, blocked: false, order: 'units' } as const;
	expect(viewQuery(plain)).toBe('');
	expect(isNarrowed(plain)).toBe(false);
	const view = { search: 'ana & co', tag: 'slow payer', blocked: true, order: 'seen' } as const;
	expect(readView(new URLSearchParams(viewQuery(view)))).toEqual(view);
	expect(isNarrowed(view)).toBe(true);
	expect(viewQuery(plain, '3.x')).toBe('?cursor=3.x');
});

test('what an address says in other words is left out', () => {
	const view = readView(new URLSearchParams('search=%20%20&tag=%2C&blocked=1&order=price'));
	expect(view).toEqual({ search: '', tag: null, blocked: false, order: 'units' });
	expect(readView(new URLSearchParams({ search: 'x'.repeat(999) })).search).toHaveLength(200);
});
