import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { guardPool, postgresSocket } from './guarded-pool.ts';

afterEach(() => void vi.useRealTimers());

const client = 'a connection';

/** A pool that is as the test says. */
function poolOf(connect: () => Promise<string>, waitingCount = 0) {
	const pool = { options: {}, waitingCount, connect: vi.fn(connect), end: () => Promise.resolve() };
	return { pool, guarded: guardPool(pool, 10) };
}

const refused = () => Promise.reject(new Error('connect ECONNREFUSED'));

describe('a guarded pool', () => {
	test('refuses at once when two hundred wait for ten connections', async () => {
		const { pool, guarded } = poolOf(() => Promise.resolve(client), 200);
		await expect(guarded.connect()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
		expect(pool.connect).not.toHaveBeenCalled();
		pool.waitingCount = 199;
		expect(await guarded.connect()).toBe(client);
	});

	test('asks an absent Postgres five times, then once a second, until it is back', async () => {
		vi.useFakeTimers();
		const { pool, guarded } = poolOf(refused);
		for (let n = 0; n < 100; n++) await expect(guarded.connect()).rejects.toThrow();
		expect(pool.connect).toHaveBeenCalledTimes(5);
		await expect(guarded.connect()).rejects.toMatchObject({ code: 'UNAVAILABLE' });

		vi.advanceTimersByTime(1_001);
		const crowd = await Promise.allSettled(Array.from({ length: 50 }, () => guarded.connect()));
		expect(crowd.every(({ status }) => status === 'rejected')).toBe(true);
		expect(pool.connect).toHaveBeenCalledTimes(6);

		pool.connect.mockResolvedValue(client);
		await expect(guarded.connect()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
		vi.advanceTimersByTime(1_001);
		const back = await Promise.all(Array.from({ length: 50 }, () => guarded.connect()));
		expect(back.every((connection) => connection === client)).toBe(true);
	});

	test('does not take a pool that is merely busy for one whose server is away', async () => {
		const { pool, guarded } = poolOf(() =>
			Promise.reject(new Error('timeout exceeded when trying to connect'))
		);
		for (let n = 0; n < 20; n++)
			await expect(guarded.connect()).rejects.toThrow('timeout exceeded');
		pool.connect.mockResolvedValue(client);
		expect(await guarded.connect()).toBe(client);
	});
});

test('a socket to a server that says nothing any more is cut, and says why', async () => {
	const silent = createServer((peer) => peer.on('error', () => undefined));
	silent.listen(0, '127.0.0.1');
	await once(silent, 'listening');
	const address = silent.address();
	if (address === null || typeof address === 'string') throw new Error('no TCP port');
	const socket = postgresSocket(50);
	socket.connect(address.port, '127.0.0.1');
	const [error] = await once(socket, 'close').catch((cause: unknown) => [cause]);
	expect(error).toMatchObject({ code: 'ETIMEDOUT' });
	silent.close();
});
