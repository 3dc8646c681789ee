import type { ServerResponse } from 'node:http';
import type { Reply } from './call.ts';
import { metaJson } from './escape.ts';

/** Sends what a handler answered. `headers` come with it, whatever it is. */
export function sendReply(
	response: ServerResponse,
	reply: Reply,
	headers: Readonly<Record<string, string>> = {}
): void {
	if ('redirect' in reply) {
		response.writeHead(302, { ...headers, location: reply.redirect }).end();
		return;
	}
	if ('html' in reply) {
		const type = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
		response.writeHead(reply.status ?? 200, { ...headers, ...type }).end(reply.html);
		return;
	}
	if ('text' in reply) {
		const type = { 'content-type': 'text/plain; charset=utf-8' };
		response.writeHead(reply.status ?? 200, { ...headers, ...type }).end(reply.text);
		return;
	}
	const type = { 'content-type': 'application/json; charset=UTF-8' };
	if ('jsonText' in reply) {
		response.writeHead(200, { ...headers, ...type }).end(reply.jsonText);
		return;
	}
	response
		.writeHead(reply.status ?? 200, { ...headers, ...reply.headers, ...type })
		.end(metaJson(reply.json));
}
