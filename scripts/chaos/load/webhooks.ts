import { signature256 } from '../../fake-meta/http/signature.ts';
import type { Recorder } from '../history.ts';
import type { SeededRandom } from '../random.ts';
import type { TargetShow } from './target-show.ts';

const TIMEOUT_MS = 5_000;

type Delivery = {
	readonly op: number;
	readonly body: string;
	readonly signature: string;
	readonly forged: boolean;
};

export type WebhookOptions = {
	readonly origin: string;
	readonly secret: string;
	readonly recorder: Recorder;
	readonly random: SeededRandom;
	/** Waits before the next try; rejects when the time for tries is over. */
	readonly pause: () => Promise<void>;
	readonly sayClaim: () => string;
};

/** Meta's side of webhooks: signed deliveries, sent until they are answered, doubled and out of order. */
export class Webhooks {
	readonly #options: WebhookOptions;
	#comments = 0;

	constructor(options: WebhookOptions) {
		this.#options = options;
	}

	/** Sends some deliveries at once, in any order, some of them twice, some of them forged. */
	async burst(show: TargetShow, count: number): Promise<void> {
		const { random } = this.#options;
		const deliveries = Array.from({ length: count }, () => this.#make(show, random.chance(8)));
		const doubled = deliveries.filter(() => random.chance(30));
		const all = random.shuffled([...deliveries, ...doubled]);
		await Promise.all(all.map((delivery) => this.#deliver(delivery)));
	}

	#make(show: TargetShow, forged: boolean): Delivery {
		const { random, recorder, secret, sayClaim } = this.#options;
		const count = random.between(1, 3);
		const ids = Array.from({ length: count }, () => `ig${show.liveId}${++this.#comments}`);
		const changes = ids.map((id) => ({
			field: 'live_comments',
			value: {
				from: { id: `9${random.below(40)}`, username: 'viewer' },
				media: { id: show.liveId, media_product_type: 'LIVE' },
				id,
				text: sayClaim()
			}
		}));
		const body = JSON.stringify({
			object: 'instagram',
			entry: [{ id: show.accountId, time: Math.floor(Date.now() / 1_000), changes }]
		});
		const keys = ids.map((id) => `instagram:${id}`);
		const op = recorder.invoke(show.id, { kind: 'webhook', keys, forged });
		return { op, body, signature: signature256(forged ? 'not the secret' : secret, body), forged };
	}

	/** As Meta does: again and again until somebody says 200. A forger tries once. */
	async #deliver({ op, body, signature, forged }: Delivery): Promise<void> {
		const { recorder, origin, pause } = this.#options;
		for (;;) {
			const status = await this.#post(`${origin}/webhooks/meta`, body, signature);
			if (status === 200) return recorder.note({ type: 'ok', op, comment: null });
			if (status === 401) return recorder.note({ type: 'fail', op, code: 'forged' });
			recorder.note({ type: 'unknown', op, why: String(status ?? 'no answer') });
			if (forged) return;
			try {
				await pause();
			} catch {
				return;
			}
		}
	}

	async #post(url: string, body: string, signature: string): Promise<number | null> {
		try {
			const response = await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
				body,
				signal: AbortSignal.timeout(TIMEOUT_MS)
			});
			await response.arrayBuffer();
			return response.status;
		} catch {
			return null;
		}
	}
}
