import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { REMOVED_VIEWER } from '../../src/lib/domain/removal.ts';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { actorOf } from '../../src/lib/server/auth/member.ts';
import { showDigests } from '../../src/lib/server/history/digest.ts';
import { Retention } from '../../src/lib/server/history/redaction/retention.ts';
import { JOBS_PREFIX } from '../../src/lib/server/redis/keys.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { createPeople, refusalOf } from './people.ts';
import type { People } from './people.ts';
import { readCsv } from './exports-model.ts';
import {
	blind,
	everythingStored,
	logOf,
	marksOf,
	placesOf,
	toldOf,
	write
} from './personal-data.ts';
import { expectAgreement, until } from './probes.ts';

let app: TestContext;
let people: People;
let owner: Member;
let api: ReturnType<People['api']>;
let owners = 0;

beforeAll(async () => {
	app = await createTestContext();
	people = createPeople(app);
});
afterAll(() => app.close());

beforeEach(async () => {
	owner = await people.owner(`Kim${++owners}`);
	api = people.api(owner);
});

/** What one test left over is not due in the next. */
afterEach(async () => {
	await app.db.updateTable('workspaces').set({ retention_days: null }).execute();
});

/** A random name, so that what one test left behind is never taken for another's. */
const named = (name: string): string => `${name}${randomBytes(3).toString('hex')}`;

type Sale = {
	readonly showId: string;
	readonly buyers: readonly string[];
	readonly others: readonly string[];
};

/**
 * A sale with winners, waiting, passed, blocked and refused people, some who only talk, and comments that
 * nobody is named for. It ended `daysAgo`.
 */
async function sale(daysAgo: number | null): Promise<Sale> {
	const [win, wait, pass, talk, late, lost, walk] = [
		...['Win', 'Wait', 'Pass', 'Talk', 'Late', 'Lost', 'Walk']
	].map(named);
	const { showId } = await api.shows.create({
		name: 'Sale',
		items: [
			{ number: '12', title: 'Dress', quantity: 1 },
			{ number: '7', title: 'Mug', quantity: 1 }
		]
	});
	await api.shows.activate({ showId });
	const say = (person = '', text = '') => write(app, showId, { person, text });
	await say(talk, 'hello');
	await say(pass, 'sold 12');
	await say(win, 'sold 12');
	await say(wait, 'sold 12');
	await say(wait, 'sold 12');
	await say(pass, 'pass 12');
	await say(lost, 'sold 99');
	await api.items.close({ showId, number: '7' });
	await say(lost, 'sold 7');
	await say(talk, 'pass 12');
	await say(win, 'thanks');
	await app.say(showId, 'page1', `answer to ${talk}.hndl`, {
		fromPage: true,
		userHandle: 'My Shop'
	});
	await app.comments.take(showId, {
		...{ platform: 'facebook', liveId: 'live-1', commentId: 'nobody', userId: null },
		...{ userHandle: '', text: `words-of-${late}` }
	});
	await api.items.open({ showId, number: '7' });
	await api.claims.award({ showId, item: '7', buyer: { handle: walk ?? '' } });
	await api.shows.pause({ showId });
	await say(late, 'sold 7');
	if (daysAgo !== null) {
		await api.shows.end({ showId });
		await app.settle(showId);
		await app.db
			.updateTable('shows')
			.set({ ended_at: new Date(Date.now() - daysAgo * 86_400_000) })
			.where('id', '=', showId)
			.execute();
	}
	const names = (...list: (string | undefined)[]) => list.map((name) => name ?? '');
	return { showId, buyers: names(win, wait, pass), others: names(talk, late, lost) };
}

const textsOf = (persons: readonly string[]) =>
	persons.flatMap((person) => Object.values(marksOf(person)));

function retention(batchSeqs?: number, of: Pick<TestContext, 'db' | 'redis' | 'scripts'> = app) {
	const { db, redis, scripts } = of;
	const { logger } = app;
	return new Retention({
		...{ db, redis, scripts, logger },
		...(batchSeqs === undefined ? {} : { batchSeqs })
	});
}

async function auditOf(showId: string) {
	const { entries } = await api.audit.list({ show: showId, kind: 'retention' });
	return entries;
}

/** What must have become of the log, worked out from the log before. */
async function expectRemoved(showId: string, before: Awaited<ReturnType<typeof logOf>>) {
	const buyers = new Set(
		before.flatMap((event) => (event.type === 'claim.created' ? [event.data.buyer.key] : []))
	);
	const after = await logOf(app, showId);
	expect(after).toHaveLength(before.length);
	const pseudonyms = new Map<string, string>();
	for (const [index, was] of before.entries()) {
		const is = after[index];
		const author = was.type === 'comment.received' ? `${was.data.platform}:${was.data.userId}` : '';
		if (was.type !== 'comment.received' || is?.type !== 'comment.received' || buyers.has(author)) {
			expect(is).toEqual(was);
			continue;
		}
		const { fromPage, userId, handle } = was.data;
		expect(is).toEqual({
			...was,
			data: {
				...was.data,
				commentId: `removed-${was.seq}`,
				userId:
					fromPage || userId === null ? userId : expect.stringMatching(/^removed-[0-9a-f]{24}$/),
				handle: fromPage || handle === '' ? handle : REMOVED_VIEWER,
				displayName: null,
				text: '',
				removed: 'retention'
			}
		});
		if (fromPage || userId === null) continue;
		expect(pseudonyms.get(userId) ?? is.data.userId).toBe(is.data.userId);
		pseudonyms.set(userId, is.data.userId ?? '');
	}
	expect(new Set(pseudonyms.values()).size).toBe(pseudonyms.size);
	const gone = before.filter(
		(event) =>
			event.type === 'comment.received' &&
			!buyers.has(`${event.data.platform}:${event.data.userId}`)
	);
	return { removed: new Set(gone.map(({ seq }) => seq)), people: pseudonyms.size };
}

