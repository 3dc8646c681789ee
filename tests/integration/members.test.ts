import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { membersOf, workspacesOf } from '../../src/lib/server/auth/member-lists.ts';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';
import { findAppError } from '../../src/lib/server/trpc/errors.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { PASSWORD, createPeople, emailOf, freeAddresses, refusalOf } from './people.ts';
import type { People } from './people.ts';

let app: TestContext;
let people: People;

beforeAll(async () => {
	app = await createTestContext();
	people = createPeople(app);
});
afterAll(() => app.close());
beforeEach(() => freeAddresses(app));

async function rolesIn(member: Member): Promise<Record<string, string>> {
	const members = await membersOf(app.db, member.workspace.id);
	return Object.fromEntries(members.map(({ name, role }) => [name, role]));
}

/** Connections to this test's database that wait for another one's lock. */
async function waitingForLocks(): Promise<number> {
	const { rows } = await sql<{ count: string }>`
		select count(*) as count from pg_stat_activity
		where datname = current_database() and wait_event_type = 'Lock'
	`.execute(app.db);
	return Number(rows[0]?.count);
}

const entrySchema = z.object({ action: z.string(), target: z.string(), details: z.unknown() });

async function auditOf(workspaceId: string): Promise<z.infer<typeof entrySchema>[]> {
	const rows = await app.db
		.selectFrom('audit_log')
		.where('workspace_id', '=', workspaceId)
		.select(['action', 'target', 'details'])
		.orderBy('entry')
		.execute();
	return rows.map((row) => entrySchema.parse(row));
}

