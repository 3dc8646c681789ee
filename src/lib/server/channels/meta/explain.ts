import type { MetaErrorKind } from './errors.ts';

/** What a dead token died of (PLATFORMS 1.8), by the subcode of 190. */
const TOKEN_DEATHS: ReadonlyMap<number, string> = new Map([
	[458, 'Access was taken from this app in the settings at Meta. Connect again to give it back.'],
	[459, 'Meta wants you to confirm something first. Log in at facebook.com, then connect again.'],
	[460, 'The password was changed or the session was ended at Meta. Connect again.'],
	[463, 'The access has expired. Connect again.'],
	[464, 'The Facebook account is not confirmed. Confirm it at facebook.com, then connect again.'],
	[467, 'Meta no longer accepts the access. Connect again.'],
	[
		492,
		'Whoever connected this Page has no role on it any more. Connect again as somebody who has.'
	]
]);

const PAGE_TOO_SMALL = 1363144;

const BY_KIND: Record<MetaErrorKind, string> = {
	needs_reauth: 'Meta no longer accepts the access. Connect again.',
	permission:
		'Meta does not allow this: a permission is missing, or the feature is not open to this app. Connect again and grant every permission; if that does not help, the app needs Meta’s review.',
	throttled: 'Meta limits how often we may ask. We go on by ourselves after a pause.',
	blocked: 'Meta has blocked this app or account for now. Look at the app’s alerts at Meta.',
	transient: 'Meta can’t be reached or has a disturbance. We keep trying.',
	bad_request: 'Meta refused the request as wrong. Please tell whoever runs this server.',
	not_found:
		'Meta no longer shows this broadcast or comment: it was removed or is not visible to this connection.',
	unknown_id: 'Meta knows nothing by this id. Check it.'
};

/** What to tell the seller: what happened and what to do. Made of our own words only. */
export function explain(kind: MetaErrorKind, code: number | null, subcode: number | null): string {
	if (kind === 'needs_reauth' && code === 190 && subcode !== null) {
		return TOKEN_DEATHS.get(subcode) ?? BY_KIND.needs_reauth;
	}
	if (kind === 'permission' && subcode === PAGE_TOO_SMALL) {
		return 'Facebook lets a Page go live only when it has at least 100 followers.';
	}
	return BY_KIND[kind];
}
