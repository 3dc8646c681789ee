import { z } from 'zod';
import { metaJson } from '../http/escape.ts';
import { signature256 } from '../http/signature.ts';
import type { Parts } from '../parts.ts';
import { unixSeconds } from '../world/wire-time.ts';
import type { AppSubscriptions } from './app-subscription.ts';
import type { Deliveries } from './deliveries.ts';
import { deliveryHeaders } from './envelope.ts';

export const forgeSchema = z.strictObject({
	/**
	 * `wrongSecret`: signed with another secret. `unsigned`: no signature. `tampered`: a signed body that
	 * was changed afterwards. `reencoded`: the signature of the body after parse and stringify, which
	 * differs for everything beyond ASCII. `sha1Only`: only the legacy header. `shortSignature`: half of it.
	 */
	kind: z.enum(['wrongSecret', 'unsigned', 'tampered', 'reencoded', 'sha1Only', 'shortSignature']),
	/** Where the comment pretends to be from. */
	accountId: z.string(),
	mediaId: z.string().default('18000000000000000'),
	commentId: z.string().default('17900000000000000'),
	text: z.string().default('sold 1 café')
});

export const floodSchema = z.strictObject({
	count: z.number().int().positive(),
	/** With the right signature, or a wrong one. */
	signed: z.boolean().default(false),
	concurrency: z.number().int().positive().default(20),
	/** Size of each body, at least. */
	bytes: z.number().int().positive().default(500)
});

/** How often each status came back; `none` for no answer. */
export type StatusCounts = Record<string, number>;

/** Deliveries that Meta would not send, or not now. */
export class Attacks {
	readonly #parts: Parts;
	readonly #deliveries: Deliveries;
	readonly #subscriptions: AppSubscriptions;

	constructor(parts: Parts, deliveries: Deliveries, subscriptions: AppSubscriptions) {
		this.#parts = parts;
		this.#deliveries = deliveries;
		this.#subscriptions = subscriptions;
	}

	/** Sends a forged comment of Instagram once. Returns the status of the answer; null: none. */
	async forge(input: z.input<typeof forgeSchema>): Promise<number | null> {
		const { kind, accountId, mediaId, commentId, text } = forgeSchema.parse(input);
		const body = this.#body(accountId, {
			from: { id: '7000000000000003', username: 'mallory' },
			media: { id: mediaId, media_product_type: 'LIVE' },
			id: commentId,
			text
		});
		const { appSecret } = this.#parts.app;
		const headers = deliveryHeaders(appSecret, body);
		const url = this.#callbackUrl();
		const { 'x-hub-signature-256': right = '', 'x-hub-signature': legacy = '' } = headers;
		const json = { 'content-type': 'application/json' };
		const post = (sentBody: string, extra: Record<string, string>): Promise<number | null> =>
			this.#deliveries.post({ url, body: sentBody, headers: { ...json, ...extra } });
		switch (kind) {
			case 'wrongSecret':
				return post(body, deliveryHeaders('not the app secret', body));
			case 'unsigned':
				return post(body, {});
			case 'tampered':
				return post(body.replace('mallory', 'mallorx'), headers);
			case 'reencoded':
				return post(body, {
					'x-hub-signature-256': signature256(appSecret, JSON.stringify(JSON.parse(body)))
				});
			case 'sha1Only':
				return post(body, { 'x-hub-signature': legacy });
			case 'shortSignature':
				return post(body, { 'x-hub-signature-256': right.slice(0, 39) });
		}
	}

	/** Sends `count` deliveries as fast as they are answered. */
	async flood(input: z.input<typeof floodSchema>): Promise<StatusCounts> {
		const { count, signed, concurrency, bytes } = floodSchema.parse(input);
		const url = this.#callbackUrl();
		const statuses: StatusCounts = {};
		let left = count;
		const work = async (): Promise<void> => {
			while (left-- > 0) {
				const body = this.#body('1', { id: `flood-${left}`, text: 'x'.repeat(bytes) });
				const secret = signed ? this.#parts.app.appSecret : 'not the app secret';
				const headers = deliveryHeaders(secret, body);
				const status = String((await this.#deliveries.post({ url, body, headers })) ?? 'none');
				statuses[status] = (statuses[status] ?? 0) + 1;
			}
		};
		await Promise.all(Array.from({ length: concurrency }, work));
		return statuses;
	}

	/** Sends old deliveries again, byte for byte: the last `count`, or all that are kept. */
	async replay(count?: number): Promise<StatusCounts> {
		const statuses: StatusCounts = {};
		for (const delivery of this.#deliveries.history.slice(count === undefined ? 0 : -count)) {
			const status = String((await this.#deliveries.post(delivery)) ?? 'none');
			statuses[status] = (statuses[status] ?? 0) + 1;
		}
		return statuses;
	}

	#body(accountId: string, value: object): string {
		const entry = [
			{
				id: accountId,
				time: unixSeconds(this.#parts.clock.now()),
				changes: [{ field: 'live_comments', value }]
			}
		];
		return metaJson({ object: 'instagram', entry });
	}

	#callbackUrl(): string {
		const subscription = this.#subscriptions.get('instagram') ?? this.#subscriptions.get('page');
		if (!subscription) throw new Error('no callback is subscribed: subscribeApp first');
		return subscription.callbackUrl;
	}
}
