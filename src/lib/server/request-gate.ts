import { addressGroup } from './auth/client-address.ts';
import type { Member } from './auth/member.ts';
import type { Config } from './config.ts';
import { AppError } from './errors.ts';
import { InFlight } from './protection/in-flight.ts';
import type { Cap } from './protection/open-counts.ts';
import type { RequestLimits } from './protection/request-limits.ts';
import { TRPC_ENDPOINT } from './trpc/http.ts';

/** Requests that this process works on at the same time; bodies of one megabyte at most may be in memory. */
const MAX_IN_FLIGHT = 500;
/** Of these, requests of one address, and of one session: a page asks for a handful at once. */
const MAX_OF_ADDRESS = 100;
const MAX_OF_SESSION = 30;
/** A pasted list of items is the largest form. */
const MAX_FORM_BYTES = 1024 * 1024;
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export type GatedRequest = {
	readonly method: string;
	readonly pathname: string;
	readonly headers: Headers;
	readonly address: string;
	/** What the session's cookie says; it may be anything. */
	readonly sessionId: string | null;
};

const isApi = (pathname: string): boolean => pathname.startsWith(`${TRPC_ENDPOINT}/`);

/** The limits that every HTTP request passes but health checks and webhooks (docs/operations/limits.md). */
export class RequestGate {
	readonly #limits: RequestLimits;
	readonly #environment: Config['environment'];
	readonly #inFlight: InFlight;

	constructor({
		limits,
		config
	}: {
		readonly limits: RequestLimits;
		readonly config: Pick<Config, 'environment'>;
	}) {
		this.#limits = limits;
		this.#environment = config.environment;
		this.#inFlight = new InFlight(MAX_IN_FLIGHT, limits.countRefusal);
	}

	/**
	 * Runs `work` for a request that may come in. Throws `RATE_LIMITED` and `UNAVAILABLE` (details:
	 * `retryAfterSeconds`) and `TOO_LARGE` for a form that is too large.
	 */
	async run<Result>(request: GatedRequest, work: () => Promise<Result>): Promise<Result> {
		if (!this.#makesComments(request.pathname)) this.#limits.admitRequest(request.address);
		checkForm(request);
		return await this.#inFlight.run(shareOf(request), work);
	}

	/** Counts a page or a form once it is known whose it is; calls of the API count themselves. */
	admitPage({ method, pathname, address }: GatedRequest, member: Member | null): void {
		if (isApi(pathname)) return;
		if (!member) this.#limits.admitSignedOut(address);
		else this.#limits.admitCall(member, READING.has(method) ? 'query' : 'mutation');
	}

	/** The debug procedures make thousands of comments a second; in production they don't exist. */
	#makesComments(pathname: string): boolean {
		return this.#environment !== 'production' && pathname.startsWith(`${TRPC_ENDPOINT}/debug.`);
	}
}

/** By the session that a request names, before anybody has looked whether it exists: that takes Postgres. */
function shareOf({ address, sessionId }: GatedRequest): Cap[] {
	const ofAddress = { key: `address ${addressGroup(address)}`, limit: MAX_OF_ADDRESS };
	if (sessionId === null) return [ofAddress];
	return [ofAddress, { key: `session ${sessionId}`, limit: MAX_OF_SESSION }];
}

/** Browsers say how long a form is, and Node holds them to it. The API counts for itself what it reads. */
function checkForm({ method, pathname, headers }: GatedRequest): void {
	if (READING.has(method) || isApi(pathname)) return;
	const length = headers.get('content-length');
	const isChunked = length === null && headers.has('transfer-encoding');
	if (isChunked || Number(length ?? 0) > MAX_FORM_BYTES) {
		throw new AppError('TOO_LARGE', { message: 'This form is too large.' });
	}
}
