import { createTRPCClient, createWSClient, httpLink, wsLink } from '@trpc/client';
import type { TRPCClient } from '@trpc/client';
import { LiveFold } from '../../src/lib/console/live-fold.ts';
import { reconnectMs } from '../../src/lib/console/scheduler.ts';
import type { LiveMessage } from '../../src/lib/domain/live-show.ts';
import { stateDigest } from '../../src/lib/server/history/digest.ts';
import { SESSION_COOKIE } from '../../src/lib/server/auth/session-cookie.ts';
import type { AppRouter } from '../../src/lib/server/trpc/router.ts';

/** Where the application is reached, and who calls. */
export type Caller = { readonly origin: string; readonly sessionId: string };

/** The API over HTTP, as a page calls it. */
export function apiOver({ origin, sessionId }: Caller): TRPCClient<AppRouter> {
	const headers = { origin, cookie: `${SESSION_COOKIE}=${sessionId}` };
	return createTRPCClient({ links: [httpLink({ url: `${origin}/api/trpc`, headers })] });
}

/** Everything that a console of these tests keeps. */
const KEEP_ALL = 1_000_000;

/**
 * A console without a page: the same client, the same reconnects and the same fold as in a browser. It
 * keeps what an operator would see.
 */
export class LiveConsole {
	readonly #socket: ReturnType<typeof createWSClient>;
	readonly #leave: () => void;
	#fold: LiveFold | null = null;
	#lastAt = 0;
	/** Seqs of the events folded for the first time, in order. */
	readonly seqs: number[] = [];
	snapshots = 0;
	/** Events that came once more, and were recognised: two processes serve a console while it moves. */
	repeated = 0;
	/** Messages that did not go on from what was held. */
	broken = 0;
	/** Longest time between two messages, in ms. */
	longestSilenceMs = 0;

	constructor({ origin, sessionId }: Caller, showId: string) {
		const headers = { origin, cookie: `${SESSION_COOKIE}=${sessionId}` };
		// Node's own takes headers; the types are those of browsers, which do not let pages choose any.
		const SignedInSocket = new Proxy(WebSocket, {
			construct: (target, [url]: unknown[]): object => Reflect.construct(target, [url, { headers }])
		});
		this.#socket = createWSClient({
			url: `${origin.replace(/^http/, 'ws')}/api/trpc-ws`,
			WebSocket: SignedInSocket,
			retryDelayMs: (attempt) => reconnectMs(attempt)
		});
		const client = createTRPCClient<AppRouter>({ links: [wsLink({ client: this.#socket })] });
		const subscription = client.live.show.subscribe(
			{ showId },
			{
				onData: ({ data }: { data: LiveMessage }) => this.#take(data),
				onError: () => this.broken++
			}
		);
		this.#leave = () => subscription.unsubscribe();
	}

	get seq(): number {
		return this.#fold?.show.state.seq ?? -1;
	}

	/** Of the state that the console shows. */
	get digest(): string {
		return this.#fold ? stateDigest(this.#fold.show.state) : '';
	}

	async close(): Promise<void> {
		this.#leave();
		await this.#socket.close();
	}

	#take(message: LiveMessage): void {
		const now = performance.now();
		if (this.#lastAt > 0) {
			this.longestSilenceMs = Math.max(this.longestSilenceMs, Math.round(now - this.#lastAt));
		}
		this.#lastAt = now;
		if (message.kind === 'snapshot') {
			this.snapshots++;
			this.#fold = new LiveFold(message.snapshot, KEEP_ALL);
			return;
		}
		const { events, needsSnapshot } = this.#fold?.apply([message]) ?? { events: [] };
		this.repeated += message.events.length - events.length;
		if (needsSnapshot) this.broken++;
		for (const { seq } of events) this.seqs.push(seq);
	}
}
