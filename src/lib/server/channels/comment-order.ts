/** Digits of the largest time that is stored (the end of the year 9999, in ms). */
const TIME_DIGITS = 15;
/** Digits of the length of an id; ids have at most 200 characters. */
const LENGTH_DIGITS = 3;

/**
 * A text that sorts byte by byte as comments are ordered: by `orderAt` (epoch ms, as given), then by the
 * comment's own id, ids of digits by their value (a platform counts them up) and before all others. The
 * paths of one channel agree on it, whatever the order in which they deliver (DESIGN §3, Order).
 *
 * Layout: `time:rank:own:id`. `time` has 15 digits. `own` is what stands after the id's last `_`; without
 * leading zeros if it is a number. `rank` is the number of its digits, three digits wide, or `x` for an id
 * that is no number. The whole id breaks ties.
 * @throws RangeError for a time that is no whole number of ms from 1970 to the year 9999
 */
export function orderKey(comment: {
	readonly orderAt: number;
	readonly commentId: string;
}): string {
	const time = String(comment.orderAt);
	if (!/^\d{1,15}$/.test(time)) throw new RangeError(`${time} is no time in milliseconds`);
	const ownPart = comment.commentId.slice(comment.commentId.lastIndexOf('_') + 1);
	const digits = /^0*(\d+)$/.exec(ownPart)?.[1];
	const rank = digits === undefined ? 'x' : String(digits.length).padStart(LENGTH_DIGITS, '0');
	return [time.padStart(TIME_DIGITS, '0'), rank, digits ?? ownPart, comment.commentId].join(':');
}

/** A text that sorts behind every comment of earlier times and before all of this one's time. */
export function orderKeyBefore({ orderAt }: { readonly orderAt: number }): string {
	return String(orderAt).padStart(TIME_DIGITS, '0');
}
