import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { channelsOfShow } from '../../src/lib/server/channels/channel-store.ts';
import { recordAudit } from '../../src/lib/server/history/audit.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { PASSWORD, createPeople, emailOf, freeAddresses, refusalOf } from './people.ts';
import type { People } from './people.ts';
import { keysLike } from './redis-nodes.ts';

let app: TestContext;
let people: People;

beforeAll(async () => {
	app = await createTestContext();
	people = createPeople(app);
});
afterAll(() => app.close());
beforeEach(() => freeAddresses(app));

describe('settings', () => {
	test('start with defaults', async () => {
		const ann = await people.owner('Ann');
		expect(await people.api(ann).settings.get()).toEqual({
			name: 'Ann’s shop',
			timeZone: 'UTC',
			claimWord: 'sold',
			passWord: 'pass',
			pollSeconds: null,
			sounds: false,
			retentionDays: null
		});
	});

	test('change what is given; the audit log has before and after of what really changed', async () => {
		const bob = await people.owner('Bob');
		const api = people.api(bob);
		await api.settings.update({
			name: ' Bob & Co ',
			timeZone: 'Europe/Berlin',
			claimWord: 'Nehme!'
		});
		await api.settings.update({ pollSeconds: 5, sounds: true, claimWord: 'nehme' });
		await api.settings.update({ pollSeconds: 5 });
		await api.settings.update({ pollSeconds: null });
		expect(await api.settings.get()).toMatchObject({
			name: 'Bob & Co',
			timeZone: 'Europe/Berlin',
			claimWord: 'nehme',
			passWord: 'pass',
			pollSeconds: null,
			sounds: true
		});
		const entries = await app.db
			.selectFrom('audit_log')
			.where('workspace_id', '=', bob.workspace.id)
			.select(['actor', 'action', 'details'])
			.orderBy('entry')
			.execute();
		const entry = { actor: `user:${bob.userId}`, action: 'settings.changed' };
		expect(entries).toEqual([
			{
				...entry,
				details: {
					before: { name: 'Bob’s shop', timeZone: 'UTC', claimWord: 'sold' },
					after: { name: 'Bob & Co', timeZone: 'Europe/Berlin', claimWord: 'nehme' }
				}
			},
			{
				...entry,
				details: {
					before: { pollSeconds: null, sounds: false },
					after: { pollSeconds: 5, sounds: true }
				}
			},
			{ ...entry, details: { before: { pollSeconds: 5 }, after: { pollSeconds: null } } }
		]);
		const now = await people.now(bob);
		expect(now?.workspace).toMatchObject({ name: 'Bob & Co', timeZone: 'Europe/Berlin' });
	});

	test.each([
		[{ name: '  ' }],
		[{ timeZone: 'Mars/Olympus' }],
		[{ timeZone: '+02:00' }],
		[{ claimWord: 'two words' }],
		[{ claimWord: '12' }],
		[{ claimWord: 'PASS' }],
		[{ pollSeconds: 1 }],
		[{ pollSeconds: 11 }],
		[{ pollSeconds: 2.5 }]
	])('%j is INVALID_INPUT and changes nothing', async (changes) => {
		const name = `Cara-${JSON.stringify(changes).replace(/\W/g, '')}`;
		const api = people.api(await people.owner(name));
		const before = await api.settings.get();
		expect(await refusalOf(api.settings.update(changes))).toBe('INVALID_INPUT');
		expect(await api.settings.get()).toEqual(before);
	});

	test('are read by every member and changed by owners alone', async () => {
		const dan = await people.owner('Dan');
		for (const role of ['operator', 'viewer'] as const) {
			const api = people.api(await people.colleague(dan, role, `Dan-${role}`));
			expect((await api.settings.get()).name).toBe('Dan’s shop');
			expect(await refusalOf(api.settings.update({ name: 'Mine' }))).toBe('FORBIDDEN');
			expect(await refusalOf(api.settings.deleteWorkspace({ name: 'Dan’s shop' }))).toBe(
				'FORBIDDEN'
			);
		}
	});

	test('give new shows their words; a show’s own go first, and existing shows keep theirs', async () => {
		const api = people.api(await people.owner('Eve'));
		const { showId: older } = await api.shows.create({ name: 'Older' });
		await api.settings.update({ claimWord: 'mine', passWord: 'nope' });
		const { showId } = await api.shows.create({ name: 'New' });
		const { showId: own } = await api.shows.create({ name: 'Own', claimWord: 'dibs' });
		const words = async (id: string) => {
			const { claimWord, passWord } = await api.shows.get({ showId: id });
			return [claimWord, passWord];
		};
		expect(await words(showId)).toEqual(['mine', 'nope']);
		expect(await words(own)).toEqual(['dibs', 'nope']);
		expect(await words(older)).toEqual(['sold', 'pass']);
		const same = api.shows.create({ name: 'Same', claimWord: 'nope' });
		expect(await refusalOf(same)).toBe('INVALID_INPUT');
	});
});

test('the polling interval reaches the channels of the workspace’s shows', async () => {
	const api = people.api(await people.owner('Lou'));
	const { showId } = await api.shows.create({ name: 'Live' });
	await app.db
		.insertInto('channel_sources')
		.values({
			...{ id: crypto.randomUUID(), show_id: showId, platform: 'facebook' },
			...{ account_id: 'page-1', account_name: 'Page', live_id: 'live-1' }
		})
		.execute();
	const pollSeconds = async () =>
		(await channelsOfShow(app.db, showId)).map((channel) => channel.pollSeconds);
	expect(await pollSeconds()).toEqual([null]);
	await api.settings.update({ pollSeconds: 7 });
	expect(await pollSeconds()).toEqual([7]);
});

