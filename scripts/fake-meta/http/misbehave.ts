import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Parts } from '../parts.ts';
import type { Call } from './call.ts';
import type { Failure } from './failures.ts';
import { GraphError } from './graph-error.ts';
import { businessHeader, usageSubject } from './usage.ts';

const THROTTLES: Readonly<Record<number, string>> = {
	4: '(#4) Application request limit reached',
	17: '(#17) User request limit reached',
	32: '(#32) Page request limit reached',
	613: '(#613) Calls to this api have exceeded the rate limit.',
	80001: '(#80001) There have been too many calls to this Page account. Wait a bit and try again.',
	80002:
		'(#80002) There have been too many calls to this Instagram account. Wait a bit and try again.',
	341: '(#341) Feed action request limit reached',
	368: '(#368) The action attempted has been deemed abusive or is otherwise disallowed'
};

/** Does to a call what was planned for it. @throws GraphError for the troubles that are envelopes */
export function misbehave(parts: Parts, call: Call, failure: Failure): void {
	const { response } = call;
	switch (failure.kind) {
		case 'error':
			throw new GraphError(failure.code, failure.message, {
				status: failure.status,
				...(failure.subcode === undefined ? {} : { subcode: failure.subcode }),
				...(failure.isTransient === undefined ? {} : { isTransient: failure.isTransient })
			});
		case 'throttle':
			throw throttled(parts, call, failure);
		case 'html':
			response.writeHead(failure.status, { 'content-type': 'text/html; charset=utf-8' });
			response.end(
				'<!DOCTYPE html><html><body><h1>Sorry, something went wrong.</h1></body></html>'
			);
			return;
		case 'empty':
			response.writeHead(failure.status).end();
			return;
		case 'hang':
			return;
		case 'reset':
			call.request.socket.destroy();
			return;
		case 'cut':
			response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
			response.write('{"data":[{"id":"1');
			setImmediate(() => call.request.socket.destroy());
			return;
		case 'redirect': {
			const location = failure.location ?? `${parts.origin()}/elsewhere`;
			response.writeHead(302, { location }).end();
			return;
		}
		case 'huge':
			response.writeHead(200, { 'content-type': 'application/json' });
			void sendMuch(call, failure.bytes);
			return;
		case 'noData':
			response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
			return;
		case 'garbage':
			response.writeHead(200, { 'content-type': 'application/json' }).end('for (;;);{"data":');
	}
}

function throttled(
	parts: Parts,
	call: Call,
	failure: Extract<Failure, { kind: 'throttle' }>
): GraphError {
	const { code, status, subcode, percent, header, etaMinutes } = failure;
	const values = { call_count: percent, total_time: percent, total_cputime: percent };
	const headers = {
		none: {},
		app: { 'X-App-Usage': JSON.stringify(values) },
		page: { 'X-Page-Usage': JSON.stringify(values) },
		business: businessHeader(usageSubject(parts, call), values, etaMinutes)
	} as const;
	return new GraphError(code, THROTTLES[code] ?? `(#${code}) Limit reached`, {
		status,
		headers: headers[header],
		...(subcode === undefined ? {} : { subcode }),
		isTransient: code !== 368
	});
}

/** Sends a valid JSON body of about `bytes`, as fast as the client takes it. */
async function sendMuch({ response }: Call, bytes: number): Promise<void> {
	const filler = 'x'.repeat(65_536);
	function* pieces(): Generator<string> {
		yield '{"data":["';
		for (let sent = 0; sent < bytes; sent += filler.length) yield filler;
		yield '"]}';
	}
	// The client may go away in the middle: that is what it should do.
	await pipeline(Readable.from(pieces()), response).catch(() => undefined);
}
