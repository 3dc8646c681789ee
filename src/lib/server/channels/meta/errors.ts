import { explain } from './explain.ts';

/** What we do about an error of Meta's (PLATFORMS 1.8). */
export type MetaErrorKind =
	/** The token is dead; only the seller can give a new one. */
	| 'needs_reauth'
	/** A permission is missing or a feature is not open to this app. The token stays good. */
	| 'permission'
	/** Too many calls: back off, until `retryAfterMs` where Meta says so. */
	| 'throttled'
	/** The app is limited or blocked for policy: stop, or back off for long. */
	| 'blocked'
	/** Meta's side, or the way there: try again with growing pauses. */
	| 'transient'
	/** Our request is wrong; repeating it is of no use. Never says that a live has ended. */
	| 'bad_request'
	/** The object is gone or not visible: look at its status again. */
	| 'not_found'
	/** There is no such id. */
	| 'unknown_id';

export type MetaErrorFacts = {
	readonly code?: number | null;
	readonly subcode?: number | null;
	/** The HTTP status; null when there was no answer. */
	readonly status?: number | null;
	readonly retryAfterMs?: number | null;
	readonly traceId?: string | null;
	/** In place of the sentence that goes with kind and code. */
	readonly explanation?: string;
};

/**
 * A call to Meta that failed. The message names code, method and path; neither it nor anything else
 * in here holds a token, a query or Meta's own words, which may carry names.
 */
export class MetaError extends Error {
	override readonly name = 'MetaError';
	readonly kind: MetaErrorKind;
	readonly code: number | null;
	readonly subcode: number | null;
	readonly status: number | null;
	/** How long Meta asks us to wait, in ms. */
	readonly retryAfterMs: number | null;
	readonly traceId: string | null;
	/** One sentence or two for the seller: what happened and what to do. */
	readonly explanation: string;

	constructor(kind: MetaErrorKind, message: string, facts: MetaErrorFacts = {}) {
		super(message);
		this.kind = kind;
		this.code = facts.code ?? null;
		this.subcode = facts.subcode ?? null;
		this.status = facts.status ?? null;
		this.retryAfterMs = facts.retryAfterMs ?? null;
		this.traceId = facts.traceId ?? null;
		this.explanation = facts.explanation ?? explain(kind, this.code, this.subcode);
	}
}

const THROTTLED: ReadonlySet<number> = new Set([4, 17, 32, 613, 80001, 80002]);
const BLOCKED: ReadonlySet<number> = new Set([341, 368]);
const TOKEN_DEAD: ReadonlySet<number> = new Set([102, 190]);
const META_SIDE: ReadonlySet<number> = new Set([1, 2]);

const OBJECT_MISSING = 33;

/**
 * Sorts an error by its code, never by HTTP status or `type`: rate limits come as 400, 403 and 429 and
 * nearly everything is an `OAuthException` (PLATFORMS 1.8, 1.12). A throttle stays one although it
 * says `is_transient`; of everything else that word says that the same call may succeed later.
 */
export function classifyCode(
	code: number,
	subcode: number | null = null,
	isTransient = false
): MetaErrorKind {
	if (THROTTLED.has(code)) return 'throttled';
	if (BLOCKED.has(code)) return 'blocked';
	if (isTransient || META_SIDE.has(code)) return 'transient';
	if (TOKEN_DEAD.has(code)) return 'needs_reauth';
	if (code === 10 || (code >= 200 && code <= 299)) return 'permission';
	if (code === 100 && subcode === OBJECT_MISSING) return 'not_found';
	if (code === 803) return 'unknown_id';
	return 'bad_request';
}