/** How many rows of each table hold one of the texts in any column; tables without are left out. */
async function rowsHolding(texts: readonly string[]): Promise<Record<string, number>> {
	const tables = await sql<{ name: string }>`
		select table_name as name from information_schema.tables
		where table_schema = 'public' and table_type = 'BASE TABLE'
	`.execute(app.db);
	const found: Record<string, number> = {};
	for (const { name } of tables.rows) {
		const { rows } = await sql<{ count: string }>`
			select count(*) as count from ${sql.table(name)} as t
			where to_jsonb(t)::text like any (${texts.map((text) => `%${text}%`)})
		`.execute(app.db);
		const count = Number(rows[0]?.count ?? 0);
		if (count > 0) found[name] = count;
	}
	return found;
}

const statusSchema = z.enum(['draft', 'active', 'paused', 'ended']);

/** A workspace with a running, a paused, a finished and a new show, a colleague and an open invitation. */
async function settled(name: string) {
	const owner = await people.owner(name);
	const colleague = await people.colleague(owner, 'operator', `${name}-colleague`);
	const { token } = await people.api(owner).members.invite({ role: 'viewer' });
	const api = people.api(owner);
	const items = [{ number: '12', title: 'Scarf', quantity: 2 }];
	const shows: string[] = [];
	for (const status of statusSchema.options) {
		const { showId } = await api.shows.create({ name: `${name} ${status}`, items });
		shows.push(showId);
		if (status === 'draft') continue;
		await api.shows.activate({ showId });
		await app.say(showId, `${name}-buyer`, 'sold 12');
		if (status === 'paused') await api.shows.pause({ showId });
		if (status === 'ended') await api.shows.end({ showId });
		await app.settle(showId);
	}
	await recordAudit(app.db, {
		workspaceId: owner.workspace.id,
		showId: null,
		actor: `user:${owner.userId}`,
		action: 'settings.changed',
		target: 'workspace',
		details: {}
	});
	return { owner, colleague, token, shows };
}

describe('deleting a workspace', () => {
	test('leaves nothing of it in Postgres and Redis, and everything of the others', async () => {
		const gone = await settled('Fay');
		const kept = await settled('Gus');
		const traces = ({ owner, colleague, shows }: typeof gone): string[] => [
			...[owner.workspace.id, owner.userId, colleague.userId],
			...[owner.email, colleague.email, `${owner.name}-buyer`],
			...shows
		];
		expect(Object.keys(await rowsHolding(traces(gone)))).toEqual(
			expect.arrayContaining([
				...['audit_log', 'claims', 'comments', 'events', 'invites', 'items'],
				...['members', 'sessions', 'shows', 'users', 'workspaces']
			])
		);
		const keptBefore = await rowsHolding(traces(kept));

		const api = people.api(gone.owner);
		await api.settings.deleteWorkspace({ name: gone.owner.workspace.name });

		expect(await rowsHolding(traces(gone))).toEqual({});
		// A job that wakes the history of a show may just be ending.
		// Answers of actions name nobody and end by themselves within a minute.
		const isAnswer = (key: string) => key.includes('}:action:');
		const keysOfGone = async () =>
			(await keysLike(app.redis, '*')).filter(
				(key) => gone.shows.some((id) => key.includes(id)) && !isAnswer(key)
			);
		await expect.poll(keysOfGone).toEqual([]);
		const keys = await keysLike(app.redis, '*');
		expect(keys.filter((key) => kept.shows.some((id) => key.includes(id)))).not.toEqual([]);
		expect(await rowsHolding(traces(kept))).toEqual(keptBefore);
		expect(await people.now(gone.owner)).toBeNull();
		expect(await people.now(gone.colleague)).toBeNull();
		expect(await people.now(kept.colleague)).not.toBeNull();
		expect(await refusalOf(people.api(null).members.readInvite({ token: gone.token }))).toBe(
			'INVITE_NOT_FOUND'
		);
		for (const showId of gone.shows) {
			await expect(app.say(showId, 'late', 'sold 12')).rejects.toMatchObject({
				code: 'SHOW_NOT_FOUND'
			});
		}
	});

	test('wants the name, exactly', async () => {
		const hal = await people.owner('Hal');
		const wrong = people.api(hal).settings.deleteWorkspace({ name: 'hal’s shop' });
		expect(await refusalOf(wrong)).toBe('INVALID_INPUT');
		expect(await people.now(hal)).not.toBeNull();
	});

	test('keeps the accounts of people who have another workspace, and frees the other addresses', async () => {
		const [ida, jan] = [await people.owner('Ida'), await people.owner('Jan')];
		const { token } = await people.api(ida).members.invite({ role: 'viewer' });
		await people.api(jan).members.acceptInvite({ token });
		await people.api(ida).settings.deleteWorkspace({ name: ida.workspace.name });
		const credentials = { email: emailOf('Jan'), password: PASSWORD };
		const again: Member = await app.auth.signIn(credentials, { address: people.address() });
		expect(again.workspace).toEqual(jan.workspace);
		expect(await people.owner('Ida')).toMatchObject({ role: 'owner' });
	});

	test('the audit log still refuses everybody else', async () => {
		const kim = await people.owner('Kim');
		await people.api(kim).settings.update({ name: 'Kim & Co' });
		const erasing = app.db.deleteFrom('workspaces').where('id', '=', kim.workspace.id).execute();
		await expect(erasing).rejects.toThrow('append-only');
	});
});
