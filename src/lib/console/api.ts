import {
	TRPCClientError,
	createTRPCClient,
	createWSClient,
	httpBatchLink,
	splitLink,
	wsLink
} from '@trpc/client';
import type { TRPCClient } from '@trpc/client';
import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../server/trpc/router.ts';
import { reconnectMs } from './scheduler.ts';

export type ApiClient = TRPCClient<AppRouter>;
export type ApiOutputs = inferRouterOutputs<AppRouter>;

export type Api = {
	/** Changes with `reconnect`: ask for it each time. */
	readonly client: ApiClient;
	/** Ends the subscriptions and makes the next ones over a new socket, without waiting for the old. */
	reconnect(): void;
	/** Ends subscriptions and the socket for good. */
	close(): void;
};

/** A socket that says nothing for so long is asked, and cut when it does not answer. */
const PING_MS = 10_000;
const PONG_TIMEOUT_MS = 5_000;

function httpLink(origin: string) {
	return httpBatchLink<AppRouter>({ url: `${origin}/api/trpc`, maxURLLength: 4_000 });
}

/** Queries and mutations alone, for pages that follow nothing live. */
export function createHttpClient(origin: string): ApiClient {
	return createTRPCClient<AppRouter>({ links: [httpLink(origin)] });
}

function connect(origin: string) {
	const socket = createWSClient({
		url: `${origin.replace(/^http/, 'ws')}/api/trpc-ws`,
		lazy: { enabled: true, closeMs: 5_000 },
		keepAlive: { enabled: true, intervalMs: PING_MS, pongTimeoutMs: PONG_TIMEOUT_MS },
		retryDelayMs: (attempt) => reconnectMs(attempt)
	});
	const client = createTRPCClient<AppRouter>({
		links: [
			splitLink({
				condition: (operation) => operation.type === 'subscription',
				true: wsLink({ client: socket }),
				false: httpLink(origin)
			})
		]
	});
	return { socket, client };
}

/**
 * The API as a page in a browser uses it: queries and mutations over HTTP in batches, subscriptions over
 * one WebSocket, opened with the first of them. `origin`: where the page came from, e.g. `https://a.example`.
 */
export function createApi(origin: string): Api {
	let current = connect(origin);
	return {
		get client() {
			return current.client;
		},
		reconnect() {
			const former = current;
			current = connect(origin);
			void former.socket.close();
		},
		close: () => void current.socket.close()
	};
}

/** The stable code of a refusal (`SOLD_OUT`), null when the error is none, e.g. a lost connection. */
export function refusalCode(error: unknown): string | null {
	if (!(error instanceof TRPCClientError)) return null;
	const data: unknown = error.data;
	if (typeof data !== 'object' || data === null || !('appCode' in data)) return null;
	return typeof data.appCode === 'string' ? data.appCode : null;
}

/** The facts of a refusal, e.g. the `reason` of `UNDO_NOT_POSSIBLE`; empty when there are none. */
export function refusalDetails(error: unknown): Record<string, unknown> {
	if (!(error instanceof TRPCClientError)) return {};
	const data: unknown = error.data;
	if (typeof data !== 'object' || data === null || !('details' in data)) return {};
	const { details } = data;
	return typeof details === 'object' && details !== null ? { ...details } : {};
}

/** What to tell a person about a failed call. */
export function describeFailure(error: unknown): string {
	if (refusalCode(error) !== null && error instanceof Error) return error.message;
	return 'Sellary can’t be reached. Check the connection, look whether it was done, and try again.';
}
