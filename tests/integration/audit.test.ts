import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { actorOf } from '../../src/lib/server/auth/member.ts';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { allowErasing, recordAudit } from '../../src/lib/server/history/audit.ts';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';
import type { Api } from '../../src/lib/server/trpc/caller.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { watchDatabase } from './rows-read.ts';

let app: TestContext;
let owner: Member;
let api: Api;
let people = 0;

async function newMember(): Promise<Member> {
	const name = `Member ${++people}`;
	return await app.auth.register(
		{ email: `m${people}@example.com`, password: 'correct horse', name, workspaceName: name },
		{ address: `198.51.100.${people}` }
	);
}

beforeAll(async () => {
	app = await createTestContext();
});
afterAll(() => app.close());
beforeEach(async () => {
	owner = await newMember();
	api = createCaller(app, owner);
});

async function note(action: string, more: { at?: Date; actor?: string } = {}): Promise<void> {
	const { at, actor = actorOf(owner) } = more;
	const workspaceId = owner.workspace.id;
	await recordAudit(app.db, {
		...{ workspaceId, showId: null, actor, action, target: 'show', details: {} }
	});
	if (at === undefined) return;
	await app.db.transaction().execute(async (tx) => {
		await allowErasing(tx);
		await sql`
			update audit_log set at = ${at} where workspace_id = ${workspaceId} and action = ${action}
		`.execute(tx);
	});
}

async function countOf(workspaceId: string): Promise<number> {
	const rows = await app.db
		.selectFrom('audit_log')
		.select('id')
		.where('workspace_id', '=', workspaceId)
		.execute();
	return rows.length;
}

/** A show with two units of item 12 and a queue, of the owner. */
async function busyShow(): Promise<string> {
	const items = [{ number: '12', title: 'Linen dress', quantity: 1 }];
	const { showId } = await api.shows.create({ name: 'Friday sale', items });
	await api.shows.activate({ showId });
	await app.say(showId, 'ana', 'sold 12');
	await app.say(showId, 'ben', 'sold 12');
	await app.settle(showId);
	return showId;
}

describe('what is in the log stays as it is', () => {
	const ATTEMPTS = {
		update: sql`update audit_log set actor = 'nobody'`,
		'update of nothing in particular': sql`update audit_log set at = at`,
		delete: sql`delete from audit_log`,
		truncate: sql`truncate audit_log`,
		'truncate from above': sql`truncate workspaces cascade`
	};

	test.each(Object.entries(ATTEMPTS))('%s is refused by Postgres', async (_, attempt) => {
		await note('show.created');
		const before = await app.db.selectFrom('audit_log').selectAll().orderBy('entry').execute();
		await expect(attempt.execute(app.db)).rejects.toThrow(/append-only/);
		const after = await app.db.selectFrom('audit_log').selectAll().orderBy('entry').execute();
		expect(after).toEqual(before);
	});

	test('also for a session whose ordinary triggers are off', async () => {
		await note('show.created');
		const attempt = app.db.transaction().execute(async (tx) => {
			await sql`set local session_replication_role = replica`.execute(tx);
			await sql`delete from audit_log`.execute(tx);
		});
		await expect(attempt).rejects.toThrow(/append-only/);
	});

	test('a show can’t be deleted from under its entries', async () => {
		const showId = await busyShow();
		const before = await countOf(owner.workspace.id);
		await expect(sql`delete from shows where id = ${showId}`.execute(app.db)).rejects.toThrow();
		expect(await countOf(owner.workspace.id)).toBe(before);
	});

	test('a transaction that erases may, and only it', async () => {
		await note('show.created');
		await app.db.connection().execute(async (connection) => {
			await connection.transaction().execute(async (tx) => {
				await allowErasing(tx);
				await sql`
					delete from audit_log where workspace_id = ${owner.workspace.id}
				`.execute(tx);
			});
			await note('show.created');
			// The same connection, one transaction later.
			const attempt = sql`delete from audit_log`.execute(connection);
			await expect(attempt).rejects.toThrow(/append-only/);
		});
		expect(await countOf(owner.workspace.id)).toBe(1);
	});

	test('nobody chooses an entry’s place', async () => {
		const forged = sql`
			insert into audit_log (entry, workspace_id, actor, action, target, details, at)
			values (1, ${owner.workspace.id}, 'user:x', 'release', 'item 1', '{}', now())
		`.execute(app.db);
		await expect(forged).rejects.toThrow();
	});
});

