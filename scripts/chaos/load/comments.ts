import { z } from 'zod';
import { COMMENT_OUTCOMES } from '../../../src/lib/domain/events.ts';
import type { CommentTold, Recorder } from '../history.ts';
import type { Api } from './api.ts';

const replySchema = z.object({
	seq: z.number().int(),
	outcome: z.enum(COMMENT_OUTCOMES),
	item: z.string().nullable(),
	claimId: z.string().nullable(),
	replay: z.boolean(),
	at: z.object({ epoch: z.string() })
});

export type Comment = { readonly commentId: string; readonly user: string; readonly text: string };

/** A claim that a comment was told to have made. */
export type ToldClaim = {
	readonly claimId: string;
	readonly item: string;
	readonly buyerKey: string;
	readonly outcome: CommentTold['outcome'];
};

/** The platform of comments that come through the API. */
const PLATFORM = 'debug';

/** Delivers comments over the API until they are answered, as a platform does. */
export class Comments {
	readonly #api: Api;
	readonly #recorder: Recorder;
	/** Waits before the next try; rejects when the time for tries is over. */
	readonly #pause: () => Promise<void>;

	constructor(api: Api, recorder: Recorder, pause: () => Promise<void>) {
		this.#api = api;
		this.#recorder = recorder;
		this.#pause = pause;
	}

	/** Returns the claim that it made; null for none, and when nobody answered in time. */
	async deliver(showId: string, comment: Comment): Promise<ToldClaim | null> {
		const { commentId, user, text } = comment;
		const key = `${PLATFORM}:${commentId}`;
		const op = this.#recorder.invoke(showId, { kind: 'comment', key, text, user });
		for (;;) {
			const answer = await this.#api.mutate('debug.emitComment', {
				...{ showId, platform: PLATFORM, commentId, text },
				...{ userId: user, handle: user }
			});
			if (answer.kind === 'ok') return this.#note(op, user, answer.data);
			this.#recorder.note(
				answer.kind === 'fail'
					? { type: 'fail', op, code: answer.code }
					: { type: 'unknown', op, why: answer.why }
			);
			if (answer.kind === 'fail') return null;
			try {
				await this.#pause();
			} catch {
				return null;
			}
		}
	}

	#note(op: number, user: string, data: unknown): ToldClaim | null {
		const { at, item, ...told } = replySchema.parse(data);
		const { seq, outcome, claimId, replay } = told;
		this.#recorder.note({
			type: 'ok',
			op,
			comment: { seq, outcome, claimId, replay, epoch: at.epoch }
		});
		if (claimId === null || item === null) return null;
		return { claimId, item, buyerKey: `${PLATFORM}:${user}`, outcome };
	}
}
