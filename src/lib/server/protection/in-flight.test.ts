import { expect, test } from 'vitest';
import { InFlight } from './in-flight.ts';

const BUSY = { code: 'UNAVAILABLE', details: { retryAfterSeconds: 1 } };

test('more than the limit of all is refused at once, and what ended or failed makes room', async () => {
	const requests = new InFlight({ total: 2, perKey: 2 });
	const gate = Promise.withResolvers<string>();
	const admitted = ['a', 'b'].map((key) => requests.run(key, () => gate.promise));
	await expect(requests.run('c', () => Promise.resolve('late'))).rejects.toMatchObject(BUSY);
	gate.resolve('done');
	expect(await Promise.all(admitted)).toEqual(['done', 'done']);
	for (let n = 0; n < 10; n++) {
		await expect(requests.run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow(
			'broken'
		);
	}
	expect(await requests.run('c', () => Promise.resolve('next'))).toBe('next');
});

test('one key can’t take the room of the others', async () => {
	const requests = new InFlight({ total: 10, perKey: 3 });
	const gate = Promise.withResolvers<string>();
	const slow = Array.from({ length: 50 }, () => requests.run('slow', () => gate.promise));
	expect(await requests.run('quick', () => Promise.resolve('answered'))).toBe('answered');
	gate.resolve('at last');
	const states = (await Promise.allSettled(slow)).map(({ status }) => status);
	expect(states.filter((status) => status === 'fulfilled').length).toBe(3);
});
