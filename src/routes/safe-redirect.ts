export const SIGN_IN_PATH = '/sign-in';
/** Where a member goes who did not come from anywhere. */
export const HOME_PATH = '/dashboard';

/** Any origin will do: only whether the target stays on it matters. */
const SOME_ORIGIN = 'https://same.invalid';

/**
 * The path to go to after signing in, from a query string that anybody can write: a path of this site,
 * or else the home page. `//host`, `/\host` and other spellings that leave the site are refused.
 */
export function safeRedirect(target: string | null): string {
	if (target === null || !target.startsWith('/') || target.length > 2_000) return HOME_PATH;
	if (!URL.canParse(target, SOME_ORIGIN)) return HOME_PATH;
	const url = new URL(target, SOME_ORIGIN);
	// `/.//host` stays on the origin, but what is left of it once the dots are resolved does not.
	if (url.origin !== SOME_ORIGIN || url.pathname.startsWith('//')) return HOME_PATH;
	return url.pathname + url.search + url.hash;
}

/** `?redirectTo=…` for a path, nothing for the home page. */
export function redirectQuery(path: string): string {
	return path === HOME_PATH ? '' : `?redirectTo=${encodeURIComponent(path)}`;
}