describe('an invitation', () => {
	test('lets somebody new join with its role, and not as owner of anything', async () => {
		const ann = await people.owner('Ann');
		const bob = await people.colleague(ann, 'viewer', 'Bob');
		expect(bob).toMatchObject({ role: 'viewer', workspace: ann.workspace, fresh: true });
		expect(await workspacesOf(app.db, bob.userId)).toHaveLength(1);
		expect(await rolesIn(ann)).toEqual({ Ann: 'owner', Bob: 'viewer' });
	});

	test('lets somebody who is signed in join, who then works there', async () => {
		const [cleo, dan] = [await people.owner('Cleo'), await people.owner('Dan')];
		const { token } = await people.api(cleo).members.invite({ role: 'operator' });
		await people.api(dan).members.acceptInvite({ token });
		expect(await people.now(dan)).toMatchObject({ workspace: cleo.workspace, role: 'operator' });
	});

	test('works once, also when many use it at the same moment', async () => {
		const eve = await people.owner('Eve');
		const { token } = await people.api(eve).members.invite({ role: 'viewer' });
		const guests = await Promise.all(
			Array.from({ length: 6 }, (_, n) => people.owner(`Guest${n}`))
		);
		const codes = await Promise.all(
			guests.map((guest) => refusalOf(people.api(guest).members.acceptInvite({ token })))
		);
		expect(codes.filter((code) => code === null)).toHaveLength(1);
		expect(codes.filter((code) => code === 'INVITE_NOT_FOUND')).toHaveLength(5);
		expect(Object.keys(await rolesIn(eve))).toHaveLength(2);
		expect(await refusalOf(people.api(null).members.readInvite({ token }))).toBe(
			'INVITE_NOT_FOUND'
		);
	});

	test('leaves no account behind when it turns out to be used', async () => {
		const owner = await people.owner('Fay');
		const { token } = await people.api(owner).members.invite({ role: 'viewer' });
		const join = (name: string) =>
			people
				.api(null)
				.members.acceptAsNew({ token, email: emailOf(name), password: PASSWORD, name });
		const codes = await Promise.all([refusalOf(join('Twin1')), refusalOf(join('Twin2'))]);
		expect(codes.toSorted()).toEqual(['INVITE_NOT_FOUND', null]);
		const twins = await app.db
			.selectFrom('users')
			.where('email', 'like', 'twin%')
			.select('id')
			.execute();
		expect(twins).toHaveLength(1);
	});

	test('is over after seven days', async () => {
		const gus = await people.owner('Gus');
		const { id, token, expiresAt } = await people.api(gus).members.invite({ role: 'viewer' });
		const week = 7 * 86_400_000;
		expect(Math.abs(expiresAt - Date.now() - week)).toBeLessThan(60_000);
		await app.db
			.updateTable('invites')
			.set({ expires_at: new Date(Date.now() - 1) })
			.where('id', '=', id)
			.execute();
		const stranger = people.api(await people.owner('Late'));
		expect(await refusalOf(stranger.members.readInvite({ token }))).toBe('INVITE_NOT_FOUND');
		expect(await refusalOf(stranger.members.acceptInvite({ token }))).toBe('INVITE_NOT_FOUND');
		expect(await people.api(gus).members.invites()).toEqual([]);
	});

	test('can be withdrawn, by owners of its workspace only', async () => {
		const [hal, ida] = [await people.owner('Hal'), await people.owner('Ida')];
		const { id, token } = await people.api(hal).members.invite({ role: 'operator' });
		expect(await refusalOf(people.api(ida).members.revokeInvite({ inviteId: id }))).toBe(
			'INVITE_NOT_FOUND'
		);
		expect(await people.api(hal).members.invites()).toMatchObject([{ id, role: 'operator' }]);
		await people.api(hal).members.revokeInvite({ inviteId: id });
		expect(await refusalOf(people.api(ida).members.acceptInvite({ token }))).toBe(
			'INVITE_NOT_FOUND'
		);
	});

	test('is not used up by somebody who is a member already, and changes no role', async () => {
		const jan = await people.owner('Jan');
		const { token } = await people.api(jan).members.invite({ role: 'viewer' });
		expect(await refusalOf(people.api(jan).members.acceptInvite({ token }))).toBe('ALREADY_MEMBER');
		expect(await rolesIn(jan)).toEqual({ Jan: 'owner' });
		expect(await people.api(null).members.readInvite({ token })).toMatchObject({
			workspaceName: jan.workspace.name,
			inviterName: 'Jan',
			role: 'viewer'
		});
	});

	test('never makes an owner', async () => {
		const kim = await people.owner('Kim');
		// @ts-expect-error -- the API takes no such role, and neither does the table
		const invite = people.api(kim).members.invite({ role: 'owner' });
		expect(await refusalOf(invite)).toBe('INVALID_INPUT');
	});

	test('of an owner who is one no more is void', async () => {
		const [lea, max] = [await people.owner('Lea'), await people.owner('Max')];
		const mia = await people.colleague(lea, 'operator', 'Mia');
		await people.api(lea).members.changeRole({ userId: mia.userId, role: 'owner' });
		const promoted = await people.now(mia);
		const { token } = await people.api(promoted).members.invite({ role: 'operator' });
		await people.api(lea).members.changeRole({ userId: mia.userId, role: 'viewer' });
		expect(await refusalOf(people.api(max).members.acceptInvite({ token }))).toBe(
			'INVITE_NOT_FOUND'
		);
	});

	test('that is withdrawn with its owner’s rights while somebody joins by it: neither stands in the other’s way', async () => {
		const [liz, moe] = [await people.owner('Liz'), await people.owner('Moe')];
		const { token } = await people.api(liz).members.invite({ role: 'viewer' });
		const joining = await app.db.transaction().execute(async (tx) => {
			// As every change of members does (memberships.ts): the workspace first, its invitations then.
			const { id } = liz.workspace;
			await sql`select id from workspaces where id = ${id} for update`.execute(tx);
			const answer = refusalOf(people.api(moe).members.acceptInvite({ token }));
			await expect.poll(waitingForLocks, { timeout: 30_000 }).toBe(1);
			await tx.deleteFrom('invites').where('workspace_id', '=', id).execute();
			return { answer };
		});
		expect(await joining.answer).toBe('INVITE_NOT_FOUND');
		expect(await rolesIn(liz)).toEqual({ Liz: 'owner' });
	});

	test('is stored as a hash, and its token is in no other row', async () => {
		const ned = await people.owner('Ned');
		const { id, token } = await people.api(ned).members.invite({ role: 'viewer' });
		const row = await app.db
			.selectFrom('invites')
			.selectAll()
			.where('id', '=', id)
			.executeTakeFirstOrThrow();
		expect(row.token_hash).toBe(createHash('sha256').update(token).digest('base64url'));
		expect(JSON.stringify(await auditOf(ned.workspace.id))).not.toContain(token);
		expect(JSON.stringify(await people.api(ned).members.invites())).not.toContain(token);
	});

	test('can’t be guessed: thirty wrong tokens from one address, then RATE_LIMITED', async () => {
		const address = people.address();
		const token = 'x'.repeat(43);
		const tries = await Promise.all(
			Array.from({ length: 35 }, () => refusalOf(app.auth.invitations.find(token, address)))
		);
		expect(tries.filter((code) => code === 'INVITE_NOT_FOUND')).toHaveLength(30);
		expect(tries.filter((code) => code === 'RATE_LIMITED')).toHaveLength(5);
	});

	test('of a workspace are limited to thirty an hour', async () => {
		const api = people.api(await people.owner('Olaf'));
		for (let n = 0; n < 30; n++) await api.members.invite({ role: 'viewer' });
		expect(await refusalOf(api.members.invite({ role: 'viewer' }))).toBe('RATE_LIMITED');
	});

	test('brings somebody back who belongs to no workspace any more', async () => {
		const pia = await people.owner('Pia');
		const ray = await people.colleague(pia, 'viewer', 'Ray');
		await people.api(pia).members.remove({ userId: ray.userId });
		const credentials = { email: emailOf('Ray'), password: PASSWORD };
		expect(await refusalOf(people.api(null).auth.signIn(credentials))).toBe('FORBIDDEN');
		const { token } = await people.api(pia).members.invite({ role: 'operator' });
		const wrong = { ...credentials, password: 'wrong password', token };
		expect(await refusalOf(people.api(null).members.acceptBySignIn(wrong))).toBe('BAD_CREDENTIALS');
		const back = await people.api(null).members.acceptBySignIn({ ...credentials, token });
		expect(back).toMatchObject({ role: 'operator', workspace: pia.workspace });
	});

	test('with an address that has an account is EMAIL_TAKEN, and the link still works', async () => {
		const [sam, tom] = [await people.owner('Sam'), await people.owner('Tom')];
		const { token } = await people.api(sam).members.invite({ role: 'viewer' });
		const again = { token, email: emailOf('Tom'), password: PASSWORD, name: 'Tom' };
		expect(await refusalOf(people.api(null).members.acceptAsNew(again))).toBe('EMAIL_TAKEN');
		await people.api(tom).members.acceptInvite({ token });
	});
});

