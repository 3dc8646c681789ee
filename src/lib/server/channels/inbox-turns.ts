/** A comment in a show's inbox. */
export type Waiting = {
	/** `platform:commentId` */
	readonly key: string;
	/** When the first path brought it, epoch ms by the server's clock. */
	readonly arrivedAt: number;
	/** Its live (`liveName`), and its place among the comments of that (comment-order.ts). */
	readonly live: string;
	readonly orderKey: string;
	/** The comment as JSON: most drains only look whose turn it is. */
	readonly json: string;
};

/** A broadcast, as the comments of a show name it. */
export type LiveName = { readonly platform: string; readonly liveId: string };

/** A complete poll of a live has shown that nothing up to this order key is missing. */
export type Settled = LiveName & { readonly key: string };

/** Which comments to feed: those whose turn has come, or all. */
export type Turn = {
	readonly settled?: Settled | null;
	readonly take?: 'due' | 'all';
};

/** `platform:liveId` */
export function liveName({ platform, liveId }: LiveName): string {
	return `${platform}:${liveId}`;
}

const ARRIVED_DIGITS = 13;
/** Arrival and the two flags. */
const HEAD_LENGTH = ARRIVED_DIGITS + 2;

/** Reads an inbox value: see lua/offer-comments.lua. */
export function readWaiting(key: string, value: string): Waiting {
	const afterLive = value.indexOf('\n');
	const afterOrder = value.indexOf('\n', afterLive + 1);
	return {
		key,
		arrivedAt: Number(value.slice(0, ARRIVED_DIGITS)),
		live: value.slice(HEAD_LENGTH, afterLive),
		orderKey: value.slice(afterLive + 1, afterOrder),
		json: value.slice(afterOrder + 1)
	};
}

/**
 * The comments whose turn has come, in order. For each live by itself those up to `settled`; those that
 * have waited for the order window; and whatever comes before one of these. A live on hold is not fed by
 * the window: somebody is reading what it missed.
 *
 * One live never hastens another: what a poll proves, it proves of its own live only.
 */
export function dueComments(
	waiting: readonly Waiting[],
	about: Turn & {
		/** Epoch ms by the server's clock. */
		readonly now: number;
		readonly windowMs: number;
		/** Lives on hold, and until when (epoch ms). */
		readonly holds: ReadonlyMap<string, number>;
	}
): Waiting[] {
	const ordered = waiting.toSorted((a, b) => (a.orderKey < b.orderKey ? -1 : 1));
	if (about.take === 'all') return ordered;
	const { settled, now, windowMs, holds } = about;
	const settledLive = settled ? liveName(settled) : null;
	const lastDue = new Map<string, string>();
	for (const { live, orderKey, arrivedAt } of ordered) {
		const isSettled = live === settledLive && orderKey <= (settled?.key ?? '');
		const isOverdue = arrivedAt <= now - windowMs && (holds.get(live) ?? 0) <= now;
		if (isSettled || isOverdue) lastDue.set(live, orderKey);
	}
	return ordered.filter(({ live, orderKey }) => orderKey <= (lastDue.get(live) ?? ''));
}
