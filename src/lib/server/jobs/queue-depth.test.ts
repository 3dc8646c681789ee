import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { QueueDepth } from './queue-depth.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a full queue refuses until it is shorter, and Redis is asked once a second', async () => {
	const count = vi.fn(() => Promise.resolve(9));
	const depth = new QueueDepth({ getJobCountByTypes: count }, 10);
	for (let n = 0; n < 100; n++) await depth.check();
	expect(count).toHaveBeenCalledTimes(1);

	count.mockResolvedValue(10);
	vi.advanceTimersByTime(1_000);
	for (let n = 0; n < 100; n++) {
		await expect(depth.check()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
	}
	expect(count).toHaveBeenCalledTimes(2);

	count.mockResolvedValue(0);
	vi.advanceTimersByTime(1_000);
	await depth.check();
});
