import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hourly, periodically } from './periodically.ts';

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

test('works after a minute and then every hour, also after a failure', async () => {
	const work = vi.fn(() => Promise.reject(new Error('away')));
	const onError = vi.fn();
	const stop = hourly(work, onError);
	await vi.advanceTimersByTimeAsync(59_000);
	expect(work).toHaveBeenCalledTimes(0);
	await vi.advanceTimersByTimeAsync(1_000);
	expect(work).toHaveBeenCalledTimes(1);
	await vi.advanceTimersByTimeAsync(2 * 3_600_000);
	expect(work).toHaveBeenCalledTimes(3);
	expect(onError).toHaveBeenCalledTimes(3);
	await stop();
	await vi.advanceTimersByTimeAsync(3_600_000);
	expect(work).toHaveBeenCalledTimes(3);
});

test('waits for what is under way, and does not begin it twice', async () => {
	let finish = (): void => undefined;
	const work = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
	const stop = hourly(work, () => undefined);
	await vi.advanceTimersByTimeAsync(3 * 3_600_000);
	expect(work).toHaveBeenCalledTimes(1);
	let stopped = false;
	const stopping = stop().then(() => (stopped = true));
	await vi.advanceTimersByTimeAsync(1_000);
	expect(stopped).toBe(false);
	finish();
	await stopping;
	expect(stopped).toBe(true);
});

test('begins after the first period when nothing else is said', async () => {
	const work = vi.fn(() => Promise.resolve());
	const stop = periodically(work, { everyMs: 5_000 }, () => undefined);
	await vi.advanceTimersByTimeAsync(4_999);
	expect(work).toHaveBeenCalledTimes(0);
	await vi.advanceTimersByTimeAsync(10_001);
	expect(work).toHaveBeenCalledTimes(3);
	await stop();
});
