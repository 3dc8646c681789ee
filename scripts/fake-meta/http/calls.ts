/** What can be called; failures and counts go by these names. */
export const ENDPOINTS = [
	'dialog',
	'token',
	'exchange_token',
	'debug_token',
	'me',
	'accounts',
	'permissions',
	'revoke',
	'subscriptions',
	'subscribed_apps',
	'person',
	'page',
	'live_videos',
	'live_video',
	'comments',
	'comment',
	'ids',
	'stream',
	'instagram_account',
	'live_media',
	'media',
	'media_comments',
	'instagram_comment',
	'ig_dialog',
	'ig_token',
	'ig_exchange',
	'ig_refresh',
	'elsewhere',
	'unknown'
] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/** What is kept of a call. Tokens, codes, secrets and proofs are not. */
export type CallRecord = {
	readonly endpoint: Endpoint;
	readonly method: string;
	/** First path segment: `graph`, `ig-graph`, … */
	readonly host: string;
	/** Path after host and version. */
	readonly path: string;
	readonly query: Readonly<Record<string, string>>;
	readonly hasTokenInUrl: boolean;
	/** Epoch ms by the fake's clock. */
	readonly at: number;
};

const SECRET_PARAMS = new Set([
	'access_token',
	'appsecret_proof',
	'client_secret',
	'code',
	'fb_exchange_token',
	'input_token',
	'state',
	'hub.verify_token',
	'verify_token'
]);
/** Where Meta documents the token in the URL and nowhere else (PLATFORMS 1.10, 2.4). */
export const TOKEN_BELONGS_IN_URL: ReadonlySet<Endpoint> = new Set([
	'ig_exchange',
	'ig_refresh',
	'stream'
]);
const KEPT_RECORDS = 20_000;

/** The parameters that may be kept. */
export function withoutSecrets(query: URLSearchParams): Record<string, string> {
	return Object.fromEntries([...query].filter(([name]) => !SECRET_PARAMS.has(name)));
}

/** Everything that was asked of the fake, counted per endpoint. */
export class Calls {
	readonly #counts = new Map<Endpoint, number>();
	readonly #records: CallRecord[] = [];
	#tokensInUrls = 0;

	add(record: CallRecord): void {
		this.#counts.set(record.endpoint, this.count(record.endpoint) + 1);
		if (record.hasTokenInUrl && !TOKEN_BELONGS_IN_URL.has(record.endpoint)) this.#tokensInUrls++;
		this.#records.push(record);
		if (this.#records.length > KEPT_RECORDS) this.#records.shift();
	}

	/** Calls of one endpoint; of all without a name. */
	count(endpoint?: Endpoint): number {
		if (endpoint) return this.#counts.get(endpoint) ?? 0;
		return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
	}

	/** Calls with `access_token=` in the URL where a header would have done. */
	get tokensInUrls(): number {
		return this.#tokensInUrls;
	}

	/** The last 20,000 calls, oldest first; those of one endpoint when named. */
	list(endpoint?: Endpoint): readonly CallRecord[] {
		if (!endpoint) return [...this.#records];
		return this.#records.filter((record) => record.endpoint === endpoint);
	}

	/** Counts by endpoint, only of what was called. */
	toJSON(): Record<string, number> {
		return Object.fromEntries(this.#counts);
	}

	/** Forgets everything. */
	reset(): void {
		this.#counts.clear();
		this.#records.length = 0;
		this.#tokensInUrls = 0;
	}
}