describe('reading it', () => {
	test('says who did what to what, in words, with before and after', async () => {
		const showId = await busyShow();
		await api.items.setQuantity({ showId, number: '12', quantity: 3 });
		await api.claims.release({ showId, item: '12', buyerKey: 'facebook:ana' });
		await api.items.edit({ showId, number: '12', title: 'Linen dress, blue' });
		await api.shows.update({ showId, name: 'Saturday sale' });
		await api.shows.update({ showId, claimWord: 'mine' });
		await app.settle(showId);
		const { entries } = await api.audit.list({});
		const told = entries.map(({ actor, action, target, buyer, changes }) => {
			const changed = changes.map(
				({ what, before, after }) => `${what}: ${before ?? '–'} → ${after ?? '–'}`
			);
			return [actor.name, action, target, buyer ?? '', ...changed].join(' | ');
		});
		expect(told).toEqual(
			[
				'Changed the show’s settings | Show |  | Claim word: sold → mine',
				'Changed the show’s settings | Show |  | Name: Friday sale → Saturday sale',
				'Renamed an item | Item 12 |  | Title: Linen dress → Linen dress, blue',
				'Released a claim | Item 12 | @ana | State: winner → –',
				'Raised the quantity: the next in line moved up | Item 12 | @ben | State: waitlist → winner',
				'Changed the quantity | Item 12 |  | Quantity: 1 → 3',
				'Started the show | Show |  | Status: draft → active',
				'Added an item | Item 12 |  | Title: – → Linen dress | Quantity: – → 1 | State: – → open',
				'Created a show | Show |  | Name: – → Friday sale | Claim word: – → sold | Pass word: – → pass'
			].map((line) => `${owner.name} | ${line}`)
		);
		expect(new Set(entries.map(({ show }) => show?.name))).toEqual(new Set(['Saturday sale']));
	});

	test('names who is no member any more, and actors that are no people', async () => {
		const gone = await newMember();
		await note('show.paused', { actor: actorOf(gone) });
		await note('show.ended', { actor: 'rehearsal' });
		await note('show.resumed', { actor: `user:${crypto.randomUUID()}` });
		const { entries } = await api.audit.list({});
		expect(entries.map(({ actor }) => [actor.name, actor.note])).toEqual([
			['Deleted account', 'no longer a member'],
			['Rehearsal', null],
			[gone.name, 'no longer a member']
		]);
	});

	test('an action that nobody has words for yet is spelled out', async () => {
		await note('till.opened_twice');
		expect((await api.audit.list({})).entries[0]?.action).toBe('Till opened twice');
	});

	test('names people, buyers and invitations instead of their ids', async () => {
		await busyShow();
		await api.members.invite({ role: 'viewer' });
		await api.account.rename({ name: 'Kim' });
		await api.buyers.setTag({ buyerKey: 'facebook:ana', tag: 'regular', present: true });
		await api.settings.update({ timeZone: 'Europe/Berlin' });
		const { entries } = await api.audit.list({ limit: 4 });
		expect(entries.map(({ action, target, changes }) => [action, target, ...changes])).toEqual([
			[
				'Changed the workspace’s settings',
				'Workspace',
				{ what: 'Time zone', before: 'UTC', after: 'Europe/Berlin' }
			],
			['Tagged a buyer', '@ana', { what: 'Tags', before: '', after: 'regular' }],
			['Changed their name', 'Kim'],
			['Made an invitation link', 'Invitation', { what: 'Role', before: null, after: 'viewer' }]
		]);
	});

	test('pages neither repeat nor skip entries of one moment, and keep the order of writing', async () => {
		const at = new Date('2026-01-02T03:04:05.678Z');
		for (let n = 0; n < 7; n++) await note(`show.step_${n}`, { at });
		const seen: string[] = [];
		let cursor: string | null = null;
		do {
			const page: Awaited<ReturnType<Api['audit']['list']>> = await api.audit.list({
				cursor,
				limit: 3
			});
			seen.push(...page.entries.map(({ code }) => code));
			cursor = page.nextCursor;
		} while (cursor !== null);
		expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `show.step_${n}`));
	});

	test('is narrowed by show, member, kind and period', async () => {
		const showId = await busyShow();
		await api.shows.create({ name: 'Another' });
		await note('connection.connected', { at: new Date('2026-01-02T00:00:00Z') });
		await note('connection.disconnected', { at: new Date('2026-01-03T00:00:00Z') });
		await note('show.ended', { actor: 'rehearsal' });
		const codes = async (filter: Parameters<Api['audit']['list']>[0]) =>
			(await api.audit.list(filter)).entries.map(({ code }) => code);
		expect(await codes({ show: showId })).toEqual(['show.activated', 'item.added', 'show.created']);
		expect(await codes({ kind: 'item' })).toEqual(['item.added']);
		expect(await codes({ kind: 'connection' })).toEqual([
			'connection.disconnected',
			'connection.connected'
		]);
		expect(await codes({ actor: 'rehearsal' })).toEqual(['show.ended']);
		const day = {
			from: Date.parse('2026-01-02T00:00:00Z'),
			before: Date.parse('2026-01-03T00:00:00Z')
		};
		expect(await codes(day)).toEqual(['connection.connected']);
		expect(await codes({ ...day, kind: 'show' })).toEqual([]);
		const choices = await api.audit.choices();
		expect(choices.kinds).toEqual(['connection', 'item', 'show']);
		expect(choices.actors.map(({ name }) => name)).toEqual([owner.name, 'Rehearsal']);
		expect(choices.shows.map(({ name }) => name)).toEqual(['Another', 'Friday sale']);
	});

	test('narrowed by what Postgres can’t hold, it has no entries', async () => {
		await note('show.ended');
		for (const text of ['\0', 'user:\0', '\ud800']) {
			expect((await api.audit.list({ actor: text })).entries).toEqual([]);
			expect((await api.audit.list({ kind: text })).entries).toEqual([]);
		}
	});

	test('shows nothing of another workspace, whatever is asked for', async () => {
		const showId = await busyShow();
		const [theirs] = (await api.audit.list({ limit: 1 })).entries;
		const stranger = createCaller(app, await newMember());
		for (const filter of [
			{},
			{ show: showId },
			{ actor: actorOf(owner) },
			{ cursor: theirs?.entry ?? '' }
		]) {
			expect((await stranger.audit.list(filter)).entries).toEqual([]);
		}
		expect(await stranger.audit.choices()).toEqual({ actors: [], kinds: [], shows: [] });
	});
});

