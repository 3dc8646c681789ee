import { expect, test } from 'vitest';
import { BodyTooLargeError, BodyTooSlowError, limitBody } from './read-body.ts';

const within = (bytes: number) => ({ bytes, timeoutMs: 60_000 });

function post(body: BodyInit, headers: Record<string, string> = {}): Request {
	// A body that is a stream needs `duplex`, which the DOM's types don't know.
	const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, headers, duplex: 'half' };
	return new Request('http://localhost/api', init);
}

function streamOf(chunks: number, chunkBytes: number): ReadableStream<Uint8Array> {
	let sent = 0;
	return new ReadableStream({
		pull(controller) {
			if (sent++ < chunks) controller.enqueue(new Uint8Array(chunkBytes));
			else controller.close();
		}
	});
}

test('a body within the limit arrives whole', async () => {
	const limited = await limitBody(post('hällo', { 'x-a': 'b' }), within(100));
	expect(await limited.text()).toBe('hällo');
	expect(limited.headers.get('x-a')).toBe('b');
	expect(limited.method).toBe('POST');
});

test('a request without a body passes', async () => {
	const request = new Request('http://localhost/api');
	expect(await limitBody(request, within(1))).toBe(request);
});

test('a body that says it is too large is not read', async () => {
	const request = post(streamOf(1, 1), { 'content-length': '101' });
	await expect(limitBody(request, within(100))).rejects.toThrow(BodyTooLargeError);
});

test('a body that does not say its size is cut off at the limit', async () => {
	await expect(limitBody(post(streamOf(1_000, 1_000)), within(10_000))).rejects.toThrow(
		BodyTooLargeError
	);
});

test('a body that does not come to its end is not waited for', async () => {
	const stuck = new ReadableStream<Uint8Array>({
		start: (controller) => controller.enqueue(new Uint8Array(10))
	});
	await expect(limitBody(post(stuck), { bytes: 100, timeoutMs: 20 })).rejects.toThrow(
		BodyTooSlowError
	);
});
