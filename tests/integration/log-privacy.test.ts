import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type * as LoggerModule from '../../src/lib/server/observability/logger.ts';
import type { Rehearsal } from '../../src/lib/server/rehearsal/format.ts';
import { loadRehearsal } from '../../src/lib/server/rehearsal/source.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';
import {
	createMetaContext,
	listeningShow,
	openShop,
	until as untilMeta,
	untilLogged
} from './meta-harness.ts';
import type { MetaContext, Shop } from './meta-harness.ts';
import { PASSWORD, createPeople, refusalOf } from './people.ts';
import { Watcher, until } from './probes.ts';

/** Every line that the product's own logger writes, with everything that it logs at all. */
const lines = vi.hoisted(() => [] as string[]);
vi.mock('../../src/lib/server/observability/logger.ts', async (original) => {
	const module = await original<typeof LoggerModule>();
	const destination = new Writable({
		write: (chunk, _, done) => {
			lines.push(String(chunk));
			done();
		}
	});
	return {
		...module,
		createLogger: (_level: string, options: LoggerModule.LoggerOptions = {}) =>
			module.createLogger('debug', { ...options, destination })
	};
});

const VIEWER = 'Vivienne Markername';
const TEXT = 'sold 12 markertext';
const OWNER = 'Olivia Markerowner';
/** Comments of the recorded show. */
const RECORDED = 1_800;
const BUNDLED = { kind: 'bundled' } as const;

let context: MetaContext;
let shop: Shop;
let rehearsal: Rehearsal;
const tokens = new Set<string>();

beforeAll(async () => {
	const { fetch } = globalThis;
	vi.stubGlobal('fetch', async (...args: Parameters<typeof fetch>) => {
		const response = await fetch(...args);
		if (response.headers.get('content-type')?.startsWith('application/json')) {
			for (const [, token] of (await response.clone().text()).matchAll(
				/"access_token":"([^"]+)"/g
			)) {
				if (token) tokens.add(token);
			}
		}
		return response;
	});
	context = await createMetaContext({ env: { COMMENT_ORDER_WINDOW_MS: '200' } });
	shop = await openShop(context);
	rehearsal = await loadRehearsal(BUNDLED);
});
afterAll(async () => {
	await context.close();
	vi.unstubAllGlobals();
});

/** The whole recorded show, as a job of the worker. */
async function playRehearsal(): Promise<string> {
	const { app } = context;
	const showId = await app.show({}, { activate: false });
	await app.rehearsals.add({ showId, source: BUNDLED, speed: 100_000, postedFrom: Date.now() });
	await until('the rehearsal is in the log', async () => {
		const row = await app.db
			.selectFrom('shows')
			.select('comment_count')
			.where('id', '=', showId)
			.executeTakeFirst();
		return Number(row?.comment_count) === RECORDED;
	});
	return showId;
}

/** A broadcast over all paths, with every trouble that has a line of its own. */
async function broadcast(): Promise<string> {
	const { app, fake } = context;
	const live = shop.page.goLive();
	const { showId, channelId } = await listeningShow(context, shop.facebook, live);
	const write = (): void => {
		for (let n = 0; n < 10; n++) {
			live.comment({ userId: `markerid-${n}`, userName: VIEWER, text: TEXT });
		}
	};
	write();
	await untilLogged(context, showId, 10);
	const message = `Something about ${VIEWER} who wrote ${TEXT}`;
	fake.fail({ kind: 'error', code: 1, message, endpoint: 'comments', times: 2 });
	fake.fail({ kind: 'garbage', endpoint: 'comments' });
	await fake.admin('cutStreams', {});
	write();
	await untilLogged(context, showId, 20);
	// Other paths have brought them: the polls may be yet to fail, and to recover.
	await untilMeta(
		'three polls have failed, and then one has not',
		async () => {
			await context.endPause(showId, channelId);
			const failed = lines.filter((line) => line.includes('"a poll failed"')).length;
			const { failures } = await context.pollState(showId, channelId);
			const standing = await context.standing(showId);
			return [failed >= 3, failures, standing?.status ?? null];
		},
		([hasFailed, failures, status]) =>
			hasFailed === true && failures === 0 && status === 'connected'
	);

	const watcher = await new Watcher(app.live, showId).connect();
	// A message that is cut off quotes itself in the error of whoever parses it.
	await app.redis.spublish(showKey(showId, 'live'), `${VIEWER} wrote ${TEXT}`);
	// An entry of the inbox that no log can hold.
	await app.redis.hset(
		showKey(showId, 'inbox'),
		'facebook:broken',
		JSON.stringify({ text: TEXT, userHandle: VIEWER })
	);
	await app.redis.hset(showKey(showId, 'items'), '12:quantity', '9');
	expect((await app.reconciler.check(showId)).result).toBe('mismatch');
	write();
	await untilLogged(context, showId, 30);
	await watcher.cut();
	return showId;
}

