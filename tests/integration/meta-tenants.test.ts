import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';
import type { Api } from '../../src/lib/server/trpc/caller.ts';
import { findAppError } from '../../src/lib/server/trpc/errors.ts';
import type { AppError } from '../../src/lib/server/errors.ts';
import type { FakePage, FakePerson } from '../../scripts/fake-meta/world/page.ts';
import {
	connectByApi,
	createMetaContext,
	loggedIds,
	until,
	untilLogged,
	untilStanding
} from './meta-harness.ts';
import type { MetaContext } from './meta-harness.ts';

let context: MetaContext;
let person: FakePerson;
let page: FakePage;
let people = 0;
/** Two workspaces that have connected the same page and its Instagram account. */
let mine: Tenant;
let theirs: Tenant;

type Tenant = {
	readonly api: Api;
	readonly member: Member;
	readonly facebook: string;
	readonly instagram: string;
};

async function refusalOf(call: Promise<unknown>): Promise<AppError | null> {
	try {
		await call;
		return null;
	} catch (error) {
		const refusal = findAppError(error);
		if (!refusal) throw error;
		return refusal;
	}
}

const codeOf = async (call: Promise<unknown>) => (await refusalOf(call))?.code ?? null;

/** What all of these calls are refused with. */
async function codesOf(calls: readonly Promise<unknown>[]): Promise<(string | null)[]> {
	return [...new Set(await Promise.all(calls.map(codeOf)))];
}

async function newTenant(as: FakePerson): Promise<Tenant> {
	const { app, fake } = context;
	const name = `tenant${++people}`;
	const member = await app.auth.register(
		{ email: `${name}@example.com`, password: 'correct horse', name, workspaceName: name },
		{ address: `198.51.100.${people}` }
	);
	const api = createCaller(app, member);
	fake.knobs.set({ dialog: { as: as.id } });
	await connectByApi(api);
	const { connections } = await api.connections.list();
	const idOf = (platform: string) =>
		connections.find((connection) => connection.platform === platform)?.id ?? '';
	return { api, member, facebook: idOf('facebook'), instagram: idOf('instagram') };
}

beforeAll(async () => {
	context = await createMetaContext({ env: { COMMENT_ORDER_WINDOW_MS: '200' } });
});
afterAll(() => context.close());
beforeEach(async () => {
	const { fake } = context;
	fake.knobs.preset('quiet');
	person = fake.addPerson({ name: 'Sam Seller' });
	page = fake.addPage(person, { name: 'Demo Shop', instagram: { username: 'demo_shop' } });
	mine = await newTenant(person);
	theirs = await newTenant(person);
});

async function newShow({ api }: Tenant): Promise<string> {
	const items = [{ number: '12', title: 'Hat', quantity: 1 }];
	const { showId } = await api.shows.create({ name: 'Sale', items });
	return showId;
}

async function listen(
	tenant: Tenant,
	liveId: string,
	connectionId = tenant.facebook
): Promise<{ readonly showId: string; readonly channelId: string }> {
	const showId = await newShow(tenant);
	const { channelId } = await tenant.api.channels.add({ showId, connectionId, reference: liveId });
	await tenant.api.shows.activate({ showId });
	await untilStanding(context, showId, 'connected');
	return { showId, channelId };
}

describe('another workspace’s ids', () => {
	test('of connections are unknown, to every procedure, and nothing happens to them', async () => {
		const live = page.goLive();
		const showId = await newShow(mine);
		const { api } = mine;
		for (const connectionId of [
			theirs.facebook,
			crypto.randomUUID(),
			`${mine.facebook}' or true`
		]) {
			const calls = [
				api.channels.add({ showId, connectionId, reference: live.id }),
				api.channels.watch({ showId, connectionId, watching: true }),
				api.connections.check({ connectionId }),
				api.connections.disconnect({ connectionId })
			];
			expect(await codesOf(calls)).toEqual(['CONNECTION_NOT_FOUND']);
		}
		expect((await theirs.api.connections.list()).connections).toHaveLength(2);
		expect((await api.channels.list({ showId })).watched).toEqual([]);
		expect(page.subscribedFields.size).toBeGreaterThan(0);
	});

	test('of channels are unknown, also next to an own show, and the channel goes on', async () => {
		const live = page.goLive();
		const { showId: theirShow, channelId } = await listen(theirs, live.id);
		const showId = await newShow(mine);
		const calls = [
			mine.api.channels.stop({ showId, channelId }),
			mine.api.channels.restart({ showId, channelId })
		];
		expect(await codesOf(calls)).toEqual(['CHANNEL_NOT_FOUND']);
		expect(await codeOf(mine.api.channels.stop({ showId: theirShow, channelId }))).toBe(
			'SHOW_NOT_FOUND'
		);
		expect(await codeOf(mine.api.channels.list({ showId: theirShow }))).toBe('SHOW_NOT_FOUND');
		expect(await codeOf(mine.api.channels.discover({ showId: theirShow }))).toBe('SHOW_NOT_FOUND');
		// A channel of another show of the same workspace is not this show’s either.
		const other = await newShow(theirs);
		expect(await codeOf(theirs.api.channels.stop({ showId: other, channelId }))).toBe(
			'CHANNEL_NOT_FOUND'
		);
		live.comment({ userId: 'u1', userName: 'Ann', text: 'sold 12' });
		await untilLogged(context, theirShow, 1);
	});

	test('are shown nowhere, and of what is shown nothing is a secret', async () => {
		page.goLive();
		const showId = await newShow(mine);
		const { connections } = await mine.api.connections.list();
		expect(connections.map(({ id }) => id).toSorted()).toEqual(
			[mine.facebook, mine.instagram].toSorted()
		);
		const fields = ['accountName', 'checkedAt', 'expiresAt', 'health', 'healthDetail', 'id'];
		const more = ['login', 'missingPermissions', 'platform', 'webhooks'];
		for (const connection of connections) {
			expect(Object.keys(connection).toSorted()).toEqual([...fields, ...more]);
		}
		const { accounts } = await mine.api.channels.discover({ showId });
		expect(accounts.map(({ connectionId }) => connectionId).toSorted()).toEqual(
			[mine.facebook, mine.instagram].toSorted()
		);
	});
});

