import { callTRPCProcedure } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Member, MemberRole } from '../../src/lib/server/auth/member.ts';
import { PERMISSIONS, may } from '../../src/lib/server/auth/permissions.ts';
import type { Action } from '../../src/lib/server/auth/permissions.ts';
import type { ApiContext } from '../../src/lib/server/trpc/api-context.ts';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';
import { findAppError } from '../../src/lib/server/trpc/errors.ts';
import { appRouter, devRouter } from '../../src/lib/server/trpc/router.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';

type Row = {
	/**
	 * Who may call it: `show` and `operate` take a showId; the others don't. An action of the permission
	 * table where it is neither watching nor running shows.
	 */
	readonly access: 'public' | 'member' | 'operator' | 'show' | 'operate' | Action;
	/** What the permission table calls it, where `access` does not say. */
	readonly action?: Action;
	/** Valid input but for the showId, for an item 12 that is held by buyer facebook:u1. */
	readonly input?: Record<string, unknown>;
};

const newcomer = {
	email: 'new@example.com',
	password: 'correct horse',
	name: 'New',
	workspaceName: 'New'
};
const nobody = '00000000-0000-4000-8000-000000000000';
const held = { item: '12', buyerKey: 'facebook:u1' };

/** Every procedure of the API. One that is missing here fails the test. */
const PROCEDURES: Record<string, Row> = {
	'auth.me': { access: 'public' },
	'auth.register': { access: 'public', input: newcomer },
	'auth.signIn': { access: 'public', input: { email: 'a@example.com', password: 'x' } },
	'auth.signOut': { access: 'public' },
	'shows.list': { access: 'member', input: {} },
	'shows.create': { access: 'operator', input: { name: 'New show' } },
	'shows.get': { access: 'show' },
	'shows.snapshot': { access: 'show' },
	'shows.update': { access: 'operate', input: { name: 'Renamed' } },
	'shows.setOverrides': { access: 'operate', input: { pollSeconds: 4, sounds: true } },
	'shows.activate': { access: 'operate' },
	'shows.pause': { access: 'operate' },
	'shows.resume': { access: 'operate' },
	'shows.end': { access: 'operate' },
	'shows.reopen': { access: 'operate' },
	'shows.dashboard': { access: 'member' },
	'shows.duplicate': { access: 'operate', input: {} },
	'items.list': { access: 'show' },
	'items.history': { access: 'show', input: { number: '12' } },
	'items.addMany': {
		access: 'operate',
		input: { items: [{ number: '98', title: 'Cap', quantity: 1 }] }
	},
	'items.add': { access: 'operate', input: { number: '99', title: 'Hat', quantity: 1 } },
	'items.edit': { access: 'operate', input: { number: '12', title: 'Scarf' } },
	'items.setQuantity': { access: 'operate', input: { number: '12', quantity: 5 } },
	'items.open': { access: 'operate', input: { number: '12' } },
	'items.close': { access: 'operate', input: { number: '12' } },
	'items.remove': { access: 'operate', input: { number: '12' } },
	'items.setShowing': { access: 'operate', input: { number: '12' } },
	'claims.list': { access: 'show' },
	'claims.feed': { access: 'show' },
	'claims.release': { access: 'operate', input: held },
	'claims.award': { access: 'operate', input: { item: '12', buyer: { handle: 'Walk In' } } },
	'claims.reassign': { access: 'operate', input: { from: held, to: { handle: 'Walk In' } } },
	'claims.undo': { access: 'operate', input: { epoch: 'e', seq: 1 } },
	'comments.list': { access: 'show' },
	'comments.authors': { access: 'show', input: { search: 'u1' } },
	'rehearsals.start': { access: 'operator', input: { source: { kind: 'bundled' }, speed: 100 } },
	'buyers.list': { access: 'show', action: 'seeBuyers' },
	'audit.list': { access: 'operator', action: 'readAuditLog', input: {} },
	'audit.choices': { access: 'operator', action: 'readAuditLog' },
	'replay.overview': { access: 'show' },
	'replay.range': { access: 'show', input: { fromSeq: 1 } },
	'replay.stateAt': { access: 'show', input: { seq: 1 } },
	'replay.why': {
		access: 'show',
		input: { claimId: '00000000-0000-4000-8000-000000000000' }
	},
	'replay.whyComment': { access: 'show', input: { seq: 1 } },
	'replay.digest': { access: 'show' },
	'buyers.show': { access: 'show', action: 'seeBuyers' },
	'buyers.slips': { access: 'show', action: 'seeBuyers' },
	'buyers.directory': { access: 'member', action: 'seeBuyers', input: {} },
	'buyers.get': { access: 'member', action: 'seeBuyers', input: { buyerKey: 'facebook:u1' } },
	'buyers.claims': { access: 'member', action: 'seeBuyers', input: { buyerKey: 'facebook:u1' } },
	'buyers.tags': { access: 'member', action: 'seeBuyers' },
	'buyers.setNote': {
		access: 'operator',
		action: 'noteBuyers',
		input: { buyerKey: 'facebook:u1', note: 'Pays late', was: '' }
	},
	'buyers.setTag': {
		access: 'operator',
		action: 'noteBuyers',
		input: { buyerKey: 'facebook:u1', tag: 'vip', present: true }
	},
	'buyers.setBlocked': {
		access: 'operator',
		action: 'noteBuyers',
		input: { buyerKey: 'facebook:u1', blocked: false }
	},
	'buyers.link': {
		access: 'operator',
		action: 'noteBuyers',
		input: { buyerKey: 'facebook:u1', otherKey: 'facebook:u1' }
	},
	'buyers.unlink': { access: 'operator', action: 'noteBuyers', input: { buyerKey: 'facebook:u1' } },
	'buyers.erasurePreview': {
		access: 'erasePersonalData',
		input: { buyerKey: 'facebook:u1' }
	},
	'buyers.erase': {
		access: 'erasePersonalData',
		input: { buyerKey: 'facebook:u1', name: 'not their name' }
	},
	'settings.get': { access: 'member' },
	'settings.update': { access: 'changeSettings', input: { sounds: false } },
	'settings.retentionPreview': { access: 'changeSettings', input: { days: 30 } },
	'settings.deleteWorkspace': { access: 'deleteWorkspace', input: { name: 'not its name' } },
	'members.list': { access: 'member' },
	'members.changeRole': { access: 'manageMembers', input: { userId: nobody, role: 'owner' } },
	'members.remove': { access: 'manageMembers', input: { userId: nobody } },
	'members.transfer': { access: 'manageMembers', input: { userId: nobody } },
	'members.leave': { access: 'member' },
	'members.invites': { access: 'manageMembers' },
	'members.invite': { access: 'manageMembers', input: { role: 'viewer' } },
	'members.revokeInvite': { access: 'manageMembers', input: { inviteId: nobody } },
	'members.readInvite': { access: 'public', input: { token: 'x' } },
	'members.acceptInvite': { access: 'member', input: { token: 'x' } },
	'members.acceptAsNew': { access: 'public', input: { ...newcomer, token: 'x' } },
	'members.acceptBySignIn': {
		access: 'public',
		input: { email: newcomer.email, password: newcomer.password, token: 'x' }
	},
	'account.workspaces': { access: 'member' },
	'account.switchWorkspace': { access: 'member', input: { workspaceId: nobody } },
	'account.rename': { access: 'member', input: { name: 'New' } },
	'account.changePassword': {
		access: 'member',
		input: { currentPassword: 'wrong password', newPassword: 'battery staple' }
	},
	'account.sessions': { access: 'member' },
	'account.endSession': { access: 'member', input: { id: 'x'.repeat(43) } },
	'account.signOutEverywhere': { access: 'member' },
	'account.remove': { access: 'member', input: { password: 'wrong password' } },
	'live.show': { access: 'show' },
	'summary.get': { access: 'show' },
	'summary.holders': { access: 'show', input: { item: '12', state: 'winner' } },
	'channels.list': { access: 'show' },
	'channels.discover': { access: 'operate' },
	'channels.add': { access: 'operate', input: { connectionId: nobody, reference: '1' } },
	'channels.stop': { access: 'operate', input: { channelId: nobody } },
	'channels.restart': { access: 'operate', input: { channelId: nobody } },
	'channels.watch': { access: 'operate', input: { connectionId: nobody, watching: true } },
	'connections.list': { access: 'member' },
	'connections.begin': {
		access: 'connectAccounts',
		input: { login: 'facebook', origin: 'http://localhost:3000' }
	},
	'connections.finish': {
		access: 'connectAccounts',
		input: { login: 'facebook', origin: 'http://localhost:3000', query: '' }
	},
	'connections.choices': { access: 'connectAccounts', input: { pickId: 'x' } },
	'connections.connect': {
		access: 'connectAccounts',
		input: { pickId: 'x', accounts: ['facebook:1'] }
	},
	'connections.check': { access: 'connectAccounts', input: { connectionId: nobody } },
	'connections.disconnect': { access: 'connectAccounts', input: { connectionId: nobody } },
	'debug.emitInstagramWebhook': { access: 'operate', input: { text: 'sold 12' } },
	'debug.emitComment': { access: 'operate', input: { text: 'sold 12' } },
	'debug.emitComments': { access: 'operate', input: { count: 1, seed: 1 } }
};

