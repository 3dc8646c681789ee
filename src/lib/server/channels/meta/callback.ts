/** How Meta's login sends the seller back (PLATFORMS 1.2). */
export type LoginCallback =
	| { readonly kind: 'code'; readonly code: string; readonly state: string }
	/** Nothing was granted. `reason` is for the seller. */
	| { readonly kind: 'denied'; readonly state: string; readonly reason: string }
	| { readonly kind: 'invalid' };

const MAX_CODE_CHARS = 4096;
const STATE = /^[\x21-\x7e]{1,512}$/;

/**
 * Meta sends the very same words when the seller presses "Cancel" and when an app that is still in
 * development is used by somebody without a role in it. So this names both.
 */
const DECLINED =
	'Meta granted no access. Either it was declined in Meta’s window, or the app is still in development there and this account has no role in it. Try again, or ask whoever runs this server.';
const FAILED =
	'Meta reported a fault instead of granting access. Try again; if it stays, ask whoever runs this server.';

/** The one value of a parameter; null when it is missing, empty or there twice. */
function single(search: URLSearchParams, name: string): string | null {
	const [value, ...others] = search.getAll(name);
	return value && others.length === 0 ? value : null;
}

/**
 * Reads the query of a redirect from Meta's or Instagram's login. Whoever calls must still check that
 * the state is ours. Nothing of the query gets into `reason`.
 */
export function readCallback(search: URLSearchParams): LoginCallback {
	const state = single(search, 'state');
	if (state === null || !STATE.test(state)) return { kind: 'invalid' };
	if (search.has('error') || search.has('error_code')) {
		const declined = search.get('error') === 'access_denied';
		return { kind: 'denied', state, reason: declined ? DECLINED : FAILED };
	}
	const code = single(search, 'code');
	if (code === null || code.length > MAX_CODE_CHARS) return { kind: 'invalid' };
	return { kind: 'code', code, state };
}
