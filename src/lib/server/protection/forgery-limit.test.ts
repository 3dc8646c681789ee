import { expect, test, vi } from 'vitest';
import { ForgeryLimit } from './forgery-limit.ts';

const status = (code: number) => () => new Response(null, { status: code });

async function answers(limit: ForgeryLimit, address: string, code: number, count: number) {
	const counts: Record<number, number> = {};
	for (let n = 0; n < count; n++) {
		const { status: got } = await limit.answer(address, status(code));
		counts[got] = (counts[got] ?? 0) + 1;
	}
	return counts;
}

test('an address that signs wrongly is soon refused unread, and told for how long', async () => {
	const clock = { ms: 0 };
	const onLimited = vi.fn();
	const limit = new ForgeryLimit(onLimited, () => clock.ms);
	expect(await answers(limit, '192.0.2.1', 401, 100)).toEqual({ 401: 30, 429: 70 });
	expect(onLimited.mock.calls).toEqual(Array.from({ length: 70 }, () => ['forged-webhooks']));
	const read = vi.fn(status(401));
	const refusal = await limit.answer('192.0.2.1', read);
	expect(read).not.toHaveBeenCalled();
	expect(refusal.headers.get('retry-after')).toBe('5');
	expect(await answers(limit, '192.0.2.2', 401, 1)).toEqual({ 401: 1 });
	clock.ms = 5_000;
	expect(await answers(limit, '192.0.2.1', 401, 2)).toEqual({ 401: 1, 429: 1 });
});

test('deliveries that are signed are never refused for their number, nor for what others send', async () => {
	const limit = new ForgeryLimit(undefined, () => 0);
	expect(await answers(limit, '192.0.2.1', 200, 10_000)).toEqual({ 200: 10_000 });
	await answers(limit, '192.0.2.1', 401, 1_000);
	expect(await answers(limit, '192.0.2.1', 200, 100)).toEqual({ 200: 100 });
});

test('an outage of ours counts against nobody', async () => {
	const limit = new ForgeryLimit(undefined, () => 0);
	expect(await answers(limit, '192.0.2.1', 503, 1_000)).toEqual({ 503: 1_000 });
	expect(await answers(limit, '192.0.2.1', 200, 1)).toEqual({ 200: 1 });
});

test('a thousand trusted addresses are remembered, not every one that there ever was', async () => {
	const limit = new ForgeryLimit(undefined, () => 0);
	for (let n = 0; n < 1_001; n++) await limit.answer(`address ${n}`, status(200));
	expect(await answers(limit, 'address 0', 401, 31)).toEqual({ 401: 30, 429: 1 });
	expect(await answers(limit, 'address 1000', 401, 31)).toEqual({ 401: 31 });
});