describe('roles', () => {
	test('are changed by owners, one entry in the audit log each, with before and after', async () => {
		const uma = await people.owner('Uma');
		const vic = await people.colleague(uma, 'viewer', 'Vic');
		const role = { userId: vic.userId, role: 'operator' } as const;
		await people.api(uma).members.changeRole(role);
		await people.api(uma).members.changeRole(role);
		expect((await people.now(vic))?.role).toBe('operator');
		const entries = await auditOf(uma.workspace.id);
		expect(entries.filter(({ action }) => action === 'member.role_changed')).toEqual([
			{
				action: 'member.role_changed',
				target: `user:${vic.userId}`,
				details: { before: { role: 'viewer' }, after: { role: 'operator' } }
			}
		]);
	});

	test('nobody raises their own: operators and viewers change none', async () => {
		const wes = await people.owner('Wes');
		for (const role of ['operator', 'viewer'] as const) {
			const colleague = await people.colleague(wes, role, `Wes-${role}`);
			const api = people.api(colleague);
			const self = { userId: colleague.userId };
			expect(await refusalOf(api.members.changeRole({ ...self, role: 'owner' }))).toBe('FORBIDDEN');
			expect(await refusalOf(api.members.transfer(self))).toBe('FORBIDDEN');
			expect(await refusalOf(api.members.invite({ role: 'operator' }))).toBe('FORBIDDEN');
		}
	});

	test('of another workspace’s members are out of reach', async () => {
		const [xan, yan] = [await people.owner('Xan'), await people.owner('Yan')];
		const theirs = { userId: yan.userId };
		const api = people.api(xan);
		const codes = await Promise.all([
			refusalOf(api.members.changeRole({ ...theirs, role: 'viewer' })),
			refusalOf(api.members.remove(theirs)),
			refusalOf(api.members.transfer(theirs)),
			refusalOf(api.members.remove({ userId: crypto.randomUUID() }))
		]);
		expect(new Set(codes)).toEqual(new Set(['MEMBER_NOT_FOUND']));
		expect(await rolesIn(yan)).toEqual({ Yan: 'owner' });
	});

	test('the last owner can’t be demoted or removed, and can’t leave', async () => {
		const zoe = await people.owner('Zoe');
		await people.colleague(zoe, 'operator', 'Zoe-2');
		const api = people.api(zoe);
		const self = { userId: zoe.userId };
		expect(await refusalOf(api.members.changeRole({ ...self, role: 'viewer' }))).toBe('LAST_OWNER');
		expect(await refusalOf(api.members.remove(self))).toBe('LAST_OWNER');
		expect(await refusalOf(api.members.leave())).toBe('LAST_OWNER');
		expect(await rolesIn(zoe)).toEqual({ Zoe: 'owner', 'Zoe-2': 'operator' });
	});

	test('two owners who demote each other at the same moment leave one', async () => {
		for (let round = 0; round < 5; round++) {
			const one = await people.owner(`Duel-${round}`);
			const two = await people.colleague(one, 'operator', `Duel-${round}-2`);
			await people.api(one).members.changeRole({ userId: two.userId, role: 'owner' });
			const other = await people.now(two);
			await Promise.all([
				refusalOf(people.api(one).members.changeRole({ userId: two.userId, role: 'viewer' })),
				refusalOf(people.api(other).members.changeRole({ userId: one.userId, role: 'viewer' }))
			]);
			const owners = Object.values(await rolesIn(one)).filter((role) => role === 'owner');
			expect(owners).toHaveLength(1);
		}
	});

	test('ownership is handed over in one step', async () => {
		const abe = await people.owner('Abe');
		const bea = await people.colleague(abe, 'viewer', 'Bea');
		await people.api(abe).members.transfer({ userId: bea.userId });
		expect(await rolesIn(abe)).toEqual({ Abe: 'operator', Bea: 'owner' });
		const former = await people.now(abe);
		expect(await refusalOf(people.api(former).members.invite({ role: 'viewer' }))).toBe(
			'FORBIDDEN'
		);
	});
});

