import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectDatabase } from '../../src/lib/server/history/database.ts';
import type { Db } from '../../src/lib/server/history/database.ts';
import {
	allowLongStatements,
	withLongStatements
} from '../../src/lib/server/history/statement-timeout.ts';
import { findAppError } from '../../src/lib/server/trpc/errors.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { startTcpProxy } from './tcp-proxy.ts';
import type { TcpProxy } from './tcp-proxy.ts';

let app: TestContext;
let proxy: TcpProxy;
const pools: Db[] = [];

function pool(options: { url?: string; poolSize?: number; statementTimeoutMs?: number } = {}): Db {
	const db = connectDatabase({ url: app.urls.database, poolSize: 2, ...options }, () => undefined);
	pools.push(db);
	return db;
}

beforeAll(async () => {
	app = await createTestContext();
	proxy = await startTcpProxy(app.urls.database);
});
beforeEach(() => proxy.mend());
afterAll(async () => {
	await proxy.close();
	await Promise.all(pools.map((db) => db.destroy()));
	await app.close();
});

const refusalOf = async (work: Promise<unknown>): Promise<string | undefined> => {
	const cause = await work.then(
		() => undefined,
		(error: unknown) => error
	);
	return findAppError(cause)?.code;
};

const pause = (db: Parameters<typeof allowLongStatements>[0], seconds: number) =>
	sql`select pg_sleep(${sql.lit(seconds)})`.execute(db);

describe('a statement', () => {
	test('that takes too long is ended by Postgres, and the connection goes on', async () => {
		const db = pool({ poolSize: 1, statementTimeoutMs: 50 });
		expect(await refusalOf(pause(db, 30))).toBe('UNAVAILABLE');
		await pause(db, 0);
	});

	test('may take longer in a transaction that says so, and only there', async () => {
		const db = pool({ poolSize: 1, statementTimeoutMs: 50 });
		await db.transaction().execute(async (tx) => {
			await allowLongStatements(tx);
			await pause(tx, 0.2);
		});
		expect(await refusalOf(pause(db, 30))).toBe('UNAVAILABLE');
	});

	test('may take longer on a connection that says so, until its work is done or fails', async () => {
		const db = pool({ poolSize: 1, statementTimeoutMs: 50 });
		await db.connection().execute(async (connection) => {
			await withLongStatements(connection, () => pause(connection, 0.2));
			expect(await refusalOf(pause(connection, 30))).toBe('UNAVAILABLE');
			const failing = withLongStatements(connection, () =>
				sql`select no_such_column`.execute(connection)
			);
			await expect(failing).rejects.toThrow('no_such_column');
			expect(await refusalOf(pause(connection, 30))).toBe('UNAVAILABLE');
		});
	});

	test('has ten seconds unless told otherwise, and an idle transaction thirty', async () => {
		const { rows } = await sql<{ statement: string; idle: string }>`
			select current_setting('statement_timeout') as statement,
				current_setting('idle_in_transaction_session_timeout') as idle
		`.execute(app.db);
		expect(rows).toEqual([{ statement: '10s', idle: '30s' }]);
	});
});

test('a storm of queries waits in a short queue; the rest is refused at once, and all others are answered', async () => {
	const db = pool();
	let refusedEarly = 0;
	const storm = Array.from({ length: 500 }, async () => {
		const code = await refusalOf(pause(db, 0.01));
		if (code === 'UNAVAILABLE') refusedEarly++;
		else expect(code).toBeUndefined();
	});
	await Promise.all(storm);
	// Two run, forty wait.
	expect(refusedEarly).toBe(500 - 42);
	await pause(db, 0);
});

test('while Postgres is away callers are refused at once, and a second after it is back they are not', async () => {
	const db = pool({ url: proxy.url });
	await pause(db, 0);
	proxy.cut();
	await expect
		.poll(async () => {
			await refusalOf(pause(db, 0));
			const [error] = await Promise.allSettled([pause(db, 0)]);
			return error.status === 'rejected' && findAppError(error.reason)?.cause !== undefined
				? String(error.reason)
				: '';
		})
		.toContain('can’t reach its data');
	const crowd = await Promise.all(Array.from({ length: 200 }, () => refusalOf(pause(db, 0))));
	expect(new Set(crowd)).toEqual(new Set(['UNAVAILABLE']));
	proxy.mend();
	await expect.poll(() => refusalOf(pause(db, 0))).toBeUndefined();
});

test('claims go on while Postgres is away, also for a show that the process has not met', async () => {
	const showId = await app.show({ '12': 1 });
	const away = await app.another({ DATABASE_URL: proxy.url, ROLE: 'web' });
	proxy.cut();
	await sleep(50);
	const reply = await away.comments.take(showId, {
		platform: 'facebook',
		liveId: 'live-1',
		commentId: 'while-away',
		userId: 'ana',
		userHandle: '@ana',
		text: 'sold 12'
	});
	expect(reply.outcome).toBe('winner');
	proxy.mend();
});
