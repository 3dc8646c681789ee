import { z } from 'zod';
import type { Parts } from '../parts.ts';
import { randomFor } from '../world/random.ts';

/** What the app's dashboard has about notifications: per object, where to and of what. */
export type AppSubscription = {
	readonly callbackUrl: string;
	readonly fields: ReadonlySet<string>;
};
export type WebhookObject = 'page' | 'instagram';

export const subscribeAppSchema = z.strictObject({
	callbackUrl: z.url({ protocol: /^https?$/ }),
	/** Asked with in the handshake; the app's own unless told. */
	verifyToken: z.string().optional(),
	objects: z.array(z.enum(['page', 'instagram'])).default(['page', 'instagram'])
});
export type SubscribeAppInput = z.input<typeof subscribeAppSchema>;

const DEFAULT_FIELDS: Readonly<Record<WebhookObject, readonly string[]>> = {
	page: ['feed', 'live_videos'],
	instagram: ['comments', 'live_comments']
};

/** The callback that Meta knows, once the handshake with it went well (PLATFORMS 3.2). */
export class AppSubscriptions {
	readonly #parts: Parts;
	readonly #random;
	readonly #byObject = new Map<WebhookObject, AppSubscription>();

	constructor(parts: Parts) {
		this.#parts = parts;
		this.#random = randomFor(parts.seed, 'handshake');
	}

	get(object: WebhookObject): AppSubscription | null {
		return this.#byObject.get(object) ?? null;
	}

	/** What the dashboard's "Verify and save" does. @throws Error when the callback answers wrongly */
	async subscribe(input: SubscribeAppInput): Promise<void> {
		const { callbackUrl, verifyToken, objects } = subscribeAppSchema.parse(input);
		for (const object of objects) {
			await this.save({ object, callbackUrl, verifyToken, fields: DEFAULT_FIELDS[object] });
		}
	}

	async save(wanted: {
		readonly object: WebhookObject;
		readonly callbackUrl: string;
		readonly verifyToken?: string | undefined;
		readonly fields: readonly string[];
	}): Promise<void> {
		await this.#handshake(wanted.callbackUrl, wanted.verifyToken ?? this.#parts.app.verifyToken);
		const { callbackUrl, fields } = wanted;
		this.#byObject.set(wanted.object, { callbackUrl, fields: new Set(fields) });
	}

	remove(object: WebhookObject): void {
		this.#byObject.delete(object);
	}

	async #handshake(callbackUrl: string, verifyToken: string): Promise<void> {
		const url = new URL(callbackUrl);
		if (url.search !== '') throw new Error('the callback URL must have no query string');
		const challenge = String(this.#random.int(1_000_000_000, 2_000_000_000));
		url.searchParams.set('hub.mode', 'subscribe');
		url.searchParams.set('hub.challenge', challenge);
		url.searchParams.set('hub.verify_token', verifyToken);
		const signal = AbortSignal.timeout(this.#parts.knobs.values.webhooks.timeoutMs);
		const response = await fetch(url, { redirect: 'manual', signal });
		const body = await response.text();
		if (response.status !== 200 || body !== challenge) {
			throw new Error(
				`the callback URL couldn't be validated: HTTP ${response.status}, ${body === challenge ? 'the challenge' : 'something else than the challenge'}`
			);
		}
	}
}