describe('a member who is removed', () => {
	test('is signed out at once, with all sessions', async () => {
		const cal = await people.owner('Cal');
		const dot = await people.colleague(cal, 'operator', 'Dot');
		const second = await app.auth.signIn(
			{ email: emailOf('Dot'), password: PASSWORD },
			{ address: people.address() }
		);
		await people.api(cal).members.remove({ userId: dot.userId });
		expect(await people.now(dot)).toBeNull();
		expect(await people.now(second)).toBeNull();
	});

	test('can’t end what they began before, by sending its body slowly', async () => {
		const gus = await people.owner('Quill');
		const hal = await people.colleague(gus, 'operator', 'Yaro');
		await people.api(gus).members.changeRole({ userId: hal.userId, role: 'owner' });
		const owner = await people.now(hal);
		const begun = createCaller(app, owner, { memberReadAt: performance.now() - 20_000 });
		expect(await refusalOf(begun.members.invite({ role: 'viewer' }))).toBeNull();
		await people.api(gus).members.changeRole({ userId: hal.userId, role: 'viewer' });
		expect(await refusalOf(begun.members.invite({ role: 'operator' }))).toBe('FORBIDDEN');
		await people.api(gus).members.remove({ userId: hal.userId });
		expect(await refusalOf(begun.members.invite({ role: 'operator' }))).toBe('SIGNED_OUT');
		const deletion = begun.settings.deleteWorkspace({ name: gus.workspace.name });
		expect(await refusalOf(deletion)).toBe('SIGNED_OUT');
		expect(await people.now(gus)).not.toBeNull();
	});

	test('keeps the sessions that work in another workspace', async () => {
		const [eli, fin] = [await people.owner('Eli'), await people.owner('Fin')];
		const { token } = await people.api(eli).members.invite({ role: 'viewer' });
		const elsewhere = await app.auth.signIn(
			{ email: emailOf('Fin'), password: PASSWORD },
			{ address: people.address() }
		);
		await people.api(fin).members.acceptInvite({ token });
		await people.api(eli).members.remove({ userId: fin.userId });
		expect(await people.now(fin)).toBeNull();
		expect(await people.now(elsewhere)).toMatchObject({ workspace: fin.workspace, role: 'owner' });
	});

	test.each(['this process', 'another process'])(
		'loses the open console at once when %s removes them',
		async (where) => {
			const gil = await people.owner(`Gil-${where.length}`);
			const hedy = await people.colleague(gil, 'viewer', `Hedy-${where.length}`);
			const showId = await app.show({ '12': 1 });
			await app.db
				.updateTable('shows')
				.set({ workspace_id: gil.workspace.id })
				.where('id', '=', showId)
				.execute();
			const subscription = await people.api(hedy).live.show({ showId });
			const batches = subscription[Symbol.asyncIterator]();
			expect((await batches.next()).done).toBe(false);
			const remover = where === 'this process' ? app : await app.another();
			await remover.auth.memberships.remove(gil, hedy.userId);
			const ended = async () => {
				for (;;) if ((await batches.next()).done === true) return;
			};
			expect(await refusalOf(ended())).toBe('SIGNED_OUT');
		}
	);
});

