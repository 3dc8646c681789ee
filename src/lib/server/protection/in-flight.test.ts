import { expect, test } from 'vitest';
import { InFlight } from './in-flight.ts';

const details = { retryAfterSeconds: 1 };
const share = (key: string, limit = 100) => [{ key, limit }];

test('more than the limit of all is refused at once, and what ended or failed makes room', async () => {
	const refusals: string[] = [];
	const requests = new InFlight(2, (limiter) => refusals.push(limiter));
	const gate = Promise.withResolvers<string>();
	const admitted = ['a', 'b'].map((key) => requests.run(share(key), () => gate.promise));
	await expect(requests.run(share('c'), () => Promise.resolve('late'))).rejects.toMatchObject({
		code: 'UNAVAILABLE',
		details
	});
	expect(refusals).toEqual(['in-flight-of-all']);
	gate.resolve('done');
	expect(await Promise.all(admitted)).toEqual(['done', 'done']);
	for (let n = 0; n < 10; n++) {
		const broken = requests.run(share('a'), () => Promise.reject(new Error('broken')));
		await expect(broken).rejects.toThrow('broken');
	}
	expect(await requests.run(share('c'), () => Promise.resolve('next'))).toBe('next');
});

test('nobody can take more than their share, and what is refused takes nothing', async () => {
	const refusals: string[] = [];
	const requests = new InFlight(10, (limiter) => refusals.push(limiter));
	const gate = Promise.withResolvers<string>();
	const slow = Array.from({ length: 50 }, () => requests.run(share('slow', 3), () => gate.promise));
	const others = Array.from({ length: 7 }, (_, n) =>
		requests.run(share(`other ${n}`), () => gate.promise)
	);
	await expect(requests.run(share('slow', 3), () => gate.promise)).rejects.toMatchObject({
		code: 'RATE_LIMITED',
		details
	});
	expect(refusals).toEqual(Array.from({ length: 48 }, () => 'in-flight-of-one'));
	gate.resolve('at last');
	expect(await Promise.all(others)).toHaveLength(7);
	const states = (await Promise.allSettled(slow)).map(({ status }) => status);
	expect(states.filter((status) => status === 'fulfilled').length).toBe(3);
});
