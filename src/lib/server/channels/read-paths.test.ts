import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { FakeMeta } from '../../../../scripts/fake-meta/server.ts';
import { collect } from '../../../../tests/fixtures/graph-stub.ts';
import { metaVariables, readMetaSettings } from '../config/meta.ts';
import { lookUpAuthors } from './facebook/comment-authors.ts';
import { streamComments } from './facebook/comment-stream.ts';
import { readComments as readFacebook } from './facebook/comments.ts';
import { listLives, readLiveStatus } from './facebook/lives.ts';
import { isPageSubscribed, subscribePage, unsubscribePage } from './facebook/page.ts';
import { isAccountSubscribed, lookUpAccount, subscribeAccount } from './instagram/account.ts';
import { readComments as readInstagram } from './instagram/comments.ts';
import { listLiveMedia } from './instagram/live-media.ts';
import { MetaClient } from './meta/client.ts';
import { authorizeUrl, exchangeCode, listPages, longLivedToken } from './meta/oauth.ts';
import { readWebhook } from './meta/webhook-payload.ts';
import type { PlatformComment } from './platform-comment.ts';

const SEED = 20261004;
const SCOPES = [
	...['pages_show_list', 'pages_read_engagement', 'pages_read_user_content'],
	...['pages_manage_metadata', 'instagram_basic', 'instagram_manage_comments']
];

/** A seller whose page, with an Instagram account, has allowed the app everything. */
async function connectedPage() {
	const fake = await FakeMeta.start({ seed: SEED });
	const page = fake.addPage(fake.addPerson({ name: 'Sam Seller' }), {
		name: 'Demo Shop',
		instagram: { username: 'demo_shop' }
	});
	await fake.admin('dialog', { mode: 'grant' });
	const settings = readMetaSettings(z.object(metaVariables).parse(fake.env));
	if (settings === null) throw new Error('the settings are incomplete');
	const client = new MetaClient(settings);
	const redirectUri = 'http://127.0.0.1/connect/facebook/callback';
	const login = { redirectUri, state: 'x'.repeat(32), scopes: SCOPES, rerequest: false };
	const dialog = await fetch(authorizeUrl(settings, login), { redirect: 'manual' });
	const code = new URL(dialog.headers.get('location') ?? '').searchParams.get('code') ?? '';
	const short = await exchangeCode(client, { code, redirectUri });
	const user = await longLivedToken(client, short.token);
	const token = (await listPages(client, user.token))[0]?.token ?? '';
	const account = page.instagram;
	if (account === null) throw new Error('the page has no account');
	return { fake, client, page, pageId: page.id, token, account, accountId: account.id };
}