describe('a show that ended long enough ago', () => {
	test('loses the words and names of those who claimed nothing, and nothing else', async () => {
		const { showId, buyers, others } = await sale(40);
		await api.settings.update({ retentionDays: 30 });
		const before = await logOf(app, showId);
		const told = await toldOf(app, people, { member: owner, showId });
		const digests = await app.settle(showId);
		expectAgreement(digests);
		expect(await placesOf(app, textsOf(others))).not.toEqual([]);

		expect(await retention().run()).toBe(1);
		const { removed, people: persons } = await expectRemoved(showId, before);
		expect(persons).toBe(3);
		// It was let go from Redis, and comes back as Postgres has it.
		const gone = await showDigests(app.db, app.redis, app.scripts, showId);
		expect(gone).toEqual({ ...digests, redis: null });
		await app.live.snapshot(showId);
		expect(await app.settle(showId)).toEqual(digests);
		expect(await placesOf(app, textsOf(others))).toEqual([]);
		for (const text of textsOf(buyers)) expect(await placesOf(app, [text])).not.toEqual([]);

		const now = await toldOf(app, people, { member: owner, showId });
		const { files, retention: applied, ...rest } = now;
		const { files: formerFiles, retention: none, ...former } = told;
		expect(blind(rest, removed)).toEqual(blind(former, removed));
		expect(none).toBeNull();
		expect(applied).toMatchObject({ days: 30, comments: removed.size, people: 3 });
		expect(files['claims.csv']).toBe(formerFiles['claims.csv']);
		expect(files['buyers.csv']).toBe(formerFiles['buyers.csv']);
		const rows = readCsv(files['comments.csv'] ?? '');
		const comments = before.filter(({ type }) => type === 'comment.received');
		readCsv(formerFiles['comments.csv'] ?? '').forEach((row, index) => {
			const seq = comments[index - 1]?.seq ?? 0;
			if (!removed.has(seq)) return expect(rows[index]).toEqual(row);
			expect(rows[index]?.[3]).toBe('(removed by retention)');
			expect(rows[index]?.[8]).toBe('');
			const facts = [0, 1, 4, 5, 6, 7];
			expect(facts.map((at) => rows[index]?.[at])).toEqual(facts.map((at) => row[at]));
		});
		expect(await api.replay.digest({ showId })).toMatchObject({ equal: true });
	});

	test('says in the audit log what was removed, once', async () => {
		const { showId } = await sale(40);
		const preview = await api.settings.retentionPreview({ days: 30 });
		expect(preview).toMatchObject({ shows: 1, people: 3 });
		await api.settings.update({ retentionDays: 30 });
		await retention().run();
		expect(await retention().run()).toBe(0);
		const entries = await auditOf(showId);
		expect(entries).toHaveLength(1);
		expect(entries[0]).toMatchObject({
			actor: { name: 'Sellary' },
			action: 'Removed the comments of people who claimed nothing',
			changes: [
				{ what: 'Comments', after: String(preview.comments) },
				{ what: 'Kept for days', after: '30' },
				{ what: 'People', after: '3' }
			]
		});
		expect(await api.settings.retentionPreview({ days: 30 })).toEqual({
			...{ comments: 0, people: 0, shows: 0 }
		});
	});

	test('can’t be reopened, and whoever watches it sees it without the words', async () => {
		const { showId, others } = await sale(40);
		const ending = new AbortController();
		const batches: string[] = [];
		const watching = (async () => {
			const options = { resumeFrom: null, signal: ending.signal };
			for await (const batch of app.live.subscribe(showId, options)) {
				batches.push(JSON.stringify(batch));
			}
		})();
		watching.catch(() => undefined);
		await until('the console has the show', () => batches.length > 0);
		expect(textsOf(others).some((text) => batches.at(-1)?.includes(text))).toBe(true);
		await api.settings.update({ retentionDays: 30 });
		await retention(2).run();
		await until('the console has the show without the words', () => {
			const shown = batches.at(-1) ?? '';
			return (
				shown.includes(REMOVED_VIEWER) && !textsOf(others).some((text) => shown.includes(text))
			);
		});
		ending.abort();
		await Promise.allSettled([watching]);
		expect(await refusalOf(api.shows.reopen({ showId }))).toBe('UNDO_NOT_POSSIBLE');
		expect(await refusalOf(app.say(showId, 'new', 'sold 12'))).toBe('SHOW_NOT_LIVE');
		// What a channel reports after the end is persisted as ever.
		await app.channels.status(showId, {
			...{ channelId: crypto.randomUUID(), platform: 'facebook', liveId: 'l' },
			...{ status: 'ended', reason: 'live_ended', detail: null }
		});
		expectAgreement(await app.settle(showId));
	});
});

