/** What a seller pasted to name a broadcast. */
export type LiveReference =
	/** A bare id: of a Facebook live or its video, or of an Instagram live. */
	| { readonly kind: 'id'; readonly id: string }
	/** A Facebook URL. `videoId` is the id in it, which may be the live's or its video's. `pageRef`: the page's id or name. */
	| { readonly kind: 'facebook'; readonly videoId: string; readonly pageRef: string | null }
	/** `why` is a sentence for the seller: what is wrong and what to do. */
	| { readonly kind: 'refused'; readonly why: string };

const MAX_REFERENCE_LENGTH = 2_000;

const FACEBOOK_HOSTS = ['facebook.com', 'www.facebook.com', 'm.facebook.com', 'web.facebook.com'];
const INSTAGRAM_HOSTS = ['instagram.com', 'www.instagram.com'];
/** They lead somewhere else, and a pasted link is never opened here. */
const REDIRECTING_HOSTS = [
	...['fb.watch', 'www.fb.watch', 'fb.me', 'fb.gg', 'l.facebook.com', 'lm.facebook.com'],
	...['l.instagram.com', 'instagr.am']
];

const WHY = {
	empty: 'Paste the link of the live video, or its number.',
	tooLong: 'This is too long for a link to a live video.',
	characters: 'This holds characters that no link to a live video has. Copy it again.',
	scheme: 'Paste the whole link of the live video; it begins with https://.',
	host: 'Only links to www.facebook.com can be used. Or choose the live from the list.',
	redirect:
		'This is a short or forwarding link. Open it, wait for the video, and paste the address that the browser then shows.',
	instagram:
		'An Instagram link does not say which live it is. Choose the account’s live from the list; for an account connected with Instagram Login it appears with its first comment.',
	path: 'This Facebook link does not name a live video. Open the video itself and paste its address.'
} as const;

/**
 * Reads what a seller pasted, strictly and without opening anything: the server never fetches a pasted
 * URL. Only digits are taken out of it (and the page's name), so nothing of it can lead a request astray.
 * It is compared as text and not read by a URL parser, which would forgive tabs, backslashes, other
 * spellings of a host, or a user name before it.
 */
export function parseLiveReference(text: string): LiveReference {
	if (text.length > MAX_REFERENCE_LENGTH) return refused('tooLong');
	const pasted = text.trim();
	if (pasted === '') return refused('empty');
	if (/[^!-~]|[\\<>"{}|^`]/.test(pasted)) return refused('characters');
	if (isId(pasted)) return { kind: 'id', id: pasted };

	const parts = /^https:\/\/([^/?#]+)(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/i.exec(pasted);
	if (!parts) return refused('scheme');
	const host = parts[1]?.toLowerCase() ?? '';
	if (REDIRECTING_HOSTS.includes(host)) return refused('redirect');
	if (INSTAGRAM_HOSTS.includes(host)) return refused('instagram');
	if (!FACEBOOK_HOSTS.includes(host)) return refused('host');
	return readFacebookPath(parts[2] ?? '/', parts[3] ?? '');
}

function readFacebookPath(path: string, query: string): LiveReference {
	const segments = path.replace(/\/$/, '').slice(1).split('/');
	const [first, second, third, fourth] = segments;
	if (/^(?:watch|watch\/live|video\.php)$/.test(segments.join('/'))) {
		const ids = new URLSearchParams(query).getAll('v');
		return facebookVideo(ids.length === 1 ? ids[0] : undefined, null);
	}
	if (first === 'live' && second === 'producer' && segments.length === 3) {
		return facebookVideo(third, null);
	}
	if (first === 'share' || first === 'l.php') return refused('redirect');
	if (second !== 'videos' || !isPageRef(first)) return refused('path');
	if (segments.length === 3) return facebookVideo(third, first);
	if (segments.length === 4 && isSlug(third)) return facebookVideo(fourth, first);
	return refused('path');
}

function facebookVideo(videoId: string | undefined, pageRef: string | null): LiveReference {
	return isId(videoId) ? { kind: 'facebook', videoId, pageRef } : refused('path');
}

function isId(text: string | undefined): text is string {
	return text !== undefined && /^\d{1,25}$/.test(text);
}

/** A page's id, or its name in links. */
function isPageRef(text: string | undefined): text is string {
	return text !== undefined && /^[a-z0-9][a-z0-9.-]{0,99}$/i.test(text);
}

/** The title of a video as it stands in its link; never looked at. */
function isSlug(text: string | undefined): boolean {
	return text !== undefined && /^(?!\.{1,2}$)[\w%.~-]+$/.test(text);
}

function refused(why: keyof typeof WHY): LiveReference {
	return { kind: 'refused', why: WHY[why] };
}
