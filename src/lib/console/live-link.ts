import type { LiveMessage } from '../domain/live-show.ts';
import type { LiveFailure, LiveSource } from './live-source.ts';
import { backoffMs } from './scheduler.ts';

export type ConnectionState = 'live' | 'connecting' | 'resyncing' | 'offline';

/** A connection that is away for longer is called offline, though it keeps trying. */
const OFFLINE_AFTER_MS = 5_000;
/** A connection that held for so long starts its next waits from the beginning. */
const STEADY_MS = 30_000;

export type LiveLinkOptions = {
	/** `<epoch>:<seq>` of what is held: where a new subscription starts. */
	readonly position: () => string;
	readonly onMessage: (message: LiveMessage) => void;
	/** `failure`: why it stopped trying, null while it runs or retries. */
	readonly onState: (state: ConnectionState, failure: string | null) => void;
};

/** Keeps one subscription alive: makes it again when it ends, ever more slowly, and says how it is. */
export class LiveLink {
	readonly #options: LiveLinkOptions;
	readonly #source: LiveSource;
	#state: ConnectionState = 'connecting';
	#unsubscribe: (() => void) | null = null;
	#attempt = 0;
	#liveSince = 0;
	#retryTimer: ReturnType<typeof setTimeout> | undefined;
	#offlineTimer: ReturnType<typeof setTimeout> | undefined;

	/** Subscribes at once. */
	constructor(source: LiveSource, options: LiveLinkOptions) {
		this.#source = source;
		this.#options = options;
		this.#subscribe(options.position());
	}

	/** What arrived was taken: the link works. */
	confirm(): void {
		clearTimeout(this.#offlineTimer);
		this.#offlineTimer = undefined;
		if (this.#state === 'live') return;
		this.#liveSince = Date.now();
		this.#setState('live');
	}

	/** What arrived did not fit: starts over from a snapshot. */
	resync(): void {
		this.#stop();
		this.#setState('resyncing');
		this.#retry(() => null);
	}

	/** No messages come; the connection is being made again. */
	lost(): void {
		if (this.#state === 'live') this.#setState('connecting');
		this.#offlineTimer ??= setTimeout(() => this.#setState('offline'), OFFLINE_AFTER_MS);
	}

	/** Ends the subscription and all timers. */
	destroy(): void {
		this.#stop();
		clearTimeout(this.#retryTimer);
		clearTimeout(this.#offlineTimer);
	}

	#setState(state: ConnectionState, failure: string | null = null): void {
		this.#state = state;
		this.#options.onState(state, failure);
	}

	#subscribe(lastEventId: string | null): void {
		this.#stop();
		let current = true;
		/** A subscription that was left has nothing to say any more. */
		const whileCurrent =
			<Args extends unknown[]>(handle: (...args: Args) => void) =>
			(...args: Args): void => {
				if (current) handle(...args);
			};
		const leave = this.#source(lastEventId, {
			onMessage: whileCurrent((message) => this.#options.onMessage(message)),
			onReconnecting: whileCurrent(() => this.lost()),
			onEnd: whileCurrent((failure) => {
				current = false;
				this.#ended(failure);
			})
		});
		this.#unsubscribe = () => {
			current = false;
			leave();
		};
	}

	#stop(): void {
		this.#unsubscribe?.();
		this.#unsubscribe = null;
	}

	#ended(failure: LiveFailure | null): void {
		this.#unsubscribe = null;
		if (failure?.permanent) {
			clearTimeout(this.#offlineTimer);
			this.#setState('offline', failure.message);
			return;
		}
		this.lost();
		this.#retry(this.#options.position);
	}

	/** Subscribes again, at once the first time and later with growing pauses. */
	#retry(lastEventId: () => string | null): void {
		const steady = this.#liveSince > 0 && Date.now() - this.#liveSince > STEADY_MS;
		if (steady) this.#attempt = 0;
		this.#liveSince = 0;
		clearTimeout(this.#retryTimer);
		this.#retryTimer = setTimeout(() => this.#subscribe(lastEventId()), backoffMs(this.#attempt++));
	}
}
