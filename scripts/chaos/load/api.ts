import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SESSION_COOKIE } from '../../../src/lib/server/auth/session-cookie.ts';

/** What came of a call over HTTP. */
export type Answer =
	| { readonly kind: 'ok'; readonly data: unknown }
	/** Refused by a rule of the product: nothing was changed. */
	| { readonly kind: 'fail'; readonly code: string }
	/** No answer, or one that does not say whether it was done. */
	| { readonly kind: 'unknown'; readonly why: string };

const okSchema = z.object({ result: z.object({ data: z.unknown() }) });
const errorSchema = z.object({ error: z.object({ data: z.object({ appCode: z.string() }) }) });

/** Answers that say nothing about whether the call was done. */
const SILENT_CODES = new Set(['UNAVAILABLE', 'INTERNAL', 'RATE_LIMITED', 'SIGNED_OUT']);

const TIMEOUT_MS = 5_000;
const REGISTER_ATTEMPTS = 20;

/** The product's API over HTTP, as a browser of one operator calls it. */
export class Api {
	readonly origin: string;
	#cookie = '';

	constructor(origin: string) {
		this.origin = origin;
	}

	/** For the WebSocket. */
	get headers(): Record<string, string> {
		return { cookie: this.#cookie, origin: this.origin };
	}

	/** Makes an account with a workspace and stays signed in. */
	async register(account: {
		readonly email: string;
		readonly password: string;
		readonly name: string;
		readonly workspaceName: string;
	}): Promise<void> {
		for (let attempt = 1; ; attempt++) {
			const response = await this.#post('auth.register', account).catch(() => null);
			const session = response?.headers
				.getSetCookie()
				.find((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`));
			if (session !== undefined) {
				this.#cookie = session.split(';')[0] ?? '';
				return;
			}
			if (attempt === REGISTER_ATTEMPTS) throw new Error('the account could not be made');
			await sleep(100);
		}
	}

	async query(procedure: string): Promise<unknown> {
		const response = await fetch(`${this.origin}/api/trpc/${procedure}`, {
			headers: this.headers,
			signal: AbortSignal.timeout(TIMEOUT_MS)
		});
		return okSchema.parse(await response.json()).result.data;
	}

	/** Never throws. */
	async mutate(procedure: string, input: object): Promise<Answer> {
		try {
			const response = await this.#post(procedure, input);
			const body: unknown = await response.json();
			const ok = okSchema.safeParse(body);
			if (response.ok && ok.success) return { kind: 'ok', data: ok.data.result.data };
			const code = errorSchema.safeParse(body).data?.error.data.appCode ?? 'INTERNAL';
			return SILENT_CODES.has(code) ? { kind: 'unknown', why: code } : { kind: 'fail', code };
		} catch (error) {
			return { kind: 'unknown', why: error instanceof Error ? error.name : 'error' };
		}
	}

	/**
	 * Calls until it is done; for what a round needs before its trouble starts. `done`: the refusal of a
	 * call that was done already, by an attempt that got no answer.
	 */
	async must(procedure: string, input: object, done = ''): Promise<unknown> {
		for (let attempt = 1; ; attempt++) {
			const answer = await this.mutate(procedure, input);
			if (answer.kind === 'ok') return answer.data;
			if (answer.kind === 'fail' && answer.code === done) return null;
			if (answer.kind === 'fail') throw new Error(`${procedure} was refused: ${answer.code}`);
			if (attempt === REGISTER_ATTEMPTS) throw new Error(`${procedure} failed: ${answer.why}`);
			await sleep(200);
		}
	}

	async #post(procedure: string, input: object): Promise<Response> {
		return await fetch(`${this.origin}/api/trpc/${procedure}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...this.headers },
			body: JSON.stringify(input),
			signal: AbortSignal.timeout(TIMEOUT_MS)
		});
	}
}