describe('a log of 60,000 entries', () => {
	test('is read by its indexes, however it is narrowed', async () => {
		const workspaceId = owner.workspace.id;
		await sql`
			insert into audit_log (workspace_id, actor, action, target, details, at)
			select ${workspaceId}::uuid, 'user:' || n % 7,
				case when n % 1000 = 0 then 'connection.connected' else 'item.added' end,
				'item 1', '{}', now() - n * interval '1 second'
			from generate_series(1, 60000) as n
		`.execute(app.db);
		await sql`analyze audit_log`.execute(app.db);
		const { rows } = await sql<{ entry: string }>`
			select entry from audit_log where workspace_id = ${workspaceId} order by at limit 1 offset 30000
		`.execute(app.db);
		const cursor = rows[0]?.entry ?? '';
		const watched = watchDatabase(app.urls.database);
		const reader = createCaller({ ...app, db: watched.db }, owner);
		for (const filter of [{}, { cursor }, { actor: 'user:3', cursor }, { kind: 'connection' }]) {
			const touched = await watched.rowsRead('audit_log', () =>
				reader.audit.list({ ...filter, limit: 20 })
			);
			expect(touched, JSON.stringify(filter)).toBeGreaterThanOrEqual(20);
			expect(touched, JSON.stringify(filter)).toBeLessThan(50);
			expect(watched.queries).toBeLessThanOrEqual(6);
		}
		const touched = await watched.rowsRead('audit_log', () => reader.audit.choices());
		expect(touched).toBeLessThan(50);
		await watched.close();
	});
});
