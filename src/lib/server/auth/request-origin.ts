/** Methods that change nothing (RFC 9110 §9.2.1) and so need no check of where they come from. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export type RequestFacts = {
	readonly method: string;
	/** The Origin header. Browsers send it with every request that may change something. */
	readonly origin: string | null;
	/** Whether the request carries any cookie, and so somebody's rights. */
	readonly hasCookie: boolean;
	/** The origin that the app is served from. */
	readonly ownOrigin: string;
};

/**
 * Whether a request may have been made by another site in the name of a visitor (CSRF). Without an
 * Origin header it is no browser's; it may pass as long as it brings no cookie, as webhooks do.
 * SvelteKit itself checks form content types only.
 */
export function isForeignRequest({ method, origin, hasCookie, ownOrigin }: RequestFacts): boolean {
	if (SAFE_METHODS.has(method)) return false;
	return origin === null ? hasCookie : origin !== ownOrigin;
}

export type UpgradeFacts = {
	readonly origin: string | undefined;
	readonly host: string | undefined;
	/** The configured origin; null in development, where any name of this machine will do. */
	readonly configured: string | null;
};

/**
 * Whether a WebSocket is opened by our own pages. Browsers let any site open one, with our cookies, so
 * this check is all that stands in between (RFC 6455 §10.2). No Origin: no browser, refused too.
 */
export function isOwnUpgrade({ origin, host, configured }: UpgradeFacts): boolean {
	if (origin === undefined) return false;
	if (configured !== null) return origin === new URL(configured).origin;
	return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
