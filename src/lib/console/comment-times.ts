import type { CommentEntry } from '../domain/live-show.ts';

/** When the latest comment of each broadcast came. */
export class CommentTimes {
	readonly #latest = new Map<string, number>();

	note({ platform, liveId }: Pick<CommentEntry, 'platform' | 'liveId'>, at: number): void {
		this.#latest.set(`${platform}:${liveId}`, at);
	}

	/** Epoch ms, null for none. */
	latest(platform: string, liveId: string): number | null {
		return this.#latest.get(`${platform}:${liveId}`) ?? null;
	}
}
