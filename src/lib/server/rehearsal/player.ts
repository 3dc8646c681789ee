import { setTimeout as sleep } from 'node:timers/promises';
import { buyerKey, manualBuyer } from '../../domain/buyer.ts';
import type { Buyer } from '../../domain/buyer.ts';
import { emptyCounters } from '../../domain/show-state.ts';
import type { Counter } from '../../domain/show-state.ts';
import type { CommentOutcome } from '../../domain/events.ts';
import type { IncomingComment } from '../allocator/comment.ts';
import type { OperatorActions } from '../allocator/operator-actions.ts';
import { AppError } from '../errors.ts';
import type { Rehearsal, RehearsalLine } from './format.ts';

/** The actor of a rehearsal's operator lines in events and audit log. */
export const REHEARSAL_ACTOR = 'rehearsal';

/** Comments by outcome (`released` and `promoted` stay 0: those are counted from the log). */
export type PlayCounts = Record<Counter | 'duplicate_comment' | 'comments' | 'rejected', number>;

/** Takes a comment and says what became of it. */
export type RehearsalComments = {
	take(
		showId: string,
		comment: IncomingComment
	): Promise<{ readonly outcome: CommentOutcome; readonly replay: boolean }>;
};

export type PlayOptions = {
	/** Where comments go: the allocator, or a stage before it that answers as the allocator does. */
	readonly comments: RehearsalComments;
	readonly actions: OperatorActions;
	/** 1 = as recorded, 2 = twice as fast; 0 = as fast as it goes. */
	readonly speed: number;
	readonly signal?: AbortSignal | undefined;
	/**
	 * Comments that may be unanswered when the next one is sent. Default: none at a speed, 64 as fast as it
	 * goes; Redis keeps the order of one connection.
	 */
	readonly inFlight?: number | undefined;
	/** Called after each line with the number of lines played. */
	readonly onLine?: ((played: number) => void) | undefined;
	/**
	 * Called and waited for before each operator line, with the number of lines that are surely played:
	 * what a player that takes over after a crash starts from.
	 */
	readonly onCheckpoint?: ((played: number) => Promise<void>) | undefined;
	/** Platform time of line time 0, epoch ms; the same for whoever takes over. Default: now. */
	readonly postedFrom?: number | undefined;
	/** Stop once the show takes no more comments: somebody ended it. */
	readonly stopWhenEnded?: boolean | undefined;
};

/** Where a player takes over from one that died; `0` for a fresh start. */
export type PlayFrom = { readonly line: number };

function awardedBuyer(line: RehearsalLine & { type: 'award' }): Buyer {
	const { buyer } = line;
	if (!('userId' in buyer)) return manualBuyer(buyer.handle);
	return {
		key: buyerKey(buyer.platform, buyer.userId),
		platform: buyer.platform,
		userId: buyer.userId,
		handle: buyer.handle,
		displayName: null
	};
}

/** A walk-in's key may stand in the file as the operator wrote the name. */
function releasedKey(buyer: string): string {
	return buyer.startsWith('manual:') ? manualBuyer(buyer.slice('manual:'.length)).key : buyer;
}

const FAST_IN_FLIGHT = 64;

