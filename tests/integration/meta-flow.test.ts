import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { AppContext } from '../../src/lib/server/context.ts';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';
import type { Api } from '../../src/lib/server/trpc/caller.ts';
import type { FakeInstagramAccount } from '../../scripts/fake-meta/world/instagram-account.ts';
import type { FakePage, FakePerson } from '../../scripts/fake-meta/world/page.ts';
import { ClaimModel, Crowd, holdersOf, ownId } from './meta-crowd.ts';
import { connectByApi, createMetaContext, seedsOf, until } from './meta-harness.ts';
import type { MetaContext } from './meta-harness.ts';
import { expectAgreement, liveState } from './probes.ts';

const ITEMS = Object.fromEntries(
	Array.from({ length: 40 }, (_, index) => [String(index + 1), 1 + (index % 3)])
);
const BURST = 50;

let context: MetaContext | undefined;
afterEach(() => context?.close());

type Stage = {
	readonly context: MetaContext;
	readonly api: Api;
	readonly person: FakePerson;
	readonly page: FakePage;
	readonly account: FakeInstagramAccount;
	worker(): Promise<AppContext>;
};

/** A seller who has connected page and account through the API; nobody works the queues yet. */
async function stage(seed: number, env: Record<string, string>): Promise<Stage> {
	const meta = await createMetaContext({ fake: { seed }, env: { ROLE: 'web', ...env } });
	context = meta;
	const { fake, app } = meta;
	const person = fake.addPerson({ name: 'Sam Seller' });
	const page = fake.addPage(person, { name: 'Demo Shop', instagram: { username: 'demo_shop' } });
	if (!page.instagram) throw new Error('the page has no account');
	const owner = await app.auth.register(
		{ email: 'sam@example.com', password: 'correct horse', name: 'Sam', workspaceName: 'Sam’s' },
		{ address: '127.0.0.1' }
	);
	const api = createCaller(app, owner);
	expect(await connectByApi(api)).toHaveLength(2);
	const worker = () => app.another({ ROLE: 'worker' });
	return { context: meta, api, person, page, account: page.instagram, worker };
}

/** A show that listens to everything that is live now, activated. */
async function listeningShow({ api }: Stage): Promise<string> {
	const items = Object.entries(ITEMS).map(([number, quantity]) => ({
		number,
		title: `Item ${number}`,
		quantity
	}));
	const { showId } = await api.shows.create({ name: 'Saturday sale', items });
	const { accounts } = await api.channels.discover({ showId });
	for (const { connectionId, lives } of accounts) {
		for (const { liveId } of lives) {
			await api.channels.add({ showId, connectionId, reference: liveId });
		}
	}
	await api.shows.activate({ showId });
	return showId;
}

/** Waits until every channel of the show stands so. */
async function untilChannels(stage: Stage, showId: string, status: string): Promise<void> {
	await until(
		`every channel is ${status}`,
		async () => [...(await liveState(stage.context.app, showId)).channels.values()],
		(channels) => channels.length > 0 && channels.every((channel) => channel.status === status)
	);
}

/** The log must be what the model makes of its own comments in its own order. */
async function expectModel({ context }: Stage, showId: string, crowd: Crowd): Promise<void> {
	const { app, logged } = context;
	expectAgreement(await app.settle(showId));
	const said = new Map(crowd.said.map((comment) => [comment.id, comment]));
	const model = new ClaimModel(ITEMS);
	const comments = await logged(showId);
	for (const comment of comments) {
		const { intent = null, fromPage = false, userId } = said.get(ownId(comment)) ?? {};
		if (comment.userId !== null && userId !== undefined && !fromPage) {
			expect(comment.userId).toBe(userId);
		}
		const isBuyer = comment.userId !== null && !fromPage;
		model.take(isBuyer ? `${comment.platform}:${comment.userId}` : null, intent);
	}
	expect(comments.map(({ outcome }) => outcome)).toEqual(model.outcomes);
	expect(holdersOf(await liveState(app, showId))).toEqual(model.holders());
}

