import { failpoint } from '../failpoints.ts';
import type { Logger } from '../observability/logger.ts';
import type { MetaSettings } from './meta/settings.ts';
import { equalSecrets, verifyWebhookSignature } from './meta/signature.ts';
import type { ChannelObserver } from './observer.ts';

/** Meta batches up to 1,000 updates (PLATFORMS 3.5); what is larger is none of Meta's. */
export const MAX_WEBHOOK_BYTES = 4_000_000;
/** Deliveries that are taken in at the same time by one process; Meta comes again with the others. */
const MAX_IN_FLIGHT = 64;

export type Receipt =
	/** Stored; answer 200. A repeated delivery is stored once. */
	| 'accepted'
	/** Not signed by Meta; answer 401. */
	| 'forged'
	/** Too much at once; answer 503. */
	| 'busy';

export type WebhookReceiverOptions = {
	readonly settings: MetaSettings;
	/** Stores the delivery for good, once. */
	readonly enqueue: (rawText: string) => Promise<void>;
	readonly logger: Logger;
	readonly observer?: ChannelObserver;
};

const SIGNATURE = /^sha256=[0-9a-f]{64}$/;

/**
 * Takes Meta's webhook deliveries in: checks the signature over the raw bytes, stores them, and leaves
 * everything else to a worker, so that Meta has its answer at once (PLATFORMS 0.1, 3.5). Nothing is decoded
 * before the signature was found right.
 */
export class WebhookReceiver {
	readonly #options: WebhookReceiverOptions;
	#inFlight = 0;
	#forged = 0;
	#refusedBusy = 0;

	constructor(options: WebhookReceiverOptions) {
		this.#options = options;
	}

	/** The handshake of PLATFORMS 3.2: what to answer, or null for a caller who is not Meta. */
	challenge(query: URLSearchParams): string | null {
		const token = query.get('hub.verify_token');
		const challenge = query.get('hub.challenge');
		if (query.get('hub.mode') !== 'subscribe' || token === null || challenge === null) return null;
		return equalSecrets(token, this.#options.settings.verifyToken) ? challenge : null;
	}

	/** Whether it is worth reading the body: a header that can't be right is refused unread. */
	looksSigned(signature: string | null): boolean {
		return signature !== null && SIGNATURE.test(signature);
	}

	/**
	 * `readBody` is called only while few deliveries are in flight. It gives null for a body that is too
	 * large. Logs and throws when the delivery can't be read or stored: Meta comes again.
	 */
	async receive(
		signature: string | null,
		readBody: () => Promise<Uint8Array | null>
	): Promise<Receipt> {
		const { observer, logger } = this.#options;
		try {
			const receipt = await this.#receive(signature, readBody);
			observer?.webhookReceived(receipt);
			return receipt;
		} catch (error) {
			observer?.webhookReceived('failed');
			// An error's name, code and message alone: never what was delivered.
			logger.warn({ err: error }, 'a webhook delivery was not stored');
			throw error;
		}
	}

	async #receive(
		signature: string | null,
		readBody: () => Promise<Uint8Array | null>
	): Promise<Receipt> {
		if (!this.looksSigned(signature)) return this.#refuse();
		if (this.#inFlight >= MAX_IN_FLIGHT) return this.#refuseBusy();
		this.#inFlight++;
		try {
			const raw = await readBody();
			const { webhookSecrets } = this.#options.settings;
			if (!raw || !verifyWebhookSignature(raw, signature, webhookSecrets)) return this.#refuse();
			await this.#options.enqueue(new TextDecoder().decode(raw));
			failpoint('webhook-stored');
			return 'accepted';
		} finally {
			this.#inFlight--;
		}
	}

	/** A secret that was changed at Meta and not here would lose everything, so it must not go unseen. */
	#refuse(): Receipt {
		this.#tellCount(++this.#forged, 'webhooks without a valid signature');
		return 'forged';
	}

	#refuseBusy(): Receipt {
		this.#tellCount(++this.#refusedBusy, 'webhooks refused: too many at once');
		return 'busy';
	}

	/** The first, the tenth, the hundredth …: floods must not fill the log. */
	#tellCount(count: number, what: string): void {
		if (Number.isInteger(Math.log10(count))) this.#options.logger.warn({ count }, what);
	}
}
