import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { actorOf } from '../../src/lib/server/auth/member.ts';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { createDevCaller } from '../../src/lib/server/trpc/caller.ts';
import type { DevApi } from '../../src/lib/server/trpc/caller.ts';
import { devRouter } from '../../src/lib/server/trpc/router.ts';
import type { FakePage } from '../../scripts/fake-meta/world/page.ts';
import { connectByApi, createMetaContext } from './meta-harness.ts';
import type { MetaContext } from './meta-harness.ts';
import { PASSWORD, createPeople, emailOf } from './people.ts';
import type { People } from './people.ts';

/** An active show of the owner: item 12 with one unit, held by ana, for which ben waits; item 7 unclaimed. */
type Scene = {
	readonly api: DevApi;
	readonly showId: string;
	readonly page: FakePage;
	/** A colleague of the owner, made for this scene. */
	readonly colleague: () => Promise<Member>;
};

type Act = {
	/** The entry that must be there afterwards. */
	readonly action: string;
	readonly act: (scene: Scene) => Promise<unknown>;
	/** Somebody else than the owner did it. */
	readonly byOthers?: true;
};

const held = { item: '12', buyerKey: 'facebook:ana' };
const chosen = { handle: 'Walk In' };

async function channelOf({ api, showId, page }: Scene): Promise<string> {
	const [connection] = (await api.connections.list()).connections;
	const live = page.goLive({ title: 'Sale' });
	const { channelId } = await api.channels.add({
		showId,
		connectionId: connection?.id ?? '',
		reference: live.id
	});
	return channelId;
}

async function connectionOf({ api }: Scene): Promise<string> {
	const [connection] = (await api.connections.list()).connections;
	return connection?.id ?? '';
}

