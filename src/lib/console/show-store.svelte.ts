import { SvelteSet } from 'svelte/reactivity';
import type { ShowEvent, ShowStatus } from '../domain/events.ts';
import { SNAPSHOT_WINDOW } from '../domain/live-show.ts';
import type { CommentEntry, FeedEntry, LiveMessage, ShowSnapshot } from '../domain/live-show.ts';
import { commentCount, itemsByNumber } from '../domain/show-state.ts';
import type { Counters, ItemClaims, ShowSettings, ShowState } from '../domain/show-state.ts';
import { CommentTimes } from './comment-times.ts';
import { LiveFold } from './live-fold.ts';
import type { FoldChanges } from './live-fold.ts';
import { LiveLink } from './live-link.ts';
import type { ConnectionState } from './live-link.ts';
import type { LiveSource } from './live-source.ts';
import { RateMeter } from './rate-meter.ts';
import type { Scheduler } from './scheduler.ts';
import { totalsOf } from './totals.ts';

/** Comments and feed lines that the page holds, each. */
export const LIVE_LIST_LIMIT = 2_000;
/** So many unfolded events are folded at once, whatever the tab does: memory stays bounded. */
const MAX_PENDING_EVENTS = 2_000;

export type ShowStoreOptions = {
	/** When to fold what has arrived. */
	readonly schedule: Scheduler;
	/** Hears each event once, after it was folded. */
	readonly onEvents?: (events: readonly ShowEvent[]) => void;
	readonly limit?: number;
};

/**
 * A show as its console sees it: starts from a snapshot, then folds what the server sends. Reading its
 * fields in a component follows every change; each list is replaced, at most once per frame.
 */
export class ShowStore {
	readonly showId: string;
	readonly #options: ShowStoreOptions;
	readonly #fold: LiveFold;
	#rate: RateMeter;
	readonly #commentTimes = new CommentTimes();
	readonly #platforms = new SvelteSet<string>();
	#link: LiveLink | null = null;
	#pending: LiveMessage[] = [];
	#pendingEvents = 0;
	#cancelFlush: (() => void) | null = null;

	#connection = $state<ConnectionState>('connecting');
	#failure = $state<string | null>(null);
	#itemsVersion = $state(0);
	#commentsVersion = $state(0);
	#feedVersion = $state(0);
	#showVersion = $state(0);
	#generation = $state(0);

