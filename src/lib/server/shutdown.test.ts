import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLogger } from './observability/logger.ts';
import { endWithin } from './shutdown.ts';

const logger = createLogger('silent');
const never = new Promise<never>(() => undefined);

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

describe('the parts of a process that ends', () => {
	test('are waited for, all at the same time', async () => {
		const ended: string[] = [];
		const part = async (name: string, ms: number): Promise<void> => {
			await new Promise((resolve) => setTimeout(resolve, ms));
			ended.push(name);
		};
		const all = endWithin(1_000, { slow: part('slow', 900), fast: part('fast', 800) }, logger);
		await vi.advanceTimersByTimeAsync(899);
		expect(ended).toEqual(['fast']);
		await vi.advanceTimersByTimeAsync(1);
		await all;
		expect(ended).toEqual(['fast', 'slow']);
	});

	test('are left behind, by name, when they take too long', async () => {
		const warn = vi.spyOn(logger, 'warn');
		await endWithin(10, { stuck: never, done: Promise.resolve(), none: undefined }, logger);
		expect(warn).toHaveBeenCalledOnce();
		expect(warn.mock.calls[0]?.[0]).toMatchObject({ parts: ['stuck'] });
	});

	test('do not keep the others from ending when they fail', async () => {
		const warn = vi.spyOn(logger, 'warn');
		let ended = false;
		const late = new Promise<void>((resolve) => setTimeout(resolve, 10)).then(() => {
			ended = true;
		});
		const all = endWithin(1_000, { broken: Promise.reject(new Error('no')), late }, logger);
		await vi.advanceTimersByTimeAsync(10);
		await all;
		expect(ended).toBe(true);
		expect(warn.mock.calls[0]?.[0]).toMatchObject({ part: 'broken' });
	});
});