const paths = Object.keys(PROCEDURES);
const ofShow = paths.filter((path) => ['show', 'operate'].includes(PROCEDURES[path]?.access ?? ''));
const changing = paths.filter((path) =>
	['operator', 'operate'].includes(PROCEDURES[path]?.access ?? '')
);

const definitionSchema = z.object({
	type: z.enum(['query', 'mutation', 'subscription']),
	inputs: z.array(z.unknown())
});

/** tRPC keeps the procedures in one flat record, by path; its types say otherwise. */
const definitions = new Map(
	Object.entries<unknown>(devRouter._def.procedures).map(([path, procedure]) => {
		if (typeof procedure !== 'function' || !('_def' in procedure))
			throw new Error(`no procedure: ${path}`);
		return [path, definitionSchema.parse(procedure._def)];
	})
);

/** Whether one of the procedure's input schemas asks for a showId. */
function takesShowId(path: string): boolean {
	return (definitions.get(path)?.inputs ?? []).some(
		(schema) => schema instanceof z.ZodObject && 'showId' in schema.shape
	);
}

let app: TestContext;
let members: Record<'mine' | 'theirs' | 'viewer' | 'operator', Member>;
let shows: { mine: string; theirs: string };

async function register(name: string): Promise<Member> {
	const input = { ...newcomer, email: `${name}@example.com`, workspaceName: name };
	return await app.auth.register(input, { address: '127.0.0.1' });
}

