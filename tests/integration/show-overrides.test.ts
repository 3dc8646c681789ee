import { afterAll, beforeAll, expect, test } from 'vitest';
import { actorOf } from '../../src/lib/server/auth/member.ts';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { channelsOfShow } from '../../src/lib/server/channels/channel-store.ts';
import { writePollState } from '../../src/lib/server/channels/poll-state.ts';
import type { Api } from '../../src/lib/server/trpc/caller.ts';
import type { FakePage } from '../../scripts/fake-meta/world/page.ts';
import { connectByApi, createMetaContext, until } from './meta-harness.ts';
import type { MetaContext } from './meta-harness.ts';
import { createPeople, refusalOf } from './people.ts';
import type { People } from './people.ts';

let context: MetaContext;
let page: FakePage;
let people: People;
let owner: Member;
let api: Api;
let connectionId: string;

beforeAll(async () => {
	context = await createMetaContext();
	page = context.fake.addPage(context.fake.addPerson({ name: 'Sam Seller' }), {
		name: 'Demo Shop'
	});
	people = createPeople(context.app);
	owner = await people.owner('Sam');
	api = people.api(owner);
	[connectionId = ''] = await connectByApi(api);
});
afterAll(() => context.close());

/** A running show that listens to a new broadcast. */
async function listening() {
	const { showId } = await api.shows.create({ name: 'Friday sale' });
	await api.shows.activate({ showId });
	const reference = page.goLive({ title: 'Sale' }).id;
	const { channelId } = await api.channels.add({ showId, connectionId, reference });
	return { showId, channelId };
}

async function paceOf(showId: string): Promise<number | null | undefined> {
	return (await channelsOfShow(context.app.db, showId))[0]?.pollSeconds;
}

/** Entries of the show's own choices. */
async function entriesOf(showId: string) {
	return await context.app.db
		.selectFrom('audit_log')
		.where('show_id', '=', showId)
		.where('action', '=', 'show.overrides_changed')
		.select(['actor', 'target', 'details'])
		.orderBy('entry')
		.execute();
}

test('a show’s own pace goes before its workspace’s, until it is given up', async () => {
	const { showId } = await listening();
	const { showId: other } = await listening();
	await api.settings.update({ pollSeconds: 7 });
	expect(await paceOf(showId)).toBe(7);
	expect(await api.shows.setOverrides({ showId, pollSeconds: 3 })).toEqual({
		pollSeconds: 3,
		sounds: null
	});
	expect([await paceOf(showId), await paceOf(other)]).toEqual([3, 7]);
	expect((await api.shows.get({ showId })).overrides).toEqual({ pollSeconds: 3, sounds: null });
	await api.settings.update({ pollSeconds: 5 });
	expect(await paceOf(showId)).toBe(3);
	await api.shows.setOverrides({ showId, pollSeconds: null });
	expect(await paceOf(showId)).toBe(5);
	await api.settings.update({ pollSeconds: null });
	expect(await paceOf(showId)).toBeNull();
});

test('a running show is read at the new pace at once, not after the former pause', async () => {
	const { showId, channelId } = await listening();
	const pauseMs = (state: { nextAt: number | null; polledAt: number | null }) =>
		(state.nextAt ?? 0) - (state.polledAt ?? 0);
	const standing = () => context.pollState(showId, channelId);
	await api.shows.setOverrides({ showId, pollSeconds: 10 });
	const slow = await until('a long pause', standing, (state) => pauseMs(state) > 6_000);
	// A pause that no test would wait for.
	const nextAt = Date.now() + 120_000;
	await writePollState(context.app.redis, showId, channelId, { ...slow, nextAt });
	await api.shows.setOverrides({ showId, pollSeconds: 2 });
	const { quiet } = context.meta.settings.pollMs;
	await until(
		'the next poll',
		standing,
		(state) =>
			(state.polledAt ?? 0) > (slow.polledAt ?? 0) && pauseMs(state) <= Math.max(2_000, quiet)
	);
});

test('what changed is in the audit log, and nothing when nothing changed', async () => {
	const { showId } = await listening();
	await api.shows.setOverrides({ showId, pollSeconds: 4, sounds: true });
	await api.shows.setOverrides({ showId, pollSeconds: 4 });
	await api.shows.setOverrides({ showId });
	await api.shows.setOverrides({ showId, sounds: null });
	const entry = { actor: actorOf(owner), target: 'show' };
	expect(await entriesOf(showId)).toEqual([
		{
			...entry,
			details: {
				before: { pollSeconds: null, sounds: null },
				after: { pollSeconds: 4, sounds: true }
			}
		},
		{ ...entry, details: { before: { sounds: true }, after: { sounds: null } } }
	]);
});

test.each([[{ pollSeconds: 1 }], [{ pollSeconds: 11 }], [{ pollSeconds: 2.5 }]])(
	'%j is refused and changes nothing',
	async (changes) => {
		const { showId } = await listening();
		await api.shows.setOverrides({ showId, pollSeconds: 4 });
		expect(await refusalOf(api.shows.setOverrides({ showId, sounds: true, ...changes }))).toBe(
			'INVALID_INPUT'
		);
		expect((await api.shows.get({ showId })).overrides).toEqual({ pollSeconds: 4, sounds: null });
	}
);

test('a show that is over keeps what it had', async () => {
	const { showId } = await listening();
	await api.shows.end({ showId });
	await context.app.settle(showId);
	expect(await refusalOf(api.shows.setOverrides({ showId, sounds: true }))).toBe('SHOW_ENDED');
	expect(await entriesOf(showId)).toEqual([]);
});

test('a copy of a show begins with its choices', async () => {
	const { showId } = await listening();
	await api.shows.setOverrides({ showId, pollSeconds: 9, sounds: false });
	const { showId: copy } = await api.shows.duplicate({ showId });
	expect((await api.shows.get({ showId: copy })).overrides).toEqual({
		pollSeconds: 9,
		sounds: false
	});
});
