import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHttpClient } from '../api.ts';
import { addRefusal } from './refusal.ts';
import { ShowChannels } from './show-channels.svelte.ts';

const CONNECTION = {
	...{ id: 'k1', platform: 'instagram', login: 'instagram', accountName: 'ashgrove.finds' },
	...{ health: 'ok', healthDetail: null, missingPermissions: [] },
	...{ checkedAt: null, expiresAt: null, webhooks: true }
};
const CHANNEL = {
	...{ id: 'c1', platform: 'instagram', connectionId: 'k1', accountName: 'ashgrove.finds' },
	...{ liveId: 'L1', title: null, phase: 'listening', figures: {} }
};

/** What the API answers to a call, by its name; an error has the code of a refusal. */
type Answer = { readonly data: unknown } | { readonly refusal: string; readonly details: object };
let answers: Record<string, Answer> = {};
/** Names of the procedures of each request. */
let requests: string[][] = [];
let channels: ShowChannels;

function wire(answer: Answer | undefined): object {
	if (answer && 'data' in answer) return { result: { data: answer.data } };
	const data = {
		...{ code: 'CONFLICT', httpStatus: 409, requestId: null },
		...{ appCode: answer?.refusal, details: answer?.details }
	};
	return { error: { message: `refused: ${answer?.refusal}`, code: -32_009, data } };
}

const server = createServer((request, response) => {
	const { pathname } = new URL(request.url ?? '/', 'http://localhost');
	const names = pathname.replace('/api/trpc/', '').split(',');
	requests.push(names);
	response.writeHead(200, { 'content-type': 'application/json' });
	response.end(JSON.stringify(names.map((name) => wire(answers[name]))));
});

beforeEach(async () => {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address: AddressInfo | string | null = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	const client = createHttpClient(`http://127.0.0.1:${address.port}`);
	channels = new ShowChannels('show-1', () => client);
	requests = [];
	const intake = { waiting: 0, late: 0 };
	answers = {
		'channels.list': { data: { channels: [CHANNEL], intake, watched: ['k1', 'gone'] } },
		'connections.list': {
			data: { connections: [CONNECTION], offers: { facebook: true, instagram: true } }
		},
		'channels.stop': { data: null }
	};
});
afterEach(async () => {
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
});

test('nothing is known before the first reading, also not whether channels are offered', async () => {
	expect([channels.rows, channels.isOffered]).toEqual([null, null]);
	await channels.refresh();
	expect(channels.isOffered).toBe(true);
	expect(channels.row('c1')?.accountName).toBe('ashgrove.finds');
	expect(channels.login({ connectionId: 'k1' })).toBe('instagram');
	expect(channels.login({ connectionId: null })).toBeNull();
});

test('what was read stays when a later reading fails, and says that it did', async () => {
	await channels.refresh();
	answers['channels.list'] = { refusal: 'UNAVAILABLE', details: {} };
	await channels.refresh();
	expect(channels.rows).toHaveLength(1);
	expect(channels.failure).toContain('UNAVAILABLE');
});

test('readings that are asked for meanwhile become one', async () => {
	await Promise.all([channels.refresh(), channels.refresh(), channels.refresh()]);
	expect(requests).toHaveLength(2);
});

test('only accounts that are still connected are watched', async () => {
	await channels.refresh();
	expect(channels.watched.map(({ id }) => id)).toEqual(['k1']);
});

test('a call reads the list again; the same call twice is made once', async () => {
	const [first, second] = await Promise.all([channels.stop('c1'), channels.stop('c1')]);
	expect([first.ok, second.ok]).toEqual([true, false]);
	expect(requests.flat().filter((name) => name === 'channels.stop')).toHaveLength(1);
	expect(channels.rows).toHaveLength(1);
	expect(channels.isRunning('c1')).toBe(false);
});

test('a refused link is told in the API’s words, a taken broadcast names the other show', async () => {
	const refused = async (answer: Answer) => {
		answers['channels.add'] = answer;
		const outcome = await channels.add('k1', 'https://fb.watch/x');
		return outcome.ok ? null : addRefusal(outcome.error);
	};
	const why = 'This is a short link.';
	const details = { fields: { reference: [why] } };
	expect(await refused({ refusal: 'INVALID_INPUT', details })).toEqual({
		message: why,
		otherShowId: null
	});
	expect(await refused({ refusal: 'LIVE_IN_USE', details: { showId: 'show-2' } })).toEqual({
		message: 'refused: LIVE_IN_USE',
		otherShowId: 'show-2'
	});
});
