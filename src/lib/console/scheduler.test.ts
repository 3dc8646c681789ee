import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { backoffMs, createFrameScheduler, reconnectMs } from './scheduler.ts';

const FRAME_MS = 16;

describe('a frame scheduler', () => {
	beforeEach(() => {
		vi.useFakeTimers();
		vi.stubGlobal('requestAnimationFrame', (run: () => void) => setTimeout(run, FRAME_MS));
		vi.stubGlobal('cancelAnimationFrame', (frame: number) => clearTimeout(frame));
	});
	afterEach(() => {
		vi.unstubAllGlobals();
		vi.useRealTimers();
	});

	test('runs what comes alone with the next frame', () => {
		const schedule = createFrameScheduler();
		const task = vi.fn();
		schedule(task);
		vi.advanceTimersByTime(FRAME_MS);
		expect(task).toHaveBeenCalledOnce();
		vi.advanceTimersByTime(1_000);
		schedule(task);
		vi.advanceTimersByTime(FRAME_MS);
		expect(task).toHaveBeenCalledTimes(2);
	});

	test('rests between the tasks of a rush', () => {
		const schedule = createFrameScheduler();
		let runs = 0;
		// As messages do: ever more work, none of which waits for the task before it to be shown.
		const messages = setInterval(() => {
			cancel ??= schedule(() => {
				cancel = null;
				runs++;
			});
		}, 5);
		let cancel: (() => void) | null = null;
		vi.advanceTimersByTime(1_000);
		clearInterval(messages);
		expect(runs).toBeGreaterThanOrEqual(10);
		expect(runs).toBeLessThanOrEqual(16);
	});

	test('runs in a hidden tab, where no frame comes', () => {
		vi.stubGlobal('requestAnimationFrame', () => 0);
		const task = vi.fn();
		createFrameScheduler()(task);
		vi.advanceTimersByTime(250);
		expect(task).toHaveBeenCalledOnce();
	});

	test('runs nothing that was cancelled', () => {
		const task = vi.fn();
		createFrameScheduler()(task)();
		vi.advanceTimersByTime(1_000);
		expect(task).not.toHaveBeenCalled();
	});
});

test('the first attempt is made at once', () => {
	expect(backoffMs(0, () => 0)).toBe(0);
});

test('later attempts wait twice as long each, up to ten seconds', () => {
	const waits = [1, 2, 3, 4, 5, 6, 50].map((attempt) => backoffMs(attempt, () => 0));
	expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test('chance takes up to half off, so that consoles spread', () => {
	expect(backoffMs(6, () => 0.999)).toBeGreaterThanOrEqual(5_000);
	expect(backoffMs(6, () => 0.5)).toBe(7_500);
});

test('a lost socket waits for a moment even the first time, then as long as anything else', () => {
	expect(reconnectMs(0, () => 0)).toBe(0);
	expect(reconnectMs(0, () => 0.999)).toBe(250);
	expect(reconnectMs(3, () => 0.5)).toBe(backoffMs(3, () => 0.5));
});