	/** By number. */
	readonly items: readonly ItemClaims[] = $derived.by(() => {
		void this.#itemsVersion;
		return itemsByNumber(this.#fold.show.state);
	});
	readonly totals = $derived(totalsOf(this.items));
	/** Newest first. */
	readonly comments: readonly CommentEntry[] = $derived.by(() => {
		void this.#commentsVersion;
		return this.#fold.show.comments.toReversed();
	});
	/** Newest first. */
	readonly feed: readonly FeedEntry[] = $derived.by(() => {
		void this.#feedVersion;
		return this.#fold.show.feed.toReversed();
	});
	readonly status: ShowStatus = $derived.by(() => this.#state().status);
	readonly settings: ShowSettings = $derived.by(() => this.#state().settings);
	readonly counters: Counters = $derived.by(() => ({ ...this.#state().counters }));
	readonly channels = $derived.by(() => [...this.#state().channels.values()]);
	/** The item that the host holds up; null for none, and for one that was removed meanwhile. */
	readonly showing: ItemClaims | null = $derived.by(() => {
		const { showing } = this.#state();
		return showing === null ? null : (this.item(showing) ?? null);
	});
	readonly commentCount = $derived(commentCount(this.counters));
	/** Events that are not yet in Postgres. */
	readonly persistedLag = $derived.by(() =>
		Math.max(0, this.#state().seq - this.#fold.show.persistedSeq)
	);

	constructor(snapshot: ShowSnapshot, options: ShowStoreOptions) {
		this.showId = snapshot.showId;
		this.#options = options;
		this.#fold = new LiveFold(snapshot, options.limit ?? LIVE_LIST_LIMIT);
		this.#rate = rateOf(this.#fold.show.comments);
		this.#noteLatest(this.#fold.show.comments);
	}

	get connection(): ConnectionState {
		return this.#connection;
	}

	/** Why the console stopped trying, null while it runs or retries. */
	get failure(): string | null {
		return this.#failure;
	}

	/** Changes when a snapshot took the place of everything, so that open views start afresh. */
	get generation(): number {
		return this.#generation;
	}

	/** `<epoch>:<seq>` of what is folded. */
	get position(): string {
		return this.#fold.position;
	}

	/** The item by its number, undefined when the show has none. */
	item(number: string): ItemClaims | undefined {
		void this.#itemsVersion;
		return this.#fold.show.state.items.get(number);
	}

	/** The folded state itself, to preview actions on; follows items and status. Not to be changed. */
	get state(): ShowState {
		void this.#itemsVersion;
		void this.status;
		return this.#fold.show.state;
	}

	/** Platforms that comments came from. Followed, but changes only with a new one. */
	get platforms(): ReadonlySet<string> {
		return this.#platforms;
	}

	/** When the latest comment of the broadcast came (epoch ms), null for none. Not followed. */
	lastCommentAt(platform: string, liveId: string): number | null {
		return this.#commentTimes.latest(platform, liveId);
	}

	/** Comments in the minute before `now` (epoch ms). */
	commentsPerMinute(now: number): number {
		void this.#commentsVersion;
		return this.#rate.perMinute(now);
	}

	/** Follows the show from what is held until `destroy`. */
	connect(source: LiveSource): void {
		this.#link = new LiveLink(source, {
			position: () => this.position,
			onMessage: (message) => this.#receive(message),
			onState: (state, failure) => {
				this.#connection = state;
				this.#failure = failure;
			}
		});
	}

	/** The browser says that the network is gone; the next message tells that it is back. */
	networkLost(): void {
		this.#link?.lost();
	}

	/** Ends the subscription and all timers. The state stays readable. */
	destroy(): void {
		this.#link?.destroy();
		this.#link = null;
		this.#dropPending();
	}

	#state() {
		void this.#showVersion;
		return this.#fold.show.state;
	}

	#receive(message: LiveMessage): void {
		// A snapshot holds everything that came before it.
		if (message.kind === 'snapshot') this.#dropPending();
		this.#pending.push(message);
		this.#pendingEvents += message.kind === 'events' ? message.events.length : 0;
		if (this.#pendingEvents >= MAX_PENDING_EVENTS) this.#flush();
		else this.#cancelFlush ??= this.#options.schedule(() => this.#flush());
	}

	#dropPending(): void {
		this.#cancelFlush?.();
		this.#cancelFlush = null;
		this.#pending = [];
		this.#pendingEvents = 0;
	}

	#flush(): void {
		const messages = this.#pending;
		this.#dropPending();
		const { changes, events, needsSnapshot } = this.#fold.apply(messages);
		if (changes.replaced) {
			this.#rate = rateOf(this.#fold.show.comments);
			this.#noteLatest(this.#fold.show.comments);
		} else {
			for (const event of events) {
				if (event.type !== 'comment.received') continue;
				this.#rate.add(event.at);
				this.#commentTimes.note(event.data, event.at);
				this.#platforms.add(event.data.platform);
			}
		}
		this.#publish(changes);
		if (events.length > 0) this.#options.onEvents?.(events);
		if (needsSnapshot) this.#link?.resync();
		else this.#link?.confirm();
	}

	#noteLatest(comments: readonly CommentEntry[]): void {
		for (const comment of comments) {
			this.#commentTimes.note(comment, comment.at);
			this.#platforms.add(comment.platform);
		}
	}

	#publish(changes: FoldChanges): void {
		if (changes.items) this.#itemsVersion++;
		if (changes.comments) this.#commentsVersion++;
		if (changes.feed) this.#feedVersion++;
		if (changes.show) this.#showVersion++;
		if (changes.replaced) this.#generation++;
	}
}

function rateOf(comments: readonly CommentEntry[]): RateMeter {
	const oldest = comments.length >= SNAPSHOT_WINDOW ? comments[0] : undefined;
	const rate = new RateMeter(oldest?.at ?? 0);
	for (const comment of comments) rate.add(comment.at);
	return rate;
}
