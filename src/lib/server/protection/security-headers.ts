/**
 * Headers of every response, whoever makes it: pages, the API, static files, and the plain page that stands
 * in when nothing else works. The source of each: https://owasp.org/www-project-secure-headers/
 */
const BASE_HEADERS: Readonly<Record<string, string>> = {
	'x-content-type-options': 'nosniff',
	'x-frame-options': 'DENY',
	// Our addresses hold ids and invitations; other sites learn nothing of them.
	'referrer-policy': 'same-origin',
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
	'x-permitted-cross-domain-policies': 'none',
	'permissions-policy':
		'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), ' +
		'magnetometer=(), microphone=(), midi=(), payment=(), usb=()'
};

/** For what is no page: nothing may be run, loaded or framed, but the stand-in page may be styled. */
const BARE_POLICY =
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A year. Without subdomains: they are not ours to decide about. */
const HTTPS_ONLY = 'max-age=31536000';

/** The headers of a response that brings no policy of its own. `https`: browsers reach us over TLS. */
export function securityHeaders(https: boolean): Readonly<Record<string, string>> {
	return {
		...BASE_HEADERS,
		'content-security-policy': BARE_POLICY,
		...(https ? { 'strict-transport-security': HTTPS_ONLY } : {})
	};
}