/** Where webhooks are delivered: a callback that keeps the bodies. */
async function callback() {
	const bodies: string[] = [];
	const server = createServer((request, response) => {
		const challenge = new URL(request.url ?? '/', 'http://x').searchParams.get('hub.challenge');
		let body = '';
		request.setEncoding('utf8');
		request.on('data', (chunk: string) => (body += chunk));
		request.on('end', () => {
			if (challenge === null) bodies.push(body);
			response.end(challenge ?? '');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no address');
	return {
		url: `http://127.0.0.1:${address.port}/webhooks/meta`,
		notices: () => bodies.flatMap((body) => readWebhook(body, Date.now())),
		[Symbol.dispose]: () => server.close()
	};
}

const viewerText = (n: number) => ({
	userId: `9001${n}`,
	userName: `Viewer ${n}`,
	text: `sold ${n}`
});
const idsOf = (comments: Iterable<PlatformComment>) =>
	[...comments].map(({ commentId }) => commentId).toSorted();

describe(`against the fake of Meta (seed ${SEED})`, () => {
	test('a page’s live is found, and only its status says that it ended', async () => {
		const { fake, client, page, pageId, token } = await connectedPage();
		await using _ = fake;
		expect(await listLives(client, { pageId, token })).toEqual([]);
		const live = page.goLive({ title: 'Saturday sale' });
		expect(await listLives(client, { pageId, token })).toMatchObject([
			{ liveId: live.id, videoId: live.videoId, title: 'Saturday sale', viewers: 214 }
		]);
		live.stop();
		expect(await listLives(client, { pageId, token })).toEqual([]);
		expect(await readLiveStatus(client, { liveId: live.id, token })).toEqual({
			status: 'ended',
			raw: 'LIVE_STOPPED',
			viewers: 214
		});
	});

	test('poll, stream and webhook give a comment the same identity and time', async () => {
		const { fake, client, page, pageId, token } = await connectedPage();
		await using _ = fake;
		using hook = await callback();
		await fake.subscribeApp({ callbackUrl: hook.url });
		await subscribePage(client, { pageId, token });
		fake.knobs.set({
			facebook: { reverseOrder: true, insertWhilePaging: 1 },
			streams: { arrayShare: 0.5 },
			webhooks: { batch: { min: 1, max: 50 }, shuffle: true, noiseShare: 0.2, entryTime: 'mixed' }
		});
		const live = page.goLive({ title: 'Sale' });
		const access = { liveId: live.id, pageId, token };
		const stop = new AbortController();
		const streamed: PlatformComment[] = [];
		const TOTAL = 60;
		for await (const event of streamComments(client, { ...access, signal: stop.signal })) {
			if (event.kind === 'open') {
				for (let n = 1; n <= TOTAL; n++)
					live.comment({ ...viewerText(n), lowQuality: n % 3 === 0 });
			} else if (event.kind === 'comment') streamed.push(event.comment);
			if (streamed.length === TOTAL) stop.abort();
		}
		await fake.delivered();

		const pages = await collect(readFacebook(client, { ...access, since: null }));
		const polled = new Map(
			pages.flatMap(({ comments }) => comments).map((each) => [each.commentId, each])
		);
		const notices = hook.notices().filter((notice) => notice.kind === 'comment');
		const notified = new Map(notices.map(({ comment }) => [comment.commentId, comment]));
		expect(idsOf(streamed)).toEqual(
			live.comments.all
				.slice(0, TOTAL)
				.map(({ id }) => `${pageId}_${id}`)
				.toSorted()
		);
		for (const comment of streamed) {
			const { rawId, sourcePrefix, ...facts } = comment;
			expect(polled.get(comment.commentId)).toMatchObject(facts);
			expect(notified.get(comment.commentId)).toMatchObject(facts);
			expect([rawId, sourcePrefix]).toEqual([
				`${live.videoId}_${facts.commentId.split('_')[1]}`,
				live.videoId
			]);
		}
		expect(notices[0]?.liveIds).toEqual({
			postId: `${pageId}_${live.postId}`,
			postPart: live.postId
		});
	}, 20_000);

	test('a poll of many pages misses nothing, although cursors die and viewers go on writing', async () => {
		const { fake, client, page, pageId, token } = await connectedPage();
		await using _ = fake;
		fake.knobs.set({ facebook: { insertWhilePaging: 2 } });
		const live = page.goLive({});
		for (let n = 1; n <= 450; n++) live.comment(viewerText(n));
		const written = live.comments.all.map(({ id }) => `${pageId}_${id}`);
		const read = new Set<string>();
		let pages = 0;
		const access = { liveId: live.id, pageId, token, since: live.startedAt };
		for await (const { comments } of readFacebook(client, access)) {
			for (const { commentId } of comments) read.add(commentId);
			if (++pages === 2) await fake.admin('killCursors', {});
		}
		expect(written.filter((id) => !read.has(id))).toEqual([]);
		expect(pages).toBeGreaterThan(5);
	});

	test('authors that were left out are found by reading the comments again', async () => {
		const { fake, client, page, pageId, token } = await connectedPage();
		await using _ = fake;
		fake.knobs.set({ facebook: { omitFromShare: 0.3 } });
		const live = page.goLive({});
		for (let n = 1; n <= 60; n++) live.comment({ ...viewerText(n), hideAuthor: n === 60 });
		const pages = await collect(
			readFacebook(client, { liveId: live.id, pageId, token, since: null })
		);
		const nameless = pages
			.flatMap(({ comments }) => comments)
			.filter(({ author }) => author === null)
			.map(({ rawId }) => rawId);
		expect(nameless.length).toBeGreaterThan(5);
		const found = await lookUpAuthors(client, { pageId, token, rawIds: nameless });
		const hidden = live.comments.all.at(-1)?.id ?? '';
		expect([...found.keys()]).toEqual(nameless.filter((id) => !id.endsWith(`_${hidden}`)));
		const [gone = '', ...others] = nameless;
		live.remove(gone.split('_')[1] ?? '');
		const rest = await lookUpAuthors(client, { pageId, token, rawIds: [gone, ...others] });
		expect(rest.size).toBe(found.size - 1);
	});

	test('an Instagram live is polled newest first, told by webhooks, and gone at its end', async () => {
		const { fake, client, pageId, token, account, accountId } = await connectedPage();
		await using _ = fake;
		using hook = await callback();
		await fake.subscribeApp({ callbackUrl: hook.url });
		const access = { login: 'facebook', pageId, accountId, token } as const;
		expect(await isAccountSubscribed(client, access)).toBe(false);
		await subscribeAccount(client, access);
		expect(await isAccountSubscribed(client, access)).toBe(true);
		expect(await lookUpAccount(client, access)).toMatchObject({ accountId, username: 'demo_shop' });
		fake.knobs.set({
			webhooks: {
				instagramShape: 'mixed',
				arrayRootShare: 0.3,
				entryTime: 'mixed',
				selfIdOnEverybody: true
			}
		});

		expect(await listLiveMedia(client, { accountId, token })).toEqual([]);
		const live = account.goLive();
		expect(await listLiveMedia(client, { accountId, token })).toMatchObject([{ mediaId: live.id }]);
		for (let n = 1; n <= 120; n++) live.comment(viewerText(n));
		live.comment({ fromPage: true, text: 'sold 1' });
		await fake.delivered();

		const reading = { mediaId: live.id, accountId, token, since: null };
		const pages = await collect(readInstagram(client, reading));
		expect(pages.map(({ comments }) => comments.length)).toEqual([50, 50, 21]);
		const polled = pages.toReversed().flatMap(({ comments }) => comments);
		const expected = live.comments.all.map(({ id }) => id);
		expect(polled.map(({ commentId }) => commentId)).toEqual(expected);
		expect(polled.filter(({ fromPage }) => fromPage)).toHaveLength(1);

		const notices = hook.notices();
		const told = notices.filter((notice) => notice.kind === 'comment');
		expect(notices).toHaveLength(told.length);
		expect(idsOf(told.map(({ comment }) => comment))).toEqual(expected.toSorted());
		expect(told.every(({ liveIds }) => 'mediaId' in liveIds && liveIds.mediaId === live.id)).toBe(
			true
		);
		expect(told.filter(({ comment }) => comment.fromPage)).toHaveLength(1);

		live.stop();
		expect((await collect(readInstagram(client, reading))).map(({ end }) => end)).toEqual(['gone']);
		expect(await listLiveMedia(client, { accountId, token })).toEqual([]);
	}, 20_000);

	test('a page is subscribed and unsubscribed', async () => {
		const { fake, client, pageId, token } = await connectedPage();
		await using _ = fake;
		expect(await isPageSubscribed(client, { pageId, token })).toBe(false);
		await subscribePage(client, { pageId, token });
		expect(await isPageSubscribed(client, { pageId, token })).toBe(true);
		await unsubscribePage(client, { pageId, token });
		expect(await isPageSubscribed(client, { pageId, token })).toBe(false);
	});
});