/** Every procedure that changes something, with what it leaves in the audit log. */
const ACTS: Record<string, Act> = {
	'shows.create': {
		action: 'show.created',
		act: ({ api }) => api.shows.create({ name: 'New' })
	},
	'shows.duplicate': {
		action: 'show.duplicated',
		act: ({ api, showId }) => api.shows.duplicate({ showId })
	},
	'shows.update': {
		action: 'show.edited',
		act: ({ api, showId }) => api.shows.update({ showId, name: 'Renamed' })
	},
	'shows.setOverrides': {
		action: 'show.overrides_changed',
		act: ({ api, showId }) => api.shows.setOverrides({ showId, pollSeconds: 4 })
	},
	'shows.activate': {
		action: 'show.activated',
		act: async ({ api }) => {
			const { showId } = await api.shows.create({ name: 'Draft' });
			await api.shows.activate({ showId });
		}
	},
	'shows.pause': {
		action: 'show.paused',
		act: ({ api, showId }) => api.shows.pause({ showId })
	},
	'shows.resume': {
		action: 'show.resumed',
		act: async ({ api, showId }) => {
			await api.shows.pause({ showId });
			await api.shows.resume({ showId });
		}
	},
	'shows.end': { action: 'show.ended', act: ({ api, showId }) => api.shows.end({ showId }) },
	'shows.reopen': {
		action: 'show.reopened',
		act: async ({ api, showId }) => {
			await api.shows.end({ showId });
			await api.shows.reopen({ showId });
		}
	},
	'items.add': {
		action: 'item.added',
		act: ({ api, showId }) => api.items.add({ showId, number: '8', title: 'Hat', quantity: 1 })
	},
	'items.addMany': {
		action: 'item.added',
		act: ({ api, showId }) =>
			api.items.addMany({ showId, items: [{ number: '9', title: 'Cap', quantity: 1 }] })
	},
	'items.edit': {
		action: 'item.edited',
		act: ({ api, showId }) => api.items.edit({ showId, number: '12', title: 'Scarf' })
	},
	'items.setQuantity': {
		action: 'item.quantity',
		act: ({ api, showId }) => api.items.setQuantity({ showId, number: '12', quantity: 5 })
	},
	'items.open': {
		action: 'item.opened',
		act: async ({ api, showId }) => {
			await api.items.close({ showId, number: '12' });
			await api.items.open({ showId, number: '12' });
		}
	},
	'items.close': {
		action: 'item.closed',
		act: ({ api, showId }) => api.items.close({ showId, number: '12' })
	},
	'items.remove': {
		action: 'item.removed',
		act: ({ api, showId }) => api.items.remove({ showId, number: '7' })
	},
	'items.setShowing': {
		action: 'item.shown',
		act: ({ api, showId }) => api.items.setShowing({ showId, number: '12' })
	},
	'claims.release': {
		action: 'release',
		act: ({ api, showId }) => api.claims.release({ showId, ...held })
	},
	'claims.award': {
		action: 'award',
		act: ({ api, showId }) => api.claims.award({ showId, item: '7', buyer: chosen })
	},
	'claims.reassign': {
		action: 'reassign',
		act: ({ api, showId }) => api.claims.reassign({ showId, from: held, to: chosen })
	},
	'claims.undo': {
		action: 'undo',
		act: async ({ api, showId }) => {
			const { epoch, seq } = await api.claims.award({ showId, item: '7', buyer: chosen });
			await api.claims.undo({ showId, epoch, seq });
		}
	},
	'rehearsals.start': {
		action: 'rehearsal.started',
		act: ({ api }) => api.rehearsals.start({ source: { kind: 'bundled' }, speed: 100 })
	},
	'channels.add': { action: 'channel.added', act: channelOf },
	'channels.stop': {
		action: 'channel.stopped',
		act: async (scene) => {
			const { api, showId } = scene;
			await api.channels.stop({ showId, channelId: await channelOf(scene) });
		}
	},
	'channels.restart': {
		action: 'channel.restarted',
		act: async (scene) => {
			const { api, showId } = scene;
			const channelId = await channelOf(scene);
			await api.channels.stop({ showId, channelId });
			await api.channels.restart({ showId, channelId });
		}
	},
	'channels.watch': {
		action: 'channel.watched',
		act: async (scene) => {
			const { api, showId } = scene;
			const connectionId = await connectionOf(scene);
			await api.channels.watch({ showId, connectionId, watching: true });
		}
	},
	'connections.connect': {
		action: 'connection.connected',
		act: ({ api }) => connectByApi(api)
	},
	'connections.disconnect': {
		action: 'connection.disconnected',
		act: async (scene) => {
			await scene.api.connections.disconnect({ connectionId: await connectionOf(scene) });
			await connectByApi(scene.api);
		}
	},
	'settings.update': {
		action: 'settings.changed',
		act: ({ api }) => api.settings.update({ name: `Shop of ${nextName()}` })
	},
	'members.invite': {
		action: 'member.invited',
		act: ({ api }) => api.members.invite({ role: 'viewer' })
	},
	'members.revokeInvite': {
		action: 'member.invite_withdrawn',
		act: async ({ api }) => {
			const { id } = await api.members.invite({ role: 'viewer' });
			await api.members.revokeInvite({ inviteId: id });
		}
	},
	'members.acceptInvite': {
		action: 'member.joined',
		byOthers: true,
		act: async ({ api }) => {
			const { token } = await api.members.invite({ role: 'viewer' });
			await callerOf(await people.owner(nextName())).members.acceptInvite({ token });
		}
	},
	'members.acceptAsNew': {
		action: 'member.joined',
		byOthers: true,
		act: async ({ api }) => {
			const { token } = await api.members.invite({ role: 'viewer' });
			const name = nextName();
			const person = { email: emailOf(name), password: PASSWORD, name };
			await callerOf(null).members.acceptAsNew({ ...person, token });
		}
	},
	'members.acceptBySignIn': {
		action: 'member.joined',
		byOthers: true,
		act: async ({ api }) => {
			const { token } = await api.members.invite({ role: 'viewer' });
			const { email } = await people.owner(nextName());
			await callerOf(null).members.acceptBySignIn({ email, password: PASSWORD, token });
		}
	},
	'members.changeRole': {
		action: 'member.role_changed',
		act: async ({ api, colleague }) => {
			const { userId } = await colleague();
			await api.members.changeRole({ userId, role: 'viewer' });
		}
	},
	'members.remove': {
		action: 'member.removed',
		act: async ({ api, colleague }) => {
			const { userId } = await colleague();
			await api.members.remove({ userId });
		}
	},
	'members.leave': {
		action: 'member.left',
		byOthers: true,
		act: async ({ colleague }) => callerOf(await colleague()).members.leave()
	},
	'members.transfer': {
		action: 'workspace.transferred',
		act: async ({ api, colleague }) => {
			const other = await colleague();
			await api.members.transfer({ userId: other.userId });
			const now = await people.now(other);
			await callerOf(now).members.changeRole({ userId: owner.userId, role: 'owner' });
		}
	},
	'account.rename': {
		action: 'account.renamed',
		act: ({ api }) => api.account.rename({ name: nextName() })
	},
	'account.changePassword': {
		action: 'account.password_changed',
		byOthers: true,
		act: async ({ colleague }) =>
			callerOf(await colleague()).account.changePassword({
				currentPassword: PASSWORD,
				newPassword: 'another horse'
			})
	},
	'account.endSession': {
		action: 'account.session_ended',
		byOthers: true,
		act: async ({ colleague }) => {
			const api = callerOf(await colleague());
			const [present] = await api.account.sessions();
			await api.account.endSession({ id: present?.id ?? '' });
		}
	},
	'account.signOutEverywhere': {
		action: 'account.signed_out_everywhere',
		byOthers: true,
		act: async ({ colleague }) => callerOf(await colleague()).account.signOutEverywhere()
	},
	'account.remove': {
		action: 'account.deleted',
		byOthers: true,
		act: async ({ colleague }) => callerOf(await colleague()).account.remove({ password: PASSWORD })
	},
	'buyers.setNote': {
		action: 'buyer.noted',
		act: async ({ api }) => {
			const { note: was } = await api.buyers.get({ buyerKey: 'facebook:ana' });
			await api.buyers.setNote({ buyerKey: 'facebook:ana', note: `Pays cash ${nextName()}`, was });
		}
	},
	'buyers.setTag': {
		action: 'buyer.tagged',
		act: ({ api }) =>
			api.buyers.setTag({ buyerKey: 'facebook:ana', tag: nextName(), present: true })
	},
	'buyers.setBlocked': {
		action: 'buyer.blocked',
		act: async ({ api }) => {
			await api.buyers.setBlocked({ buyerKey: 'facebook:ben', blocked: true });
			await api.buyers.setBlocked({ buyerKey: 'facebook:ben', blocked: false });
		}
	},
	'buyers.link': {
		action: 'buyer.linked',
		act: async ({ api }) => {
			await api.buyers.link({ buyerKey: 'facebook:ana', otherKey: 'facebook:ben' });
			await api.buyers.unlink({ buyerKey: 'facebook:ben' });
		}
	},
	'buyers.unlink': {
		action: 'buyer.unlinked',
		act: async ({ api }) => {
			await api.buyers.link({ buyerKey: 'facebook:ana', otherKey: 'facebook:ben' });
			await api.buyers.unlink({ buyerKey: 'facebook:ben' });
		}
	},
	'buyers.erase': {
		action: 'buyer.erased',
		act: async ({ api, showId }) => {
			await api.claims.award({ showId, item: '7', buyer: { handle: 'Leaving' } });
			await api.shows.end({ showId });
			await api.buyers.erase({ buyerKey: 'manual:leaving', name: 'Leaving' });
		}
	}
};