test('somebody signed out and a viewer may not connect, choose or stop anything', async () => {
	const { app } = context;
	const showId = await newShow(mine);
	await app.db
		.updateTable('members')
		.set({ role: 'viewer' })
		.where('user_id', '=', mine.member.userId)
		.execute();
	const viewer = createCaller(app, await app.auth.validateSession(mine.member.sessionId));
	for (const [api, code] of [
		[viewer, 'FORBIDDEN'],
		[createCaller(app, null), 'SIGNED_OUT']
	] as const) {
		const connectionId = mine.facebook;
		const calls = [
			api.connections.begin({ login: 'facebook', origin: 'http://localhost:3000' }),
			api.connections.finish({ login: 'facebook', origin: 'http://localhost:3000', query: '' }),
			api.connections.choices({ pickId: 'x' }),
			api.connections.connect({ pickId: 'x', accounts: ['facebook:1'] }),
			api.connections.check({ connectionId }),
			api.connections.disconnect({ connectionId }),
			api.channels.discover({ showId }),
			api.channels.add({ showId, connectionId, reference: '1' }),
			api.channels.stop({ showId, channelId: crypto.randomUUID() }),
			api.channels.restart({ showId, channelId: crypto.randomUUID() }),
			api.channels.watch({ showId, connectionId, watching: true })
		];
		expect(await codesOf(calls)).toEqual([code]);
	}
	expect((await viewer.channels.list({ showId })).channels).toEqual([]);
	expect((await viewer.connections.list()).connections).toHaveLength(2);
});

describe('one live', () => {
	test('sells in one show of a workspace at a time', async () => {
		const live = page.goLive();
		const { showId, channelId } = await listen(mine, live.id);
		const second = await newShow(mine);
		const add = () =>
			mine.api.channels.add({ showId: second, connectionId: mine.facebook, reference: live.id });
		const refusal = await refusalOf(add());
		expect([refusal?.code, refusal?.details]).toEqual(['LIVE_IN_USE', { showId }]);
		// Twice into the same show is once.
		const again = await mine.api.channels.add({
			showId,
			connectionId: mine.facebook,
			reference: live.id
		});
		expect(again.channelId).toBe(channelId);
		await mine.api.channels.stop({ showId, channelId });
		expect(await codeOf(add())).toBeNull();
	});

	test('of a page that two workspaces have connected reaches both, by every path', async () => {
		const { fake, figures } = context;
		const live = page.goLive();
		const one = await listen(mine, live.id);
		const other = await listen(theirs, live.id);
		await until('both streams', () => Promise.resolve(fake.streams(live.id) === 2));
		for (let n = 0; n < 12; n++) {
			live.comment({ userId: `u${n}`, userName: 'Viewer', text: 'sold 12' });
		}
		for (const { showId, channelId } of [one, other]) {
			await untilLogged(context, showId, 12);
			expect(await loggedIds(context, showId)).toEqual(live.comments.all.map(({ id }) => id));
			await until(
				'every path',
				() => figures(showId, channelId),
				({ byPath }) => byPath.poll === 12 && byPath.stream === 12 && byPath.webhook === 12
			);
		}
	});
});

