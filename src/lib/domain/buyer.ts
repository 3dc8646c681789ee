/** Whoever claims: identified by platform and the platform's user id, never by the handle, which can change. */
export type Buyer = {
	readonly key: string;
	readonly platform: string;
	readonly userId: string;
	readonly handle: string;
	readonly displayName: string | null;
};

/** Why a comment never claims or passes, whatever it says: the seller wrote it, or nobody knows who did. */
export type NoClaim = 'own_page' | 'author_unknown';

/** Null for a comment of a viewer who is known. */
export function noClaimReason(comment: {
	readonly userId: string | null;
	readonly fromPage: boolean;
}): NoClaim | null {
	if (comment.fromPage) return 'own_page';
	return comment.userId === null ? 'author_unknown' : null;
}

/** Characters of an id that stand for somebody without a name. */
const SHORT_ID = 6;

/** A name in which nothing can be seen. */
const BLANK = /^[\s\p{Cf}]*$/u;

/**
 * What somebody with an id is called: by their handle; when the platform told none, by their display name,
 * else by the end of the id, so that two of them are told apart.
 */
export function handleOf(author: {
	readonly userId: string;
	readonly handle: string;
	readonly displayName: string | null;
}): string {
	const { userId, handle, displayName } = author;
	if (!BLANK.test(handle)) return handle;
	if (displayName !== null && !BLANK.test(displayName)) return displayName;
	const end = [...userId].slice(-SHORT_ID).join('');
	return `Viewer ${end === userId ? '' : '…'}${end}`;
}

/**
 * Who may hold claims for having written a comment. Null for a comment whose author the platform did not
 * name, and for one of the seller's own page: neither ever claims.
 */
export function commentAuthor(comment: {
	readonly platform: string;
	readonly userId: string | null;
	readonly handle: string;
	readonly displayName: string | null;
	readonly fromPage: boolean;
}): Buyer | null {
	const { platform, userId, handle, displayName, fromPage } = comment;
	if (userId === null || fromPage) return null;
	return { key: buyerKey(platform, userId), platform, userId, handle, displayName };
}

/** Platform of buyers whom an operator typed in by name. */
export const MANUAL_PLATFORM = 'manual';

/** `platform:userId`, the identity that holds claims. */
export function buyerKey(platform: string, userId: string): string {
	return `${platform}:${userId}`;
}

/** A buyer whom an operator names: `manual:<handle, trimmed, lower-case>` (DESIGN §3). */
export function manualBuyer(handle: string): Buyer {
	const name = handle.trim();
	const userId = name.toLowerCase();
	return {
		key: buyerKey(MANUAL_PLATFORM, userId),
		platform: MANUAL_PLATFORM,
		userId,
		handle: name,
		displayName: null
	};
}
