import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PLAIN_CSV } from '../../src/lib/server/exports/csv-style.ts';
import { answerExport, exportStatus } from '../../src/lib/server/exports/endpoint.ts';
import type { ExportRequest } from '../../src/lib/server/exports/endpoint.ts';
import { EXPORT_FILES } from '../../src/lib/server/exports/export-file.ts';
import { ExportSlots } from '../../src/lib/server/exports/slots.ts';
import { allowErasing } from '../../src/lib/server/history/audit.ts';
import { readCsv } from './exports-model.ts';
import { ACTOR, createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { emptyRedis } from './redis-nodes.ts';

let app: TestContext;
let slots: ExportSlots;
beforeAll(async () => {
	// No worker: the tests say when history is written.
	app = await createTestContext({ env: { ROLE: 'web' } });
});
beforeEach(() => {
	slots = new ExportSlots();
});
afterAll(() => app.close());

async function ask(showId: string, more: Partial<ExportRequest> = {}): Promise<Response> {
	return await answerExport(
		{ ...app, slots },
		{
			workspaceId: app.workspaceId,
			showId,
			file: 'claims.csv',
			style: PLAIN_CSV,
			headersOnly: false,
			requestId: 'r1',
			...more
		}
	);
}

async function statusOf(showId: string): Promise<unknown> {
	const response = await exportStatus({ ...app, slots }, { workspaceId: app.workspaceId, showId });
	return await response.json();
}

async function endedShow(): Promise<string> {
	const showId = await app.show({ '12': 1 });
	await app.say(showId, 'ana', 'sold 12 💕');
	await app.actions.changeStatus(showId, 'ended', ACTOR);
	await app.writeBehind.persist(showId);
	return showId;
}

describe('a show can be exported when it is over and Postgres has all of it', () => {
	async function expectObstacle(showId: string, reason: string): Promise<void> {
		expect(await statusOf(showId)).toMatchObject({ ready: false, reason });
		for (const file of EXPORT_FILES) {
			const response = await ask(showId, { file });
			expect(response.status).toBe(409);
			expect(response.headers.get('cache-control')).toContain('no-store');
			expect(await statusOf(showId)).toMatchObject({ message: await response.text() });
		}
	}

	test('not before it has started, nor while it runs or is paused', async () => {
		const showId = await app.show({ '12': 1 }, { activate: false });
		await app.writeBehind.persist(showId);
		await expectObstacle(showId, 'draft');
		await app.actions.changeStatus(showId, 'activated', ACTOR);
		await app.writeBehind.persist(showId);
		await expectObstacle(showId, 'running');
		await app.actions.changeStatus(showId, 'paused', ACTOR);
		await app.writeBehind.persist(showId);
		await expectObstacle(showId, 'running');
	});

	test('not while a part of its log is in Redis alone', async () => {
		const showId = await app.show({ '12': 1 });
		await app.actions.changeStatus(showId, 'ended', ACTOR);
		await expectObstacle(showId, 'writing');
		await app.writeBehind.persist(showId);
		expect(await statusOf(showId)).toEqual({ ready: true });
		// Channels may still report that they closed.
		await app.channels.status(showId, {
			...{ channelId: crypto.randomUUID(), platform: 'facebook', liveId: 'L' },
			...{ status: 'ended', reason: 'show_ended', detail: null }
		});
		await expectObstacle(showId, 'writing');
		await app.writeBehind.persist(showId);
		expect((await ask(showId)).status).toBe(200);
	});

	test('also after Redis has let it go, and not when it was opened again', async () => {
		const showId = await endedShow();
		await app.actions.reopen(showId, ACTOR);
		await app.writeBehind.persist(showId);
		await expectObstacle(showId, 'running');
		await app.actions.changeStatus(showId, 'ended', ACTOR);
		await app.writeBehind.persist(showId);
		await emptyRedis(app.redis);
		expect((await ask(showId)).status).toBe(200);
	});
});

describe('a file breaks off, and does not look whole', () => {
	/** Answers to the requests for all files, each with its first piece read and the rest to come. */
	async function begun(showId: string) {
		slots = new ExportSlots(undefined, { perWorkspace: 10, perProcess: 10 });
		return await Promise.all(
			EXPORT_FILES.map(async (file) => {
				const reader = (await ask(showId, { file })).body?.getReader();
				await reader?.read();
				return reader;
			})
		);
	}

	async function readToEnd(reader: Awaited<ReturnType<typeof begun>>[number]): Promise<void> {
		while (!(await reader?.read())?.done);
	}

	test('when its show is opened again while it is read', async () => {
		const showId = await endedShow();
		const readers = await begun(showId);
		await app.actions.reopen(showId, ACTOR);
		await app.say(showId, 'ana', 'pass 12');
		await app.writeBehind.persist(showId);
		for (const reader of readers) await expect(readToEnd(reader)).rejects.toThrow();
	});

	test('when its show is deleted while it is read', async () => {
		const showId = await endedShow();
		const readers = await begun(showId);
		await app.db.transaction().execute(async (tx) => {
			await allowErasing(tx);
			await tx.deleteFrom('shows').where('id', '=', showId).execute();
		});
		for (const reader of readers) await expect(readToEnd(reader)).rejects.toThrow();
	});

	test('but not for a channel that reports its end meanwhile', async () => {
		const showId = await endedShow();
		const readers = await begun(showId);
		await app.channels.status(showId, {
			...{ channelId: crypto.randomUUID(), platform: 'facebook', liveId: 'L' },
			...{ status: 'ended', reason: 'show_ended', detail: null }
		});
		await app.writeBehind.persist(showId);
		for (const reader of readers) await readToEnd(reader);
	});
});

describe('another workspace', () => {
	test('gets the same refusal as for a show that nobody has, and for no id at all', async () => {
		const showId = await endedShow();
		const others = crypto.randomUUID();
		await app.db.insertInto('workspaces').values({ id: others, name: 'Others' }).execute();
		const refusal = { code: 'SHOW_NOT_FOUND' };
		for (const file of EXPORT_FILES) {
			await expect(ask(showId, { file, workspaceId: others })).rejects.toMatchObject(refusal);
			await expect(ask(crypto.randomUUID(), { file })).rejects.toMatchObject(refusal);
			await expect(ask(`${showId}' --`, { file })).rejects.toMatchObject(refusal);
		}
		await expect(
			exportStatus({ ...app, slots }, { workspaceId: others, showId })
		).rejects.toMatchObject(refusal);
	});
});

describe('the response', () => {
	test('says what it is and how it is called, and is kept by nobody', async () => {
		const showId = await endedShow();
		await app.db
			.updateTable('shows')
			.set({ name: 'Été "sale"', started_at: new Date('2026-11-20T23:30:00Z') })
			.where('id', '=', showId)
			.execute();
		await app.db.updateTable('workspaces').set({ time_zone: 'Europe/Berlin' }).execute();
		const { headers } = await ask(showId);
		expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
		expect(headers.get('cache-control')).toBe('private, no-store');
		// In the workspace's zone it was the next day already.
		expect(headers.get('content-disposition')).toBe(
			'attachment; filename="Ete-sale-2026-11-21-claims.csv"; ' +
				"filename*=UTF-8''%C3%89t%C3%A9%20sale%202026-11-21%20claims.csv"
		);
		const log = await ask(showId, { file: 'events.jsonl' });
		expect(log.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
		await log.body?.cancel();
	});

	test('writes times in the workspace’s zone, across the change of its clock', async () => {
		const showId = await app.show();
		const at = ['2026-11-01T05:59:59.999Z', '2026-11-01T06:00:00.000Z'];
		for (const time of at) await app.say(showId, time, 'hello');
		await app.actions.changeStatus(showId, 'ended', ACTOR);
		await app.writeBehind.persist(showId);
		for (const time of at) {
			await app.db
				.updateTable('comments')
				.set({ received_at: new Date(time) })
				.where('user_id', '=', time)
				.execute();
		}
		await app.db.updateTable('workspaces').set({ time_zone: 'America/New_York' }).execute();
		const rows = readCsv(await (await ask(showId, { file: 'comments.csv' })).text());
		expect(rows.slice(1).map(([time]) => time)).toEqual([
			'2026-11-01T01:59:59.999-04:00',
			'2026-11-01T01:00:00.000-05:00'
		]);
	});

	test('starts with a byte order mark exactly when asked for, in CSV alone', async () => {
		const showId = await endedShow();
		for (const file of EXPORT_FILES) {
			for (const withByteOrderMark of [true, false]) {
				const style = { ...PLAIN_CSV, withByteOrderMark };
				const response = await ask(showId, { file, style });
				const bytes = Buffer.from(await response.arrayBuffer());
				const marked = bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
				expect(marked).toBe(withByteOrderMark && file !== 'events.jsonl');
				expect(bytes.indexOf('\ufeff', 3)).toBe(-1);
			}
		}
		const text = await (await ask(showId, { file: 'comments.csv' })).text();
		expect(Buffer.from(text).includes(Buffer.from('sold 12 💕'))).toBe(true);
	});

	test('to HEAD has the headers alone', async () => {
		const showId = await endedShow();
		const head = await ask(showId, { headersOnly: true });
		expect(head.body).toBeNull();
		expect([...head.headers]).toEqual([...(await ask(showId)).headers]);
	});
});

test('semicolons part the columns exactly when asked for, and every cell reads the same', async () => {
	const showId = await app.show({ '12': 2 });
	await app.say(showId, 'ana', 'sold 12; and 7, please', { userHandle: 'ana; "=1+1", x' });
	await app.actions.changeStatus(showId, 'ended', ACTOR);
	await app.writeBehind.persist(showId);
	for (const file of EXPORT_FILES) {
		const plain = await (await ask(showId, { file })).text();
		const style = { ...PLAIN_CSV, separator: ';' } as const;
		const parted = await (await ask(showId, { file, style })).text();
		if (file === 'events.jsonl') expect(parted).toBe(plain);
		else {
			expect(parted.split('\r\n')[0]).toBe(plain.split('\r\n')[0]?.replaceAll(',', ';'));
			expect(readCsv(parted, ';')).toEqual(readCsv(plain));
		}
	}
});

describe('downloads at once', () => {
	const ENDS = {
		'read to its end': async (response: Response) => void (await response.text()),
		'broken off': async (response: Response) => await response.body?.cancel()
	};

	test.each(Object.entries(ENDS))(
		'beyond the workspace’s share are refused, until one is %s',
		async (_, end) => {
			const showId = await endedShow();
			slots = new ExportSlots(undefined, { perWorkspace: 2, perProcess: 3 });
			const first = await ask(showId);
			const second = await ask(showId, { file: 'events.jsonl' });
			const refused = await ask(showId, { file: 'buyers.csv' });
			expect(refused.status).toBe(429);
			expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
			expect(refused.headers.get('cache-control')).toContain('no-store');
			expect(await statusOf(showId)).toEqual({
				ready: false,
				reason: 'busy',
				message: await refused.text()
			});
			// It costs nothing to ask what a file is.
			expect((await ask(showId, { headersOnly: true })).status).toBe(200);
			await end(first);
			expect(await statusOf(showId)).toEqual({ ready: true });
			const third = await ask(showId, { file: 'buyers.csv' });
			expect(await third.text()).toContain('user_handle');
			await second.body?.cancel();
		}
	);

	test('of one workspace leave room for others, up to what the process makes', async () => {
		const showId = await endedShow();
		slots = new ExportSlots(undefined, { perWorkspace: 2, perProcess: 3 });
		const others = [slots.take('other-1'), slots.take('other-2')];
		const only = await ask(showId);
		expect(only.status).toBe(200);
		expect((await ask(showId)).status).toBe(429);
		others[0]?.();
		expect((await ask(showId)).status).toBe(200);
	});

	test('that fail give their slot back', async () => {
		const showId = await endedShow();
		slots = new ExportSlots(undefined, { perWorkspace: 1, perProcess: 1 });
		await expect(ask(crypto.randomUUID())).rejects.toMatchObject({ code: 'SHOW_NOT_FOUND' });
		const response = await ask(showId, { file: 'comments.csv' });
		const renamed = (from: string, to: string) =>
			sql`alter table ${sql.table(from)} rename to ${sql.id(to)}`.execute(app.db);
		await renamed('comments', 'comments_away');
		try {
			await expect(response.text()).rejects.toThrow();
		} finally {
			await renamed('comments_away', 'comments');
		}
		expect((await ask(showId)).status).toBe(200);
	});
});