describe('disconnecting in one workspace', () => {
	const isSubscribed = () => page.subscribedFields.size > 0;

	test('leaves the other’s access and webhooks alone, when one person gave both', async () => {
		const revokes = context.fake.calls.count('revoke');
		await mine.api.connections.disconnect({ connectionId: mine.facebook });
		await mine.api.connections.disconnect({ connectionId: mine.instagram });
		expect(isSubscribed()).toBe(true);
		expect(person.grant).not.toBeNull();
		expect(context.fake.calls.count('revoke')).toBe(revokes);
		expect((await theirs.api.connections.check({ connectionId: theirs.facebook })).health).toBe(
			'ok'
		);
	});

	test('keeps the webhooks of the other, when another person gave it', async () => {
		const { fake } = context;
		const colleague = fake.addPerson({ name: 'Cleo Colleague' });
		fake.giveRole(colleague, page);
		const third = await newTenant(colleague);
		await third.api.connections.disconnect({ connectionId: third.facebook });
		await third.api.connections.disconnect({ connectionId: third.instagram });
		expect(colleague.grant).toBeNull();
		// Meta ends a page’s subscription with the access of any of its people; ours is made anew.
		expect(isSubscribed()).toBe(true);
		expect((await mine.api.connections.check({ connectionId: mine.facebook })).health).toBe('ok');
	});

	test('hears nothing of the account any more, although the other’s webhooks go on', async () => {
		const { fake } = context;
		const live = page.goLive();
		const { showId } = await listen(mine, live.id);
		const other = await listen(theirs, live.id);
		live.comment({ userId: 'u1', userName: 'Ann', text: 'sold 12' });
		await untilLogged(context, showId, 1);
		await untilLogged(context, other.showId, 1);
		await mine.api.connections.disconnect({ connectionId: mine.facebook });
		await until('its stream ends', () => Promise.resolve(fake.streams(live.id) === 1));
		live.comment({ userId: 'u2', userName: 'Ben', text: 'sold 12' });
		await fake.delivered();
		await untilLogged(context, other.showId, 2);
		await untilStanding(context, showId, 'disconnected', 'needs_reauth');
		expect(await context.loggedCount(showId)).toBe(1);
		// Connected again, the gap is read.
		fake.knobs.set({ dialog: { as: person.id } });
		await connectByApi(mine.api);
		await untilLogged(context, showId, 2);
		expect(await loggedIds(context, showId)).toEqual(live.comments.all.map(({ id }) => id));
	});

	test('keeps the webhooks of an Instagram account that both connected by its own login', async () => {
		const { fake, meta } = context;
		const solo = fake.addInstagramAccount({ username: 'solo_seller' });
		fake.knobs.set({ dialog: { as: solo.id } });
		const [first = ''] = await connectByApi(mine.api, 'instagram');
		const [second = ''] = await connectByApi(theirs.api, 'instagram');
		expect(first).not.toBe(second);
		await mine.api.connections.disconnect({ connectionId: first });
		expect(solo.subscribedFields.size).toBeGreaterThan(0);
		const live = solo.goLive();
		const { showId } = await listen(theirs, live.id, second);
		live.comment({ userId: 'i1', userName: 'ann', text: 'sold 12' });
		await untilLogged(context, showId, 1);
		await theirs.api.connections.disconnect({ connectionId: second });
		expect(solo.subscribedFields.size).toBe(0);
		expect(await meta.store.find(second)).toBeNull();
	});
});

describe('a show that waits for an account to go live', () => {
	test('takes its live up at once by the webhook; others’ shows do not', async () => {
		const waiting = await newShow(mine);
		const others = await newShow(theirs);
		await mine.api.channels.watch({
			showId: waiting,
			connectionId: mine.facebook,
			watching: true
		});
		for (const { api, showId } of [
			{ api: mine.api, showId: waiting },
			{ api: theirs.api, showId: others }
		]) {
			await api.shows.activate({ showId });
			await context.app.settle(showId);
		}
		const live = page.goLive({ title: 'Surprise' });
		await untilStanding(context, waiting, 'connected');
		live.comment({ userId: 'u1', userName: 'Ann', text: 'sold 12' });
		await untilLogged(context, waiting, 1);
		expect((await mine.api.channels.list({ showId: waiting })).channels).toMatchObject([
			{ liveId: live.id, title: 'Surprise' }
		]);
		expect((await theirs.api.channels.list({ showId: others })).channels).toEqual([]);
	});

	test('whose account can’t be asked keeps no other from its live', async () => {
		const { app } = context;
		const watch = async ({ api, facebook }: Tenant): Promise<string> => {
			const showId = await newShow({ ...mine, api });
			await api.channels.watch({ showId, connectionId: facebook, watching: true });
			await api.shows.activate({ showId });
			await app.settle(showId);
			return showId;
		};
		// The broken one was connected first: it is asked first.
		const broken = await watch(mine);
		const waiting = await watch(theirs);
		const connections = app.db.updateTable('connections');
		const lost = `v1.lost.${'A'.repeat(16)}.${'A'.repeat(80)}`;
		await connections.set({ token: lost }).where('id', '=', mine.facebook).execute();
		await connections.set({ health_detail: null }).where('id', '=', theirs.facebook).execute();
		const live = page.goLive();
		await untilStanding(context, waiting, 'connected');
		live.comment({ userId: 'u1', userName: 'Ann', text: 'sold 12' });
		await untilLogged(context, waiting, 1);
		expect((await mine.api.channels.list({ showId: broken })).channels).toEqual([]);
	});
});