describe.each(seedsOf(2))('everything goes wrong (seed %d)', (seed) => {
	test('every comment that any path can see is logged once, and claims follow the log', async () => {
		const scene = await stage(seed, { COMMENT_ORDER_WINDOW_MS: '300' });
		const { fake, app, logged, loggedCount, endPause } = scene.context;
		const { page, account, person, api } = scene;
		fake.knobs.preset('rough');
		fake.knobs.set({ dialog: { mode: 'grant' }, facebook: { insertWhilePaging: 0 } });
		const facebook = page.goLive({ title: 'Saturday sale' });
		const instagram = account.goLive();
		const first = await scene.worker();
		const showId = await listeningShow(scene);
		await untilChannels(scene, showId, 'connected');
		const { channels } = await api.channels.list({ showId });
		const channelOf = (platform: string): string =>
			channels.find((channel) => channel.platform === platform)?.id ?? '';
		const crowd = new Crowd(seed, { items: Object.keys(ITEMS), viewers: 250 });
		const write = async (bursts: number): Promise<void> => {
			for (let n = 0; n < bursts; n++) {
				crowd.write(facebook, BURST - 10);
				crowd.write(instagram, 10);
				await sleep(40);
			}
		};

		await write(6);
		// Throttled in both of Meta's ways; the pause is five minutes or what the header says.
		for (const trouble of [
			{ code: 4, status: 400, header: 'none' },
			{ code: 32, status: 403, header: 'business', etaMinutes: 7 }
		] as const) {
			fake.fail({ kind: 'throttle', endpoint: 'comments', ...trouble });
			await until(
				'the throttle is noticed',
				async () => (await scene.context.pollState(showId, channelOf('facebook'))).nextAt ?? 0,
				(nextAt) => nextAt > Date.now() + 60_000
			);
			await write(3);
			await endPause(showId, channelOf('facebook'));
		}
		// Edge servers, broken connections, answers of no shape.
		for (const kind of ['html', 'empty', 'reset', 'cut', 'garbage', 'noData'] as const) {
			fake.fail({ kind, endpoint: 'comments', probability: 0.3 });
			fake.fail({ kind, endpoint: 'media_comments', probability: 0.3 });
		}
		await write(8);
		await fake.admin('cutStreams', {});
		// The worker goes away in the middle of a poll; another one is there.
		const polls = fake.calls.count('comments');
		fake.fail({ kind: 'hang', endpoint: 'comments', id: facebook.id });
		await until('a poll hangs', () => Promise.resolve(fake.calls.count('comments') > polls));
		const second = await scene.worker();
		await write(6);
		await first.close();
		await write(4);
		await fake.admin('heal', {});
		for (const { id } of channels) await endPause(showId, id);
		// The seller changes the password, and connects again later.
		await fake.admin('passwordChange', { of: person.id });
		await until(
			'the dead token is noticed',
			async () => (await liveState(app, showId)).channels.get(channelOf('facebook'))?.reason,
			(reason) => reason === 'needs_reauth'
		);
		await write(6);
		await fake.admin('cutStreams', {});
		await connectByApi(api);
		await write(4);

		const expected = () =>
			[...facebook.comments.all, ...instagram.comments.all].map(({ id }) => id).toSorted();
		await until(
			'every comment is logged',
			async () => expected().length - (await loggedCount(showId)),
			(missing) => missing === 0
		);
		instagram.stop();
		facebook.stop();
		await untilEnded(scene, showId, [channelOf('facebook')]);
		await fake.delivered();
		await app.settle(showId);
		expect((await logged(showId)).map(ownId).toSorted()).toEqual(expected());
		expect(expected().length).toBe(crowd.said.length);
		expect(crowd.said.length).toBeGreaterThanOrEqual(2_000);
		await expectModel(scene, showId, crowd);
		await second.close();
	}, 300_000);
});

async function untilEnded(scene: Stage, showId: string, channelIds: string[]): Promise<void> {
	await until(
		'the channels end',
		async () => (await liveState(scene.context.app, showId)).channels,
		(channels) => channelIds.every((id) => channels.get(id)?.status === 'ended')
	);
}

describe.each(seedsOf(1))('polling works (seed %d)', (seed) => {
	test.each(['facebook', 'instagram'] as const)(
		'the log of a live on %s is in the platform’s order, whatever the other paths do',
		async (platform) => {
			const scene = await stage(seed, { COMMENT_ORDER_WINDOW_MS: '20000' });
			const { app, fake, logged, loggedCount } = scene.context;
			fake.knobs.preset('rough');
			fake.knobs.set({
				dialog: { mode: 'grant' },
				facebook: { insertWhilePaging: 0, omitFromShare: 0.05 },
				streams: { dropShare: 0.3 },
				webhooks: { ...fake.knobs.values.webhooks, delayMs: { min: 0, max: 3_000 } }
			});
			const live =
				platform === 'facebook' ? scene.page.goLive({ title: 'Sale' }) : scene.account.goLive();
			await scene.worker();
			await scene.worker();
			const showId = await listeningShow(scene);
			await untilChannels(scene, showId, 'connected');
			const crowd = new Crowd(seed, { items: Object.keys(ITEMS), viewers: 250 });
			for (let n = 0; n < 40; n++) {
				crowd.write(live, 25);
				await sleep(40);
			}
			await until(
				'every comment is logged',
				() => loggedCount(showId),
				(count) => count >= crowd.said.length
			);
			await app.settle(showId);
			const comments = await logged(showId);
			expect(comments.map(ownId)).toEqual(live.comments.all.map(({ id }) => id));
			await expectModel(scene, showId, crowd);

			// Authors that only Meta hides are unknown; the claims are then those of the written order.
			const model = new ClaimModel(ITEMS);
			const hidden = new Set(
				live.comments.all.filter(({ hideAuthor }) => hideAuthor).map(({ id }) => id)
			);
			for (const { id, userId, intent, fromPage } of crowd.said) {
				model.take(fromPage || hidden.has(id) ? null : `${platform}:${userId}`, intent);
			}
			expect(holdersOf(await liveState(scene.context.app, showId))).toEqual(model.holders());
			expect(comments.filter(({ userId }) => userId === null).map(ownId)).toEqual([...hidden]);
		},
		300_000
	);
});