describe('somebody with two workspaces', () => {
	test('switches between them, and each session has its own', async () => {
		const [ivy, jim] = [await people.owner('Ivy'), await people.owner('Jim')];
		const { token } = await people.api(ivy).members.invite({ role: 'viewer' });
		await people.api(jim).members.acceptInvite({ token });
		const there = await people.now(jim);
		expect(there?.workspace).toEqual(ivy.workspace);
		const listed = await people.api(there).account.workspaces();
		expect(listed).toMatchObject({
			current: ivy.workspace.id,
			workspaces: [
				{ name: jim.workspace.name, role: 'owner' },
				{ name: ivy.workspace.name, role: 'viewer' }
			]
		});
		await people.api(there).account.switchWorkspace({ workspaceId: jim.workspace.id });
		expect(await people.now(jim)).toMatchObject({ workspace: jim.workspace, role: 'owner' });
	});

	test('reaches no workspace that they don’t belong to', async () => {
		const [kit, lou] = [await people.owner('Kit'), await people.owner('Lou')];
		const foreign = { workspaceId: lou.workspace.id };
		expect(await refusalOf(people.api(kit).account.switchWorkspace(foreign))).toBe(
			'MEMBER_NOT_FOUND'
		);
		// Not even with a session that says so.
		await app.db
			.updateTable('sessions')
			.set({ workspace_id: lou.workspace.id })
			.where('user_id', '=', kit.userId)
			.execute();
		expect((await people.now(kit))?.workspace).toEqual(kit.workspace);
	});

	test('who leaves one goes on in the other, with every right there', async () => {
		const [mel, nat] = [await people.owner('Mel'), await people.owner('Nat')];
		const { token } = await people.api(mel).members.invite({ role: 'viewer' });
		await people.api(nat).members.acceptInvite({ token });
		await people.api(await people.now(nat)).members.leave();
		expect(await rolesIn(mel)).toEqual({ Mel: 'owner' });
		expect(await people.now(nat)).toMatchObject({ workspace: nat.workspace, role: 'owner' });
	});
});

test('who leaves the only workspace is signed out', async () => {
	const ola = await people.owner('Ola');
	const per = await people.colleague(ola, 'operator', 'Per');
	await people.api(per).members.leave();
	expect(await people.now(per)).toBeNull();
});

