import { describeFailure } from '../console/api.ts';
import type { ApiClient, ApiOutputs } from '../console/api.ts';
import type { CommentEntry, FeedEntry, LiveShow, ShowSnapshot } from '../domain/live-show.ts';
import { itemsByNumber } from '../domain/show-state.ts';
import type { ItemClaims } from '../domain/show-state.ts';
import type { Question } from './context.ts';
import { ReplayLog } from './replay-log.ts';

export type Overview = ApiOutputs['replay']['overview'];
export type ReplayWhy = NonNullable<ApiOutputs['replay']['why']>;

/** How many times as fast as it happened. */
export const SPEEDS = [1, 4, 16] as const;
export type Speed = (typeof SPEEDS)[number];

const MINUTE_MS = 60_000;

export type ReplayStart = {
	readonly showId: string;
	readonly overview: Overview;
	readonly snapshot: ShowSnapshot;
	/** When the snapshot's event was logged, epoch ms. */
	readonly at: number;
	readonly client: () => ApiClient;
};

/** Where to go: to an event, or to the last one that was logged by a time. */
type Target = { readonly seq: number } | { readonly time: number };

/** A show's past as one page looks at it: where it stands, what was then, and how it gets elsewhere. */
export class ReplaySession {
	readonly showId: string;
	readonly #client: () => ApiClient;
	readonly #log: ReplayLog;
	#overview: Overview;
	#show: LiveShow;
	#at: number;
	/** Where to go after the present move. */
	#target: Target | null = null;
	/** Where it will be once all that was asked for is done; null while it rests. */
	#aim: Target | null = null;
	#moving: Promise<void> | null = null;
	#isPlaying = $state(false);
	#isBusy = $state(false);
	#failure = $state<string | null>(null);
	#generation = $state(0);
	speed = $state<Speed>(1);

	/** By number. */
	readonly items: readonly ItemClaims[] = $derived.by(() => itemsByNumber(this.#show.state));
	/** Newest first. */
	readonly comments: readonly CommentEntry[] = $derived.by(() => this.#show.comments.toReversed());
	/** Newest first. */
	readonly feed: readonly FeedEntry[] = $derived.by(() => this.#show.feed.toReversed());

	constructor({ showId, overview, snapshot, at, client }: ReplayStart) {
		this.showId = showId;
		this.#client = client;
		this.#log = new ReplayLog(
			{
				range: async (fromSeq, limit) =>
					(await client().replay.range.query({ showId, fromSeq, limit })).events,
				stateAt: (seq) => client().replay.stateAt.query({ showId, seq })
			},
			overview,
			snapshot
		);
		this.#overview = $state.raw(overview);
		this.#show = $state.raw(this.#log.start);
		this.#at = $state(at);
	}

	get overview(): Overview {
		return this.#overview;
	}

	/** Position in the log: the last event that has happened. */
	get seq(): number {
		return this.#show.state.seq;
	}

	/** The moment, epoch ms. */
	get at(): number {
		return this.#at;
	}

	get show(): LiveShow {
		return this.#show;
	}

	/** When the show began and its log ends, epoch ms. What was set up before is there, but takes no time. */
	get from(): number {
		return this.#overview.startedAt ?? this.#overview.times[0] ?? 0;
	}
	get to(): number {
		return this.#overview.lastAt ?? this.from;
	}

	get isPlaying(): boolean {
		return this.#isPlaying;
	}

	/** What was asked for is being read. */
	get isBusy(): boolean {
		return this.#isBusy;
	}

	/** Why the last move failed, in words. */
	get failure(): string | null {
		return this.#failure;
	}

	/** Changes with each jump, so that open lists start afresh; not while it plays. */
	get generation(): number {
		return this.#generation;
	}

	/** To an event; 0 is before the first. */
	goTo(seq: number): Promise<void> {
		this.pause();
		return this.#go({ seq });
	}

	/** To a time, epoch ms. */
	seek(time: number): Promise<void> {
		this.pause();
		return this.#go({ time });
	}

	/** From where it is, or is on its way to: keys come faster than answers. */
	step(by: number): Promise<void> {
		const aim = this.#aim;
		return this.goTo((aim && 'seq' in aim ? aim.seq : this.seq) + by);
	}

	minutes(by: number): Promise<void> {
		const aim = this.#aim;
		return this.seek((aim && 'time' in aim ? aim.time : this.#at) + by * MINUTE_MS);
	}

	play(): void {
		if (this.#isPlaying) return;
		this.#isPlaying = true;
		if (this.seq >= this.#log.lastSeq) void this.#go({ time: this.from });
	}

	pause(): void {
		this.#isPlaying = false;
	}

	/** Time has passed while it plays. Waits for what is not read yet: nothing is left out. */
	tick(elapsedMs: number): void {
		if (!this.#isPlaying || this.#moving) return;
		if (this.seq >= this.#log.lastSeq) {
			this.pause();
			return;
		}
		this.#log.prefetch(this.seq);
		void this.#go({ time: Math.max(this.from, this.#at + elapsedMs * this.speed) });
	}

	/** What decided a claim, or what a comment came to; null when the log has nothing on it. */
	async explain(question: Question): Promise<ReplayWhy | null> {
		const { showId } = this;
		const { replay } = this.#client();
		return question.kind === 'claim'
			? await replay.why.query({ showId, claimId: question.claimId })
			: await replay.whyComment.query({ showId, seq: question.seq });
	}

	/** Looks whether the show went on since, and goes to its present end. */
	async refresh(): Promise<void> {
		this.pause();
		this.#isBusy = true;
		try {
			const overview = await this.#client().replay.overview.query({ showId: this.showId });
			this.#overview = overview;
			this.#log.extend(overview);
		} catch (error) {
			this.#failure = describeFailure(error);
			return;
		} finally {
			this.#isBusy = false;
		}
		await this.goTo(this.#log.lastSeq);
	}

	/** One move at a time; of those that are asked for meanwhile the last one counts. */
	#go(target: Target): Promise<void> {
		this.#target = this.#aim = this.#bounded(target);
		return (this.#moving ??= this.#move().finally(() => {
			this.#moving = null;
			this.#aim = null;
			this.#isBusy = false;
		}));
	}

	async #move(): Promise<void> {
		while (this.#target !== null) {
			const target = this.#target;
			this.#target = null;
			this.#isBusy = !this.#isPlaying;
			try {
				await this.#arrive(target);
				this.#failure = null;
			} catch (error) {
				this.#failure = describeFailure(error);
				this.pause();
			}
		}
	}

	#bounded(target: Target): Target {
		return 'seq' in target
			? { seq: Math.min(Math.max(target.seq, 0), this.#log.lastSeq) }
			: { time: Math.min(Math.max(target.time, this.from), this.to) };
	}

	async #arrive(target: Target): Promise<void> {
		const seq = 'seq' in target ? target.seq : await this.#log.seqAt(target.time);
		const at = 'time' in target ? target.time : await this.#log.timeOf(seq);
		if (seq !== this.seq) {
			const show = await this.#log.at(seq, this.#show);
			const isJump = !this.#isPlaying && seq !== this.seq + 1;
			this.#show = show;
			if (isJump) this.#generation++;
		}
		this.#at = at;
	}
}
