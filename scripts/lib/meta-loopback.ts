import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AppContext } from '../../src/lib/server/context.ts';
import type { Connection } from '../../src/lib/server/channels/connection-store.ts';
import type { LoginSession } from '../../src/lib/server/channels/login-flow.ts';
import type { WebhookReceiver } from '../../src/lib/server/channels/webhook-receiver.ts';
import { answerChallenge, answerDelivery } from '../../src/lib/server/webhook-endpoint.ts';
import type { FakeMeta } from '../fake-meta/server.ts';

/** An HTTP server with the webhook endpoint alone, for processes that serve no pages. */
export type WebhookServer = { readonly url: string; stop(): Promise<void> };

async function toRequest(incoming: IncomingMessage): Promise<Request> {
	const headers = new Headers();
	for (const [name, value] of Object.entries(incoming.headers)) {
		if (typeof value === 'string') headers.set(name, value);
	}
	const method = incoming.method ?? 'GET';
	const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
	if (method === 'GET') return new Request(url, { headers });
	const chunks: Buffer[] = [];
	for await (const chunk of incoming) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
	return new Request(url, { method, headers, body: Buffer.concat(chunks) });
}

async function answer(receiver: WebhookReceiver, request: Request): Promise<Response> {
	return request.method === 'GET'
		? answerChallenge(receiver, new URL(request.url).searchParams)
		: await answerDelivery(receiver, request);
}

/** Serves `/webhooks/meta` on a free loopback port, answered as the app's own route answers it. */
export async function serveWebhooks(receiver: WebhookReceiver): Promise<WebhookServer> {
	const server: Server = createServer((incoming, outgoing) => {
		toRequest(incoming)
			.then((request) => answer(receiver, request))
			.then(async (response) => {
				outgoing.writeHead(response.status, Object.fromEntries(response.headers));
				outgoing.end(Buffer.from(await response.arrayBuffer()));
			})
			.catch(() => outgoing.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	return {
		url: `http://127.0.0.1:${address.port}/webhooks/meta`,
		stop: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		}
	};
}

const REDIRECT_ORIGIN = 'http://localhost:3000';

/**
 * Connects accounts over HTTP as a seller does: to the fake's dialog, which must be in a mode that answers
 * at once, and back with its code. `accounts`: `platform:accountId`; default: all that were granted.
 */
export async function connectAccounts(
	{ meta }: Pick<AppContext, 'meta'>,
	session: LoginSession,
	options: { readonly login?: 'facebook' | 'instagram'; readonly accounts?: readonly string[] } = {}
): Promise<Connection[]> {
	if (!meta) throw new Error('this process has no Meta app');
	const { login = 'facebook' } = options;
	const redirectUri = `${REDIRECT_ORIGIN}/connections/callback/${login}`;
	const dialog = await meta.flow.begin(login, session, { redirectUri, rerequest: false });
	const redirected = await fetch(dialog, { redirect: 'manual' });
	const location = redirected.headers.get('location');
	if (location === null) throw new Error(`the dialog did not redirect (${redirected.status})`);
	const search = new URL(location).searchParams;
	const result = await meta.flow.finish(login, session, { search, redirectUri });
	if (result.kind === 'denied') throw new Error(result.reason);
	const { accounts } = await meta.connections.choices(result.pickId, session);
	const usable = accounts.filter((account) => account.usable).map((account) => account.key);
	return await meta.connections.connect(result.pickId, session, options.accounts ?? usable);
}

/** Key and base64 bytes for `TOKEN_KEYS` of a process that lives on loopback only. */
export const LOOPBACK_TOKEN_KEYS = `loopback:${Buffer.alloc(32, 7).toString('base64')}`;

/** What a process needs in its environment to take the fake for Meta, polled as fast as it goes. */
export function loopbackEnv(fake: FakeMeta): Record<string, string> {
	return {
		...fake.env,
		TOKEN_KEYS: LOOPBACK_TOKEN_KEYS,
		FACEBOOK_POLL_ACTIVE_MS: '100',
		FACEBOOK_POLL_QUIET_MS: '200'
	};
}
