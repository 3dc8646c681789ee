/** Whoever claims: identified by platform and the platform's user id, never by the handle, which can change. */
export type Buyer = {
	readonly key: string;
	readonly platform: string;
	readonly userId: string;
	readonly handle: string;
	readonly displayName: string | null;
};

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