/** Plays a rehearsal's lines, in the recorded order, into a show. */
export class RehearsalPlayer {
	readonly #options: PlayOptions;
	readonly #postedFrom: number;
	readonly #showId: string;
	readonly #counts: PlayCounts = {
		...emptyCounters(),
		comments: 0,
		duplicate_comment: 0,
		rejected: 0
	};
	/** When line time 0 was, or would have been at this speed, epoch ms. */
	#zero = Date.now();
	#ended = false;
	/** Comments that were sent and not yet answered, oldest first. */
	readonly #inFlight: Promise<void>[] = [];

	constructor(showId: string, options: PlayOptions) {
		this.#showId = showId;
		this.#options = options;
		this.#postedFrom = options.postedFrom ?? this.#zero;
	}

	/**
	 * Adds the header's items, activates the show, plays every line, and ends the show if the file
	 * did not. Throws what is no refusal (an outage, the signal's reason).
	 */
	async play(rehearsal: Rehearsal, from: PlayFrom = { line: 0 }): Promise<PlayCounts> {
		const { onLine, onCheckpoint, signal, speed, stopWhenEnded } = this.#options;
		if (from.line === 0) await this.#open(rehearsal);
		const { lines } = rehearsal;
		if (speed > 0) this.#zero = Date.now() - (lines[from.line]?.line.at ?? 0) / speed;
		for (let index = from.line; index < lines.length; index++) {
			const line = lines[index]?.line;
			if (!line || (stopWhenEnded && this.#ended)) break;
			await this.#waitFor(line.at);
			signal?.throwIfAborted();
			if (line.type === 'comment') {
				await this.#send(line);
			} else {
				await this.#arrived(0);
				await onCheckpoint?.(index);
				if (await this.#accepted(() => this.#operate(line))) this.#ended ||= line.type === 'end';
			}
			onLine?.(index + 1);
		}
		await this.#arrived(0);
		if (!this.#ended) await this.#changeStatus('ended');
		return this.#counts;
	}

	/** Adds the header's items and activates the show; what a player before us did already is fine. */
	async #open({ header }: Rehearsal): Promise<void> {
		for (const item of header.items) {
			this.#options.signal?.throwIfAborted();
			try {
				await this.#options.actions.addItem(this.#showId, item, REHEARSAL_ACTOR);
			} catch (error) {
				if (!(error instanceof AppError) || error.code !== 'ITEM_EXISTS') throw error;
			}
		}
		await this.#changeStatus('activated');
	}

	async #changeStatus(action: 'activated' | 'ended'): Promise<void> {
		try {
			await this.#options.actions.changeStatus(this.#showId, action, REHEARSAL_ACTOR);
		} catch (error) {
			const refused = error instanceof AppError && error.code !== 'UNAVAILABLE';
			if (!refused) throw error;
		}
	}

	async #waitFor(at: number): Promise<void> {
		const { speed, signal } = this.#options;
		if (speed === 0) return;
		const waitMs = this.#zero + at / speed - Date.now();
		if (waitMs > 0) await sleep(waitMs, undefined, signal ? { signal } : {});
	}

	/** The first comment is waited for: with it the process learns the show's words. */
	async #send(line: RehearsalLine & { type: 'comment' }): Promise<void> {
		const first = this.#counts.comments === 0;
		const taken = this.#comment(line);
		// Whoever waits for it sees the error; until then nobody does.
		taken.catch(() => undefined);
		this.#inFlight.push(taken);
		const { inFlight = this.#options.speed > 0 ? 0 : FAST_IN_FLIGHT } = this.#options;
		await this.#arrived(first ? 0 : inFlight);
	}

	/** Waits until at most `left` comments are unanswered. */
	async #arrived(left: number): Promise<void> {
		while (this.#inFlight.length > left) await this.#inFlight.shift();
	}

	async #comment(line: RehearsalLine & { type: 'comment' }): Promise<void> {
		try {
			const reply = await this.#options.comments.take(this.#showId, {
				platform: line.platform,
				liveId: line.liveId,
				commentId: line.commentId,
				userId: line.userId,
				userHandle: line.userHandle,
				userDisplayName: line.userDisplayName,
				text: line.text,
				postedAt: this.#postedFrom + line.at
			});
			if (reply.replay) {
				this.#counts.duplicate_comment++;
			} else {
				this.#counts.comments++;
				this.#counts[reply.outcome]++;
			}
		} catch (error) {
			// After the end comments are dropped, as those of a broadcast that goes on.
			if (!(error instanceof AppError) || error.code !== 'SHOW_NOT_LIVE') throw error;
			this.#ended = true;
		}
	}

	/** Whether the action was accepted; a refusal is counted. */
	async #accepted(action: () => Promise<unknown>): Promise<boolean> {
		try {
			await action();
			return true;
		} catch (error) {
			if (!(error instanceof AppError) || error.code === 'UNAVAILABLE') throw error;
			this.#counts.rejected++;
			return false;
		}
	}

	async #operate(line: Exclude<RehearsalLine, { type: 'comment' }>): Promise<unknown> {
		const { actions } = this.#options;
		const showId = this.#showId;
		switch (line.type) {
			case 'pause':
				return await actions.changeStatus(showId, 'paused', REHEARSAL_ACTOR);
			case 'resume':
				return await actions.changeStatus(showId, 'resumed', REHEARSAL_ACTOR);
			case 'end':
				return await actions.changeStatus(showId, 'ended', REHEARSAL_ACTOR);
			case 'release': {
				const target = { item: line.item, buyerKey: releasedKey(line.buyer) };
				return await actions.release(showId, target, REHEARSAL_ACTOR);
			}
			case 'award':
				return await actions.award(showId, line.item, awardedBuyer(line), REHEARSAL_ACTOR);
			case 'quantity':
				return await actions.setQuantity(showId, line.item, line.quantity, REHEARSAL_ACTOR);
			case 'item':
				return await actions.addItem(showId, line, REHEARSAL_ACTOR);
			default:
				return line satisfies never;
		}
	}
}
