import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { codeOf, connectedShop, readReply } from './client-fixture.ts';
import { appSecretProof } from './http/signature.ts';
import { FakeMeta } from './server.ts';
import type { FacebookLive } from './world/facebook-live.ts';

let fake: FakeMeta;
let shop: Awaited<ReturnType<typeof connectedShop>>;
let live: FacebookLive;
beforeEach(async () => {
	fake = await FakeMeta.start({ seed: 4 });
	shop = await connectedShop(fake);
	live = shop.page.goLive();
});
afterEach(() => fake.stop());

const RATE = { comment_rate: 'one_hundred_per_second', live_filter: 'no_filter' };

async function open(query: Record<string, string> = RATE, token = shop.pageToken) {
	const url = new URL(`${fake.env['META_STREAMING_BASE']}/v25.0/${live.id}/live_comments`);
	url.search = new URLSearchParams({
		...query,
		appsecret_proof: appSecretProof('test_app_secret', token)
	}).toString();
	return fetch(url, { headers: { authorization: `Bearer ${token}` } });
}

/** The next `count` frames of a stream, as their data. */
async function take(response: Response, count: number): Promise<unknown[]> {
	const taken: unknown[] = [];
	if (!response.body) throw new Error('no body');
	const events = response.body
		.pipeThrough(new TextDecoderStream())
		.pipeThrough(new EventSourceParserStream());
	for await (const { data } of events) {
		taken.push(JSON.parse(data));
		if (taken.length === count) break;
	}
	return taken;
}

const messageOf = (data: unknown): string => z.object({ message: z.string() }).parse(data).message;

function write(text: string, more: object = {}) {
	return live.comment({ userId: 'u', userName: 'Ann', text, ...more });
}

test('comments come as they are written, under the video’s prefix, one object per frame', async () => {
	write('before');
	const response = await open({ ...RATE, fields: 'from{name,id},message' });
	expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
	const { id } = write('sold 12');
	expect(await take(response, 1)).toEqual([
		{ id: live.readId(id), from: { name: 'Ann', id: 'u' }, message: 'sold 12' }
	]);
});

test('a token in the query does too; another’s token sees no author', async () => {
	const url = new URL(`${fake.env['META_STREAMING_BASE']}/${live.id}/live_comments`);
	const proof = appSecretProof('test_app_secret', shop.userToken);
	url.search = new URLSearchParams({
		...RATE,
		access_token: shop.userToken,
		appsecret_proof: proof
	}).toString();
	const response = await fetch(url);
	write('hi');
	expect((await take(response, 1))[0]).not.toHaveProperty('from');
	expect(fake.calls.tokensInUrls).toBe(0);
});

test('characters of several bytes are split over chunks', async () => {
	const response = await open();
	const reader = response.body?.getReader();
	write('naïve 😍');
	const chunks: Uint8Array[] = [];
	while (!Buffer.concat(chunks).includes('\n\n')) {
		const { value } = (await reader?.read()) ?? {};
		if (value) chunks.push(value);
	}
	expect(chunks.length).toBeGreaterThan(1);
	expect(chunks[0]?.at(-1)).toBeGreaterThanOrEqual(0xc0);
	expect(Buffer.concat(chunks).toString()).toContain('naïve 😍');
	await reader?.cancel();
});

test('heartbeats come in between', async () => {
	fake.knobs.set({ streams: { heartbeatMs: 5 } });
	const reader = (await open()).body?.getReader();
	const { value } = (await reader?.read()) ?? {};
	expect(Buffer.from(value ?? []).toString()).toMatch(/^(:\n\n)+$/);
	await reader?.cancel();
});

describe('is lossy', () => {
	test('above the rate, by the clock', async () => {
		const response = await open({ ...RATE, comment_rate: 'ten_per_second' });
		for (let index = 0; index < 25; index++) write(`c${index}`);
		fake.advance(1_000);
		write('later');
		const messages = (await take(response, 11)).map(messageOf);
		expect(messages).toEqual([...Array.from({ length: 10 }, (_, index) => `c${index}`), 'later']);
	});

	test('of low quality unless no_filter, and at one per two seconds unless a rate is given', async () => {
		const response = await open({});
		write('low', { lowQuality: true });
		write('first');
		write('too soon');
		fake.advance(2_000);
		write('second');
		const messages = (await take(response, 2)).map(messageOf);
		expect(messages).toEqual(['first', 'second']);
	});

	test('by a share, when told so', async () => {
		fake.knobs.set({ streams: { dropShare: 0.5 } });
		const response = await open();
		for (let index = 0; index < 80; index++) write(`c${index}`);
		fake.knobs.set({ streams: { dropShare: 0 } });
		write('last');
		const messages: unknown[] = [];
		live.stop();
		messages.push(...(await take(response, 100)).map(messageOf));
		expect(messages.at(-1)).toBe('last');
		expect(messages.length).toBeGreaterThan(15);
		expect(messages.length).toBeLessThan(65);
	});
});

test('data may be an array', async () => {
	fake.knobs.set({ streams: { arrayShare: 1 } });
	const response = await open();
	write('a');
	expect(await take(response, 1)).toEqual([[expect.objectContaining({ message: 'a' })]]);
});

test('a cut breaks the connection in the middle of a frame; nothing is replayed', async () => {
	const response = await open();
	write('whole');
	const read = response.text();
	await fake.admin('cutStreams', { live: live.id });
	await expect(read).rejects.toThrow();
	expect(fake.streams(live.id)).toBe(0);
	const again = await open();
	write('after');
	expect(await take(again, 1)).toEqual([expect.objectContaining({ message: 'after' })]);
});

test('the stream ends with the live and can’t be opened afterwards', async () => {
	const response = await open();
	live.stop();
	expect(await response.text()).toBe('');
	expect((await open()).status).toBe(400);
});

test.each([
	['a strange rate', { comment_rate: 'all' }],
	['a strange filter', { ...RATE, live_filter: 'stream' }],
	['a field that comments do not have', { ...RATE, fields: 'mood' }]
])('%s is code 100', async (_, query) => {
	const response = await open(query);
	expect(codeOf(await readReply(response))).toBe('100');
});