async function colleague(of: Member, role: MemberRole): Promise<Member> {
	const member = await register(`${role}-of-mine`);
	await app.db
		.updateTable('members')
		.set({ workspace_id: of.workspace.id, role })
		.where('user_id', '=', member.userId)
		.execute();
	const moved = await app.auth.validateSession(member.sessionId);
	if (!moved) throw new Error('the session is gone');
	return moved;
}

async function showOf(member: Member): Promise<string> {
	const showId = await app.show({ '12': 1 });
	await app.db
		.updateTable('shows')
		.set({ workspace_id: member.workspace.id })
		.where('id', '=', showId)
		.execute();
	await app.say(showId, 'u1', 'sold 12');
	return showId;
}

/** Calls a procedure as a member. Returns the code of the refusal, or null when it was not refused. */
async function call(path: string, member: Member | null, showId?: string): Promise<string | null> {
	const type = definitions.get(path)?.type ?? 'query';
	const ending = new AbortController();
	const ctx: ApiContext = {
		services: app,
		requestId: 'r1',
		clientAddress: '127.0.0.1',
		member,
		transport: 'local',
		cookies: { set: () => undefined, clear: () => undefined },
		connection: null
	};
	const input = { ...PROCEDURES[path]?.input, ...(showId === undefined ? {} : { showId }) };
	try {
		await callTRPCProcedure({
			router: devRouter,
			path,
			getRawInput: () => Promise.resolve(input),
			ctx,
			type,
			signal: ending.signal,
			batchIndex: 0
		});
		return null;
	} catch (error) {
		return findAppError(error)?.code ?? `fault: ${String(error)}`;
	} finally {
		ending.abort();
	}
}

beforeAll(async () => {
	app = await createTestContext();
	const mine = await register('mine');
	members = {
		mine,
		theirs: await register('theirs'),
		viewer: await colleague(mine, 'viewer'),
		operator: await colleague(mine, 'operator')
	};
	shows = { mine: await showOf(members.mine), theirs: await showOf(members.theirs) };
});
afterAll(() => app.close());

test('the table names every procedure, and nothing else', () => {
	expect(paths.toSorted()).toEqual([...definitions.keys()].toSorted());
});

test('the debug procedures don’t exist in production', () => {
	const production = Object.keys(appRouter._def.procedures);
	expect(production.filter((path) => path.startsWith('debug'))).toEqual([]);
	expect(production).toHaveLength(paths.filter((path) => !path.startsWith('debug')).length);
});

test.each(paths)('%s takes a showId exactly when the table says so', (path) => {
	expect(takesShowId(path)).toBe(ofShow.includes(path));
});