/** What leaves no entry, and why. */
const EXEMPT: Record<string, string> = {
	'auth.register': 'makes an account with a workspace of its own; nothing that a colleague shares',
	'auth.signIn': 'changes no data of the workspace',
	'auth.signOut': 'changes no data of the workspace',
	'account.switchWorkspace': 'chooses where the session works; changes no data of a workspace',
	'members.readInvite': 'only looks; a mutation for the sake of its secret input',
	'settings.deleteWorkspace': 'deletes the audit log with everything else',
	'connections.begin': 'only opens the way to Meta’s dialog',
	'connections.finish': 'what was granted waits; connections.connect decides and is entered',
	'connections.check': 'looks at the platform’s answer; nobody decided anything',
	'debug.emitComment': 'a viewer’s deed, and absent in production',
	'debug.emitComments': 'viewers’ deeds, and absent in production',
	'debug.emitInstagramWebhook': 'a viewer’s deed, and absent in production'
};

const definitionSchema = z.object({ type: z.enum(['query', 'mutation', 'subscription']) });

const mutations = Object.entries<unknown>(devRouter._def.procedures)
	.filter(([, procedure]) => {
		if (typeof procedure !== 'function' || !('_def' in procedure)) return false;
		return definitionSchema.parse(procedure._def).type === 'mutation';
	})
	.map(([path]) => path);

