import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { QueueBound } from './queue-bound.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a full queue refuses until it is shorter, and Redis is asked once a second', async () => {
	const count = vi.fn(() => Promise.resolve(9));
	const onFull = vi.fn();
	const bound = new QueueBound({ getJobCountByTypes: count }, 10, onFull);
	for (let n = 0; n < 100; n++) await bound.check();
	expect(count).toHaveBeenCalledTimes(1);

	count.mockResolvedValue(10);
	vi.advanceTimersByTime(1_000);
	for (let n = 0; n < 100; n++) {
		await expect(bound.check()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
	}
	expect(count).toHaveBeenCalledTimes(2);

	count.mockResolvedValue(0);
	vi.advanceTimersByTime(1_000);
	await bound.check();
	expect(onFull).toHaveBeenCalledTimes(100);
});