describe('a member of another workspace', () => {
	test.each(ofShow)('%s is SHOW_NOT_FOUND and changes nothing', async (path) => {
		const before = await app.live.snapshot(shows.theirs);
		expect(await call(path, members.mine, shows.theirs)).toBe('SHOW_NOT_FOUND');
		const after = await app.live.snapshot(shows.theirs);
		expect(after.seq).toBe(before.seq);
	});

	test('gets the same answer for a show that nobody has, and for a text that is no id', async () => {
		for (const path of ofShow) {
			expect(await call(path, members.mine, crypto.randomUUID())).toBe('SHOW_NOT_FOUND');
			expect(await call(path, members.mine, 'no-id')).toBe('SHOW_NOT_FOUND');
			expect(await call(path, members.mine, `${shows.mine}' or true --`)).toBe('SHOW_NOT_FOUND');
		}
	});

	test('is not shown the others’ shows', async () => {
		const { shows: listed } = await createCaller(app, members.mine).shows.list({});
		expect(listed.map((show) => show.id)).toEqual([shows.mine]);
	});
});

describe('somebody signed out', () => {
	test.each(paths.filter((path) => PROCEDURES[path]?.access !== 'public'))(
		'%s is SIGNED_OUT',
		async (path) => {
			const showId = ofShow.includes(path) ? shows.mine : undefined;
			expect(await call(path, null, showId)).toBe('SIGNED_OUT');
		}
	);
});

describe('a viewer', () => {
	test.each(changing)('%s is FORBIDDEN', async (path) => {
		const showId = ofShow.includes(path) ? shows.mine : undefined;
		expect(await call(path, members.viewer, showId)).toBe('FORBIDDEN');
	});

	test.each(ofShow.filter((path) => !changing.includes(path)))('%s is allowed', async (path) => {
		expect(await call(path, members.viewer, shows.mine)).toBeNull();
	});
});

describe('an operator', () => {
	// What the state of the show refuses is none of this test's business; it runs on a show of its own.
	const byState = [
		'INVALID_TRANSITION',
		'SOLD_OUT',
		'ITEM_HAS_CLAIMS',
		'SHOW_ENDED',
		'SHOW_NOT_LIVE',
		'UNDO_NOT_POSSIBLE',
		'BUYER_NOT_FOUND',
		// This server has no Meta app; channels of one that has are in meta-tenants.test.ts.
		'META_NOT_CONFIGURED',
		'CONNECTION_NOT_FOUND',
		'CHANNEL_NOT_FOUND'
	];

	test.each(changing)('%s is allowed', async (path) => {
		const showId = await showOf(members.mine);
		const code = await call(path, members.operator, ofShow.includes(path) ? showId : undefined);
		if (code !== null) expect(byState).toContain(code);
	});
});

describe('the permission table', () => {
	/** The action that a procedure is; null for those that anybody may call. */
	function actionOf(path: string): Action | null {
		const { access = 'public', action } = PROCEDURES[path] ?? {};
		if (action) return action;
		switch (access) {
			case 'public':
				return null;
			case 'member':
			case 'show':
				return 'watchShows';
			case 'operator':
			case 'operate':
				return 'runShows';
			default:
				return access;
		}
	}
	const guarded = paths.filter((path) => actionOf(path) !== null);

	test.each(['owner', 'operator', 'viewer'] as const)(
		'decides every call of an %s',
		async (role) => {
			const member = role === 'owner' ? members.mine : members[role];
			expect(member.role).toBe(role);
			// Leaving comes last: nothing would be left to ask for.
			const order = guarded.toSorted(
				(a, b) => Number(a === 'members.leave') - Number(b === 'members.leave')
			);
			for (const path of order) {
				const action = actionOf(path) ?? 'watchShows';
				const showId = ofShow.includes(path) ? await showOf(members.mine) : undefined;
				const code = await call(path, member, showId);
				expect(code === 'FORBIDDEN', `${path}: ${code}`).toBe(!may(role, action));
			}
		}
	);

	// Watching is left out: every member may, by being one.
	const byTable = guarded.filter((path) => actionOf(path) !== 'watchShows');
	test.each(byTable)('%s asks for its own row, whatever others say', async (path) => {
		const action = actionOf(path) ?? 'watchShows';
		const { roles } = PERMISSIONS[action];
		Reflect.set(PERMISSIONS[action], 'roles', []);
		try {
			const showId = ofShow.includes(path) ? shows.mine : undefined;
			expect(await call(path, members.mine, showId)).toBe('FORBIDDEN');
		} finally {
			Reflect.set(PERMISSIONS[action], 'roles', roles);
		}
	});

	test('has no action that no procedure is', () => {
		const used = new Set<string | null>(guarded.map(actionOf));
		expect(Object.keys(PERMISSIONS).filter((action) => !used.has(action))).toEqual([]);
	});
});
