/**
 * How addresses of pages name a buyer: base64url of the key's UTF-8 bytes. A key may hold slashes, dots
 * and people's names; what stands in an address is written down by proxies and in histories.
 */
export function buyerRef(buyerKey: string): string {
	const bytes = new TextEncoder().encode(buyerKey);
	return btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replace(/=+$/, '');
}

/** The key that `buyerRef` named; null for any other text. */
export function parseBuyerRef(ref: string): string | null {
	if (!/^[A-Za-z0-9_-]{1,1400}$/.test(ref)) return null;
	try {
		const bytes = atob(ref.replaceAll('-', '+').replaceAll('_', '/'));
		const key = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
			Uint8Array.from(bytes, (character) => character.charCodeAt(0))
		);
		return buyerRef(key) === ref ? key : null;
	} catch {
		return null;
	}
}
