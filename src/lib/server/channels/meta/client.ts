import type { z } from 'zod';
import { readAnswer } from './answer.ts';
import { MetaError } from './errors.ts';
import { requestUrl } from './request-url.ts';
import type { MetaHost } from './request-url.ts';
import type { MetaSettings } from './settings.ts';
import type { Usage } from './usage.ts';

export { graphPath } from './path.ts';
export type { MetaHost } from './request-url.ts';

/** How long an answer may take, body included; of a stream, how long until it begins. */
export const REQUEST_TIMEOUT_MS = 10_000;

export type MetaRequest = {
	/** Default `graph`. */
	readonly host?: MetaHost;
	/** Default `GET`. */
	readonly method?: 'GET' | 'POST' | 'DELETE';
	/** Without the version; made by `graphPath`. */
	readonly path: string;
	/** Whether the version stands before the path. Default true. */
	readonly versioned?: boolean;
	/** Sent as `Authorization: Bearer`, with `appsecret_proof` in the query. */
	readonly token?: string | null;
	readonly query?: Readonly<Record<string, string>>;
	readonly form?: Readonly<Record<string, string>>;
	readonly signal?: AbortSignal;
};

export type MetaAnswer<T> = { readonly data: T; readonly usage: Usage | null };

/** What a header can carry. `fetch` would quote a token with anything else in its error. */
const SENDABLE = /^[\x21-\x7e]+$/;
const ERROR_CODE = /^[A-Z_]{1,40}$/;

/** What errors call a request: never its query. */
function labelOf({ method = 'GET', path }: MetaRequest): string {
	return `${method} ${path}`;
}

/** `ECONNREFUSED` and the like, which `fetch` hides in the cause. The rest of it may quote an address. */
function networkCode(error: unknown): string {
	const cause = error instanceof Error ? error.cause : null;
	const code = cause instanceof Error && 'code' in cause ? cause.code : null;
	return typeof code === 'string' && ERROR_CODE.test(code) ? ` (${code})` : '';
}

/**
 * Calls to Meta over HTTP, on connections that are kept. Every failure is a `MetaError`, except the
 * caller's own abort, which throws the signal's reason. Redirects are never followed: they could carry
 * a token to another host.
 */
export class MetaClient {
	readonly settings: MetaSettings;

	constructor(settings: MetaSettings) {
		this.settings = settings;
	}

	/** The app's own token (PLATFORMS 1.3). For the server only. */
	appToken(): string {
		return `${this.settings.appId}|${this.settings.appSecret}`;
	}

	/**
	 * One call, its answer read by `schema`. An answer of 200 that does not fit is never "nothing
	 * there": it throws `transient` without a code.
	 */
	request<T>(request: MetaRequest, schema: z.ZodType<T>): Promise<MetaAnswer<T>> {
		const label = labelOf(request);
		return this.#withTimeout(request, async (signal) => {
			const response = await this.#send(request, 'header', signal);
			const { body, usage } = await readAnswer(response, label);
			const parsed = schema.safeParse(body);
			if (parsed.success) return { data: parsed.data, usage };
			throw new MetaError('transient', `Meta’s answer to ${label} has an unknown shape`, {
				status: response.status
			});
		});
	}

	/**
	 * Opens server-sent events (PLATFORMS 2.4) and resolves when they begin. From then on reading may
	 * fail in any way that a connection can, and `fetch` itself cuts it after 5 minutes of silence: take
	 * either as a cut. `signal` ends the stream.
	 */
	openStream(
		request: MetaRequest & { readonly tokenIn: 'query' | 'header' }
	): Promise<ReadableStream<Uint8Array>> {
		const label = labelOf(request);
		return this.#withTimeout(request, async (signal) => {
			const response = await this.#send(request, request.tokenIn, signal);
			const type = response.headers.get('content-type') ?? '';
			const isStream = response.status === 200 && type.startsWith('text/event-stream');
			if (isStream && response.body !== null) return response.body;
			await readAnswer(response, label);
			throw new MetaError('transient', `Meta’s answer to ${label} is no stream of events`, {
				status: response.status
			});
		});
	}

	#send(request: MetaRequest, tokenIn: 'query' | 'header', signal: AbortSignal): Promise<Response> {
		const { method = 'GET', token = null, form } = request;
		const url = requestUrl(this.settings, request, tokenIn);
		if (token !== null && !SENDABLE.test(token)) {
			throw new MetaError('bad_request', 'A token holds characters that no token has');
		}
		const headers = new Headers();
		if (token !== null && tokenIn === 'header') headers.set('authorization', `Bearer ${token}`);
		const body = form === undefined ? null : new URLSearchParams(form);
		return fetch(url, { method, headers, body, signal, redirect: 'manual' });
	}

	/** Runs a call for as long as it may take; whatever it throws becomes a `MetaError`. */
	async #withTimeout<T>(
		request: MetaRequest,
		call: (signal: AbortSignal) => Promise<T>
	): Promise<T> {
		const timeout = new AbortController();
		const timer = setTimeout(() => timeout.abort(), REQUEST_TIMEOUT_MS);
		const signals = [timeout.signal, ...(request.signal ? [request.signal] : [])];
		try {
			return await call(AbortSignal.any(signals));
		} catch (error) {
			if (error instanceof MetaError) throw error;
			request.signal?.throwIfAborted();
			const what = timeout.signal.aborted ? 'in time' : `that can be read${networkCode(error)}`;
			// Without a cause: what `fetch` throws may quote an address or a header.
			throw new MetaError('transient', `Meta gave no answer ${what} to ${labelOf(request)}`);
		} finally {
			clearTimeout(timer);
		}
	}
}