describe('an account', () => {
	const changed = { currentPassword: PASSWORD, newPassword: 'battery staple' };

	test('gets a new password for the present one, and every other session ends', async () => {
		const oda = await people.owner('Oda');
		const credentials = { email: emailOf('Oda'), password: PASSWORD };
		const other = await app.auth.signIn(credentials, { address: people.address() });
		await people.api(oda).account.changePassword(changed);
		expect(await people.now(oda)).not.toBeNull();
		expect(await people.now(other)).toBeNull();
		expect(await refusalOf(people.api(null).auth.signIn(credentials))).toBe('BAD_CREDENTIALS');
		const renewed = { ...credentials, password: changed.newPassword };
		expect(await refusalOf(people.api(null).auth.signIn(renewed))).toBeNull();
	});

	test('keeps its password when the present one is wrong; ten guesses, then RATE_LIMITED', async () => {
		const api = people.api(await people.owner('Paz'));
		const wrong = { ...changed, currentPassword: 'wrong password' };
		for (let n = 0; n < 10; n++) {
			expect(await refusalOf(api.account.changePassword(wrong))).toBe('WRONG_PASSWORD');
		}
		expect(await refusalOf(api.account.changePassword(changed))).toBe('RATE_LIMITED');
	});

	test('is signed out everywhere, here as well', async () => {
		const quin = await people.owner('Quin');
		const other = await app.auth.signIn(
			{ email: emailOf('Quin'), password: PASSWORD },
			{ address: people.address() }
		);
		await people.api(quin).account.signOutEverywhere();
		expect(await people.now(quin)).toBeNull();
		expect(await people.now(other)).toBeNull();
	});

	test('knows its sessions, by device and time, and ends one of them without the others', async () => {
		const ursa = await people.owner('Ursa');
		const credentials = { email: emailOf('Ursa'), password: PASSWORD };
		const lost = await app.auth.signIn(credentials, { address: people.address() });
		const kept = await app.auth.signIn(credentials, { address: people.address() });
		const android = 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile';
		await app.auth.validateSession(lost.sessionId, android);
		await app.auth.validateSession(ursa.sessionId, 'rubbish of ursa@example.com');

		const listed = await people.api(ursa).account.sessions();
		expect(listed.map(({ isCurrent }) => isCurrent)).toEqual([true, false, false]);
		expect(listed.map(({ device }) => device).toSorted()).toEqual([
			'Chrome on Android',
			null,
			null
		]);
		// Nothing that anybody could sign in with.
		const secrets = [ursa, lost, kept].map(({ sessionId }) => sessionId);
		for (const secret of secrets) expect(JSON.stringify(listed)).not.toContain(secret);
		const before = Date.now();
		for (const { signedInAt, lastUsedAt } of listed) {
			expect(signedInAt).toBeLessThanOrEqual(before);
			expect(lastUsedAt).toBeGreaterThanOrEqual(signedInAt);
		}

		const phone = listed.find(({ device }) => device === 'Chrome on Android');
		const id = phone?.id ?? '';
		const stranger = await people.owner('Vesna');
		expect(await refusalOf(people.api(stranger).account.endSession({ id }))).toBe(
			'SESSION_NOT_FOUND'
		);
		expect(await people.now(lost)).not.toBeNull();
		await people.api(ursa).account.endSession({ id });
		expect(await people.now(lost)).toBeNull();
		expect(await people.now(ursa)).not.toBeNull();
		expect(await people.now(kept)).not.toBeNull();
		expect(await refusalOf(people.api(ursa).account.endSession({ id }))).toBe('SESSION_NOT_FOUND');
		expect(await refusalOf(people.api(ursa).account.endSession({ id: "' or true --" }))).toBe(
			'INVALID_INPUT'
		);
		expect((await auditOf(ursa.workspace.id)).map(({ action }) => action)).toEqual([
			'account.session_ended'
		]);
	});

	test('notes the use of a session once in five minutes, and keeps its device', async () => {
		const zelda = await people.owner('Zelda');
		const row = async () =>
			await app.db
				.selectFrom('sessions')
				.select(['device', 'last_used_at'])
				.where('user_id', '=', zelda.userId)
				.executeTakeFirstOrThrow();
		const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';
		await app.auth.validateSession(zelda.sessionId, firefox);
		const first = await row();
		expect(first.device).toBe('Firefox on Linux');
		await app.auth.validateSession(zelda.sessionId, 'Mozilla/5.0 (Windows NT 10.0)');
		expect(await row()).toEqual(first);
		const long = new Date(Date.now() - 6 * 60_000);
		await app.db
			.updateTable('sessions')
			.set({ last_used_at: long })
			.where('user_id', '=', zelda.userId)
			.execute();
		// A console, which says nothing of its browser.
		await app.auth.validateSession(zelda.sessionId);
		const later = await row();
		expect(later.device).toBe('Firefox on Linux');
		expect(later.last_used_at?.getTime()).toBeGreaterThan(long.getTime());
	});

	test('writes what it did into the audit log, without names and passwords', async () => {
		const rio = await people.owner('Rio');
		await people.api(rio).account.rename({ name: 'Rio Grande' });
		await people.api(rio).account.changePassword(changed);
		expect((await people.now(rio))?.name).toBe('Rio Grande');
		const entries = await auditOf(rio.workspace.id);
		expect(entries.map(({ action }) => action)).toEqual([
			'account.renamed',
			'account.password_changed'
		]);
		expect(JSON.stringify(entries)).not.toMatch(/Rio|staple|horse/);
	});
});