let people: People;
let named = 0;
const nextName = (): string => `Person${++named}`;
const callerOf = (member: Member | null): DevApi => createDevCaller(meta.app, member);

let meta: MetaContext;
let page: FakePage;
let owner: Member;
let api: DevApi;

beforeAll(async () => {
	meta = await createMetaContext({ env: { ROLE: 'web' } });
	const person = meta.fake.addPerson({ name: 'Sam Seller' });
	page = meta.fake.addPage(person, { name: 'Demo Shop' });
	people = createPeople(meta.app);
	owner = await people.owner('Sam');
	api = createDevCaller(meta.app, owner);
	await connectByApi(api);
});
afterAll(() => meta.close());

async function busyShow(): Promise<string> {
	const items = [
		{ number: '12', title: 'Linen dress', quantity: 1 },
		{ number: '7', title: 'Mug', quantity: 1 }
	];
	const { showId } = await api.shows.create({ name: 'Friday sale', items });
	await api.shows.activate({ showId });
	await meta.app.say(showId, 'ana', 'sold 12');
	await meta.app.say(showId, 'ben', 'sold 12');
	return showId;
}

/** Persists every open show: entries of what became events come with them. */
async function persistAll(): Promise<void> {
	const shows = await meta.app.db.selectFrom('shows').select('id').execute();
	for (const { id } of shows) await meta.app.writeBehind.persist(id);
}

async function lastEntry(): Promise<string> {
	const row = await meta.app.db
		.selectFrom('audit_log')
		.select((eb) => eb.fn.max('entry').as('entry'))
		.executeTakeFirst();
	return row?.entry ?? '0';
}

test('every mutation is entered in the audit log, or says why not', () => {
	expect([...Object.keys(ACTS), ...Object.keys(EXEMPT)].toSorted()).toEqual(mutations.toSorted());
});

test.each(Object.entries(ACTS))('%s leaves an entry with its actor', async (_, act) => {
	const { action, byOthers = false } = act;
	const colleague = (): Promise<Member> => people.colleague(owner, 'operator', nextName());
	const scene = { api, showId: await busyShow(), page, colleague };
	await persistAll();
	const before = await lastEntry();
	await act.act(scene);
	await persistAll();
	const entries = await meta.app.db
		.selectFrom('audit_log')
		.select(['action', 'actor', 'workspace_id'])
		.where('entry', '>', before)
		.where('action', '=', action)
		.execute();
	expect(entries.length).toBeGreaterThan(0);
	for (const entry of entries) {
		expect(entry.workspace_id).toBe(owner.workspace.id);
		if (byOthers) expect(entry.actor).toMatch(/^user:[0-9a-f-]{36}$/);
		else expect(entry.actor).toBe(actorOf(owner));
	}
});
