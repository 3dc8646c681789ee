import type { ShowEvent } from '../domain/events.ts';

/** Promotions that are older were missed long ago; the host can't be told any more. */
const NEWS_MS = 20_000;
/** More at once are told as a number. */
const TOLD_ONE_BY_ONE = 3;

export type PromotionNews = {
	/** Handles are foreign text: show them as text only. */
	readonly promoted: readonly { readonly item: string; readonly handle: string }[];
	/** Further promotions that are not told one by one. */
	readonly more: number;
};

/** The promotions among new events that the host should hear of, null when there are none. */
export function promotionNews(events: readonly ShowEvent[], now: number): PromotionNews | null {
	const promoted = events.flatMap((event) =>
		event.type === 'claim.promoted' && now - event.at < NEWS_MS
			? [{ item: event.data.item, handle: event.data.buyer.handle }]
			: []
	);
	if (promoted.length === 0) return null;
	return {
		promoted: promoted.slice(0, TOLD_ONE_BY_ONE),
		more: Math.max(0, promoted.length - TOLD_ONE_BY_ONE)
	};
}

const FIRST_STRONG_ISOLATE = String.fromCodePoint(0x2068);
const POP_DIRECTIONAL_ISOLATE = String.fromCodePoint(0x2069);

/** Foreign text inside a sentence that markup can't reach: a right-to-left name must not turn it round. */
export function isolated(text: string): string {
	return FIRST_STRONG_ISOLATE + text + POP_DIRECTIONAL_ISOLATE;
}