describe('an account that is deleted', () => {
	const remove = (member: Member, password = PASSWORD) =>
		people.api(member).account.remove({ password });
	const refusal = async (call: Promise<unknown>) =>
		await call.then(
			() => null,
			(error: unknown) => findAppError(error)
		);

	test('goes with its sessions, memberships and invitations; its address is free again', async () => {
		const owner = await people.owner('Xen');
		const elsewhere = await people.owner('Rae');
		const leaver = await people.colleague(owner, 'operator', 'Xen-leaver');
		const { token } = await people.api(elsewhere).members.invite({ role: 'viewer' });
		await people.api(leaver).members.acceptInvite({ token });
		const again = await app.auth.signIn(
			{ email: leaver.email, password: PASSWORD },
			{ address: people.address() }
		);
		const now = await people.now(leaver);
		if (!now) throw new Error('the session is gone');
		await remove(now);
		expect([await people.now(leaver), await people.now(again)]).toEqual([null, null]);
		for (const member of [owner, elsewhere]) {
			const { members } = await people.api(member).members.list();
			expect(members.map(({ userId }) => userId)).toEqual([member.userId]);
			const { entries } = await people.api(member).audit.list({ kind: 'account' });
			expect(entries[0]).toMatchObject({
				action: 'Deleted their account',
				actor: { name: 'Deleted account', note: 'no longer a member' }
			});
		}
		const left = await app.db
			.selectFrom('users')
			.select('id')
			.where('id', '=', leaver.userId)
			.execute();
		expect(left).toEqual([]);
		await people.colleague(owner, 'viewer', 'Xen-leaver');
	});

	test('is kept while a workspace would have no owner, and says which', async () => {
		const sole = await people.owner('Sol');
		const other = await people.colleague(sole, 'operator', 'Sol-other');
		const refused = await refusal(remove(sole));
		expect(refused).toMatchObject({ code: 'LAST_OWNER' });
		expect(refused?.message).toContain('only owner of “Sol’s shop”');
		await people.api(sole).members.changeRole({ userId: other.userId, role: 'owner' });
		await remove(sole);
		expect(await people.now(sole)).toBeNull();
		// Nobody else is left: the workspace has to go first.
		const alone = await people.now(other);
		if (!alone) throw new Error('the session is gone');
		const last = await refusal(remove(alone));
		expect(last?.message).toContain('Nobody but you belongs to “Sol’s shop”');
		expect(await people.now(other)).not.toBeNull();
	});

	test('of two owners at the same moment: one stays', async () => {
		const first = await people.owner('Tia');
		const second = await people.colleague(first, 'operator', 'Tia-second');
		await people.api(first).members.changeRole({ userId: second.userId, role: 'owner' });
		const outcomes = await Promise.all([
			refusalOf(remove(first)),
			refusalOf(people.api(await people.now(second)).account.remove({ password: PASSWORD }))
		]);
		expect(outcomes.toSorted()).toEqual(['LAST_OWNER', null].toSorted());
	});

	test('asks for the password', async () => {
		const owner = await people.owner('Ulla');
		const member = await people.colleague(owner, 'viewer', 'Ulla-viewer');
		expect(await refusalOf(remove(member, 'wrong password'))).toBe('WRONG_PASSWORD');
		expect(await refusalOf(remove(member, ''))).toBe('INVALID_INPUT');
		expect(await people.now(member)).not.toBeNull();
	});
});
