import { setTimeout as sleep } from 'node:timers/promises';
import { commentKey } from '../../src/lib/server/allocator/comment.ts';
import type { IncomingComment } from '../../src/lib/server/allocator/comment.ts';
import type { CommentResult } from '../../src/lib/server/allocator/comment-results.ts';
import { readFirstResults } from '../../src/lib/server/allocator/comment-results.ts';
import { facebookCommentId } from '../../src/lib/server/channels/platform-comment.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { AppError } from '../../src/lib/server/errors.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import type { RehearsalComments } from '../../src/lib/server/rehearsal/player.ts';
import type { FacebookLive } from '../fake-meta/world/facebook-live.ts';
import type { InstagramLive } from '../fake-meta/world/instagram-live.ts';

/** The broadcasts that a show's comments are written in, by platform. */
export type StageLives = {
	readonly facebook: FacebookLive | null;
	readonly instagram: InstagramLive | null;
};

type Pending = {
	readonly key: string;
	readonly resolve: (result: CommentResult) => void;
	readonly reject: (reason: unknown) => void;
};

const LOOK_MS = 10;
/**
 * Takes comments as the allocator does, but writes them in a broadcast of the fake Meta, from where they
 * come by polling, stream and webhooks. Answers when the show has logged them.
 */
export class MetaStage {
	readonly #context: Pick<AppContext, 'redis'>;
	readonly #lives: StageLives;
	/** Where comments of other platforms go. */
	readonly #straight: RehearsalComments;
	/** By a comment's identity in the recording: its id at the fake, and what became of it. */
	readonly #written = new Map<
		string,
		{ readonly id: string; readonly result: Promise<CommentResult> }
	>();
	readonly #pending = new Map<string, Pending[]>();
	#looking = false;

	/** `signal`: whoever waits for an answer when it aborts gets its reason. */
	constructor(
		context: Pick<AppContext, 'redis' | 'comments'>,
		lives: StageLives,
		signal: AbortSignal
	) {
		this.#context = context;
		this.#lives = lives;
		this.#straight = context.comments;
		signal.addEventListener('abort', () => this.#giveUp(signal.reason), { once: true });
	}

	/** As `CommentIntake.take`. A comment that was taken before is delivered once more. */
	async take(showId: string, comment: IncomingComment): ReturnType<RehearsalComments['take']> {
		const { platform } = comment;
		const live = platform === 'facebook' || platform === 'instagram' ? this.#lives[platform] : null;
		if (!live) return await this.#straight.take(showId, comment);
		await this.#assertLive(showId);
		const recorded = recordedIdentity(comment);
		const known = this.#written.get(recorded);
		if (known) {
			live.repeat(known.id);
			return { ...(await known.result), replay: true };
		}
		const { id } = live.comment({
			userId: comment.userId ?? '',
			userName: comment.userHandle,
			text: comment.text
		});
		const loggedId = 'page' in live ? (facebookCommentId(live.page.id, id) ?? id) : id;
		const result = this.#resultOf(showId, commentKey(platform, loggedId));
		this.#written.set(recorded, { id, result });
		return { ...(await result), replay: false };
	}

	async #assertLive(showId: string): Promise<void> {
		const status = await this.#context.redis.hget(showKey(showId, 'meta'), 'status');
		if (status !== 'active' && status !== 'paused') throw new AppError('SHOW_NOT_LIVE');
	}

	#resultOf(showId: string, key: string): Promise<CommentResult> {
		return new Promise((resolve, reject) => {
			const pending = this.#pending.get(showId) ?? [];
			pending.push({ key, resolve, reject });
			this.#pending.set(showId, pending);
			if (this.#looking) return;
			this.#looking = true;
			void this.#look();
		});
	}

	#giveUp(reason: unknown): void {
		const waiting = [...this.#pending.values()].flat();
		this.#pending.clear();
		for (const { reject } of waiting) reject(reason);
	}

	async #look(): Promise<void> {
		while (this.#pending.size > 0) {
			for (const [showId, pending] of [...this.#pending]) {
				this.#pending.delete(showId);
				const keys = pending.map(({ key }) => key);
				const results = await readFirstResults(this.#context.redis, showId, keys);
				const left = pending.filter(({ key, resolve }) => {
					const result = results.get(key);
					if (result) resolve(result);
					return !result;
				});
				const added = this.#pending.get(showId) ?? [];
				if (left.length + added.length > 0) this.#pending.set(showId, [...left, ...added]);
			}
			await sleep(LOOK_MS, undefined, { ref: false });
		}
		this.#looking = false;
	}
}

/** As the allocator tells comments apart: by their id, else by what they say (DESIGN §3). */
function recordedIdentity(comment: IncomingComment): string {
	const { platform, liveId, commentId, userId, text, postedAt } = comment;
	return commentId === undefined || commentId === null
		? JSON.stringify([platform, liveId, userId, text, postedAt])
		: commentKey(platform, commentId);
}