/** People who register, are refused, and call what fails on our side. */
async function callApi(showId: string): Promise<void> {
	const { app } = context;
	const people = createPeople(app);
	const owner = await people.owner(OWNER.replace(' ', '-'));
	await refusalOf(
		people.api(null).auth.signIn({ email: 'markermail@example.com', password: PASSWORD })
	);
	await refusalOf(people.api(owner).shows.get({ showId }));
	const broken = { ...app, db: app.db.withSchema('no_such_schema') };
	const api = createCaller(broken, owner, { requestId: 'request-of-the-test' });
	await expect(api.shows.list({})).rejects.toThrow();
}

describe('after a rehearsal, a broadcast with every trouble, and calls of people', () => {
	const parsed = (): Record<string, unknown>[] =>
		lines.map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));

	beforeAll(async () => {
		await playRehearsal();
		await callApi(await broadcast());
	}, 240_000);

	test('the log says what happened, with the ids of shows, requests, channels and jobs', () => {
		const messages = new Set(parsed().map(({ msg }) => msg));
		for (const message of [
			'show rebuilt from Postgres',
			'a poll failed',
			'a published message could not be read',
			'a mismatch was healed',
			'procedure failed'
		]) {
			expect([...messages]).toContain(message);
		}
		const failed = parsed().find(({ msg }) => msg === 'procedure failed');
		expect(failed).toMatchObject({ requestId: 'request-of-the-test', procedure: 'shows.list' });
		const poll = parsed().find(({ msg }) => msg === 'a poll failed');
		expect(poll).toMatchObject({
			queue: 'channels',
			job: expect.any(String),
			showId: expect.any(String),
			channelId: expect.any(String)
		});
	});

	test('no line tells a name, a handle, a text, an address, a password or a token', () => {
		const recorded = rehearsal.lines.flatMap(({ line }) =>
			line.type === 'comment'
				? [line.userHandle, line.userDisplayName ?? '', line.text, line.userId ?? '']
				: []
		);
		// Short ones, such as `ok`, stand in many words.
		const texts = recorded.filter((text) => text.length > 5);
		expect(texts.length).toBeGreaterThan(2_000);
		expect(tokens.size).toBeGreaterThan(2);
		const { appSecret, verifyToken } = context.meta.settings;
		const secrets = [
			...new Set([
				...texts,
				...tokens,
				...[appSecret, verifyToken, PASSWORD, 'Markername', 'markertext', 'markerid'],
				...[
					'Vivienne',
					'Markerowner',
					'markermail',
					'Sam Seller',
					'Demo Shop',
					'127.0.0.1',
					'Bearer'
				]
			])
		];
		const all = lines.join('');
		expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
		expect(all).not.toMatch(/(redis|rediss|postgres|postgresql|https?):\/\//);
	});

	test('nor do the metrics', async () => {
		const text = await context.app.metrics.render();
		for (const secret of ['Marker', 'marker', shop.page.id, ...tokens]) {
			expect(text).not.toContain(secret);
		}
		expect(text).toMatch(
			/sellary_channel_comments_total\{platform="facebook",path="\w+",state="fresh"\} \d/
		);
		expect(text).toMatch(/sellary_channel_polls_total\{platform="facebook",result="ok"\} \d/);
		expect(text).toMatch(
			/sellary_channel_polls_total\{platform="facebook",result="transient"\} [1-9]/
		);
		expect(text).toMatch(/sellary_comment_delay_seconds_count\{platform="facebook"\} [1-9]/);
		expect(text).toMatch(
			/sellary_channels\{platform="facebook",status="connected",reason="none"\} 1/
		);
		expect(text).toMatch(/sellary_connections\{platform="facebook",health="\w+"\} 1/);
	});
});
