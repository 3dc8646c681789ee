import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';

let app: TestContext;
beforeAll(async () => {
	app = await createTestContext();
});
afterAll(() => app.close());

describe('a claim', () => {
	test('200 buyers at once: one wins, 199 wait in the order of the log', async () => {
		const showId = await app.show({ '12': 1 });
		const buyers = Array.from({ length: 200 }, (_, index) => `u${index}`);
		const replies = await Promise.all(buyers.map((buyer) => app.say(showId, buyer, 'sold 12')));
		expect(replies.filter((reply) => reply.outcome === 'winner')).toHaveLength(1);
		const waiting = replies.filter((reply) => reply.outcome === 'waitlist');
		const positions = waiting.sort((a, b) => a.seq - b.seq).map((reply) => reply.position);
		expect(positions).toEqual(Array.from({ length: 199 }, (_, index) => index + 1));
		const digests = await app.settle(showId);
		expect(new Set(Object.values(digests)).size).toBe(1);
	});
});
