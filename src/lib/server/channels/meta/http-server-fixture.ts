import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { MetaError } from './errors.ts';
import type { MetaSettings } from './settings.ts';

/** What a server of a test saw. */
export type SeenRequest = {
	readonly method: string;
	/** Path and query as they came. */
	readonly target: string;
	readonly url: URL;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
};

export type Reply = (request: SeenRequest, response: ServerResponse) => void;

export type TestServer = AsyncDisposable & {
	readonly base: string;
	readonly seen: readonly SeenRequest[];
	/** Connections that were opened. */
	readonly connections: () => number;
};

async function readText(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(Buffer.from(chunk));
	return Buffer.concat(chunks).toString('utf8');
}

/** A server on a loopback port that answers as the test says and remembers what it was asked. */
export async function startServer(reply: Reply): Promise<TestServer> {
	const seen: SeenRequest[] = [];
	const sockets = new Set<Socket>();
	let connections = 0;
	const server = createServer((request, response) => {
		void readText(request).then((body) => {
			const { method = '', url: target = '/', headers } = request;
			const entry = { method, target, url: new URL(target, 'http://localhost'), headers, body };
			seen.push(entry);
			reply(entry, response);
		});
	});
	server.on('connection', (socket) => {
		connections += 1;
		sockets.add(socket);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('the server has no port');
	return {
		base: `http://127.0.0.1:${address.port}`,
		seen,
		connections: () => connections,
		async [Symbol.asyncDispose]() {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		}
	};
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
	response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Settings whose every host is the server, each under a path of its own. */
export function settingsFor(base: string, changes: Partial<MetaSettings> = {}): MetaSettings {
	return {
		appId: '424242',
		appSecret: 'test_app_secret',
		verifyToken: 'test_verify_token',
		webhookSecrets: ['test_app_secret'],
		graphVersion: 'v25.0',
		loginConfigId: null,
		instagram: { appId: '515151', appSecret: 'test_instagram_secret', sendProof: true },
		bases: {
			dialog: `${base}/dialog`,
			graph: `${base}/graph`,
			streaming: `${base}/streaming`,
			instagramGraph: `${base}/ig-graph`,
			instagramToken: `${base}/ig-token`,
			instagramAuthorize: `${base}/ig-authorize`
		},
		pageSubscribedFields: ['feed', 'live_videos'],
		instagramSubscribedFields: ['comments', 'live_comments'],
		streamTokenIn: 'query',
		streamRate: 'one_hundred_per_second',
		pollMs: { active: 2_000, quiet: 5_000 },
		orderWindowMs: 1_000,
		...changes
	};
}

/** The error that a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<MetaError> {
	const result = await call.then(
		() => null,
		(error: unknown) => error
	);
	if (result instanceof MetaError) return result;
	throw new Error(`expected a MetaError, got ${inspect(result)}`);
}

/** Everything that an error may show anywhere: each field, hidden ones too, its stack and its causes. */
export function everythingIn(error: unknown): string {
	if (typeof error !== 'object' || error === null) return String(error);
	const own = Object.getOwnPropertyNames(error).map((name) =>
		everythingIn(Reflect.get(error, name))
	);
	return [String(error), ...own, inspect(error, { depth: 10, showHidden: true })].join('\n');
}