describe('nothing is removed', () => {
	test('from younger and running shows, and where everything is kept', async () => {
		const [young, running, kept] = [await sale(20), await sale(null), await sale(400)];
		for (const { showId } of [young, running, kept]) await app.settle(showId);
		const stored = async () =>
			Promise.all([young, running, kept].map(({ showId }) => logOf(app, showId)));
		const before = await stored();
		expect(await retention().run()).toBe(0);
		expect(await stored()).toEqual(before);
		await api.settings.update({ retentionDays: 30 });
		expect(await retention().run()).toBe(1);
		expect((await stored()).slice(0, 2)).toEqual(before.slice(0, 2));
	});

	test('from a show that was reopened meanwhile, though Postgres takes it for ended', async () => {
		const { showId } = await sale(40);
		await api.settings.update({ retentionDays: 30 });
		await api.shows.reopen({ showId });
		await app.settle(showId);
		await app.db
			.updateTable('shows')
			.set({ status: 'ended', ended_at: new Date(0) })
			.where('id', '=', showId)
			.execute();
		const before = await logOf(app, showId);
		expect(await retention().run()).toBe(0);
		expect(await logOf(app, showId)).toEqual(before);
	});

	test('while Redis holds an event that Postgres has not got', async () => {
		const { showId } = await sale(40);
		await app.redis.hincrby(`sellary:{show:${showId}}:meta`, 'seq', 1);
		await api.settings.update({ retentionDays: 30 });
		const before = await logOf(app, showId);
		expect(await retention().run()).toBe(0);
		expect(await logOf(app, showId)).toEqual(before);
		expect(await app.redis.exists(`sellary:{show:${showId}}:meta`)).toBe(1);
	});
});

describe('whoever dies or works beside', () => {
	test('a sweep that ends between two batches is gone on with, with the same pseudonyms', async () => {
		const { showId, others } = await sale(40);
		const before = await logOf(app, showId);
		await api.settings.update({ retentionDays: 30 });
		for (let sweeps = 0; ; sweeps++) {
			// Each sweep gets to one batch of three events.
			let looks = 0;
			const stopping = {
				get aborted() {
					return ++looks > 1;
				}
			};
			if ((await retention(3).run(stopping)) === 1) break;
			expect(sweeps).toBeLessThan(100);
			// The setting may have changed: what was begun is finished.
			await api.settings.update({ retentionDays: null });
		}
		await expectRemoved(showId, before);
		expect(await placesOf(app, textsOf(others))).toEqual([]);
		const [row] = await app.db
			.selectFrom('show_retention')
			.selectAll()
			.where('show_id', '=', showId)
			.execute();
		expect(row).toMatchObject({ pseudonym_key: null, days: 30 });
		expect(await auditOf(showId)).toHaveLength(1);
	});

	test('two workers at once do it once', async () => {
		const sales = [await sale(40), await sale(41), await sale(42)];
		const before = await Promise.all(sales.map(({ showId }) => logOf(app, showId)));
		await api.settings.update({ retentionDays: 30 });
		const other = await app.another();
		const done = await Promise.all([
			retention(2).run(),
			retention(3, other).run(),
			retention(2).run()
		]);
		expect(done.reduce((sum, count) => sum + count)).toBe(3);
		for (const [index, { showId }] of sales.entries()) {
			await expectRemoved(showId, before[index] ?? []);
			expect(await auditOf(showId)).toHaveLength(1);
			await app.live.snapshot(showId);
			expectAgreement(await app.settle(showId));
		}
	});
});

describe('the setting', () => {
	test.each([0, -1, 1.5, 3_651, Number.NaN])(
		'%s days are refused, and change nothing',
		async (days) => {
			const before = await storedButQueues();
			expect(await refusalOf(api.settings.update({ retentionDays: days }))).toBe('INVALID_INPUT');
			expect(await refusalOf(api.settings.retentionPreview({ days }))).toBe('INVALID_INPUT');
			expect(await storedButQueues()).toEqual(before);
		}
	);

	/** A worker notes the time in its queues every few seconds. */
	async function storedButQueues(): Promise<[string, string][]> {
		return [...(await everythingStored(app))].filter(([place]) => !place.startsWith(JOBS_PREFIX));
	}

	test('is told in the audit log, and null keeps everything', async () => {
		await api.settings.update({ retentionDays: 3_650 });
		await api.settings.update({ retentionDays: null });
		expect((await api.settings.get()).retentionDays).toBeNull();
		const { entries } = await api.audit.list({ kind: 'settings', actor: actorOf(owner) });
		expect(entries.map(({ changes }) => changes)).toEqual([
			[{ what: 'Retention days', before: '3650', after: null }],
			[{ what: 'Retention days', before: null, after: '3650' }]
		]);
	});
});
