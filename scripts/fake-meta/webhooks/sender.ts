import type { Random } from '../../../src/lib/server/rehearsal/generator/random.ts';
import type { Parts } from '../parts.ts';
import { randomFor } from '../world/random.ts';
import { unixSeconds } from '../world/wire-time.ts';
import type { WorldEvent } from '../world/world-events.ts';
import type { AppSubscriptions } from './app-subscription.ts';
import { Deliveries } from './deliveries.ts';
import { deliveryBody, deliveryHeaders } from './envelope.ts';
import type { Shaped } from './envelope.ts';
import { feedComment, feedNoise, instagramComment, liveVideoStatus } from './notification.ts';
import type { InstagramShape, Notification } from './notification.ts';

const SHAPES: readonly InstagramShape[] = ['A', 'B', 'C'];

/** Turns what happens into signed deliveries, with the trouble that the knobs ask for. */
export class WebhookSender {
	readonly deliveries: Deliveries;
	readonly #parts: Parts;
	readonly #subscriptions: AppSubscriptions;
	readonly #random: Random;
	#gathered: Shaped[] = [];
	#flush: NodeJS.Timeout | null = null;
	/** Notifications that were lost on purpose. */
	dropped = 0;

	constructor(parts: Parts, subscriptions: AppSubscriptions) {
		this.#parts = parts;
		this.#subscriptions = subscriptions;
		this.#random = randomFor(parts.seed, 'webhooks');
		this.deliveries = new Deliveries(parts);
		parts.world.onEvent((event) => this.#tell(event));
	}

	/** Resolves when nothing is gathered, delayed, under way or to be tried again. */
	async delivered(): Promise<void> {
		do {
			if (this.#gathered.length > 0) this.flush();
			await this.deliveries.idle();
		} while (this.#gathered.length > 0);
	}

	/** Notifications and deliveries that have not arrived and are not given up. */
	get pending(): number {
		return this.#gathered.length + this.deliveries.pending;
	}

	/** Lets go what `hold` held back. Returns how many deliveries those are. */
	release(order: 'given' | 'reverse' | 'random'): number {
		if (this.#gathered.length > 0) this.flush();
		this.#parts.knobs.set({ webhooks: { hold: false } });
		return this.deliveries.release((waiting) => {
			if (order === 'given') return [...waiting];
			return order === 'reverse' ? waiting.toReversed() : this.#shuffled(waiting);
		});
	}

	stop(): void {
		if (this.#flush) clearTimeout(this.#flush);
		this.#gathered = [];
		this.deliveries.stop();
	}

	#tell(event: WorldEvent): void {
		switch (event.type) {
			case 'facebook_status':
				this.#notify(liveVideoStatus(event.live, event.status));
				return;
			case 'facebook_comment': {
				const verb = event.verb === 'repeat' ? 'add' : event.verb;
				if (this.#random.chance(this.#knobs.noiseShare)) {
					const item = this.#random.pick(['reaction', 'status'] as const);
					this.#notify(feedNoise(event.live, item, this.#parts.clock.now()));
				}
				this.#notify(feedComment(event.live, event.comment, verb));
				return;
			}
			case 'instagram_comment': {
				const { instagramShape, selfIdOnEverybody, instagramLoginSecret } = this.#knobs;
				const shape = instagramShape === 'mixed' ? this.#random.pick(SHAPES) : instagramShape;
				const isLogin = event.live.account.page === null;
				const secret = isLogin ? instagramLoginSecret : 'app';
				const how = { shape, selfIdOnEverybody, secret };
				this.#notify(instagramComment(event.live, event.comment, how), shape);
			}
		}
	}

	get #knobs() {
		return this.#parts.knobs.values.webhooks;
	}

	/** Takes a notification if its account is subscribed. */
	#notify(notification: Notification, shape: InstagramShape = 'A'): void {
		if (!this.#isSubscribed(notification)) return;
		const { mutedFields, dropShare, gatherMs } = this.#knobs;
		if (mutedFields.includes(notification.field) || this.#random.chance(dropShare)) {
			this.dropped++;
			return;
		}
		this.#gathered.push({ notification, shape });
		this.#flush ??= setTimeout(() => this.flush(), gatherMs);
	}

	/** App and account must both have subscribed (PLATFORMS 3.1). */
	#isSubscribed({ object, accountId, field }: Notification): boolean {
		if (!this.#subscriptions.get(object)?.fields.has(field)) return false;
		if (object === 'page') {
			return this.#parts.world.pages.get(accountId)?.subscribedFields.has(field) === true;
		}
		const account = this.#parts.world.instagramAccounts.get(accountId);
		// With Facebook Login the page's subscription is what counts, whatever its fields.
		const viaPage = (account?.page?.subscribedFields.size ?? 0) > 0;
		return viaPage || account?.subscribedFields.has(field) === true;
	}

	/** Makes deliveries of what was gathered. */
	flush(): void {
		this.#flush = null;
		const gathered = this.#knobs.shuffle ? this.#shuffled(this.#gathered) : this.#gathered;
		this.#gathered = [];
		const groups = Map.groupBy(
			gathered,
			({ notification: { object, secret } }) => `${object} ${secret}`
		);
		// Orderly: what happened first goes out first, also across objects.
		if (this.#knobs.batch.max === 1) for (const shaped of gathered) this.#deliver([shaped]);
		else for (const group of groups.values()) this.#deliverInBatches(group);
	}

	#deliverInBatches(group: readonly Shaped[]): void {
		const { min, max } = this.#knobs.batch;
		for (let start = 0; start < group.length;) {
			const size = Math.max(1, this.#random.int(min, max));
			this.#deliver(group.slice(start, start + size));
			start += size;
		}
	}

	#deliver(batch: readonly Shaped[]): void {
		const [first] = batch;
		const subscription = first && this.#subscriptions.get(first.notification.object);
		if (!first || !subscription) return;
		const { entryTime, arrayRootShare, duplicateShare, delayMs } = this.#knobs;
		const now = this.#parts.clock.now();
		const inMs = entryTime === 'ms' || (entryTime === 'mixed' && this.#random.chance(0.5));
		const body = deliveryBody(batch, {
			time: inMs ? now : unixSeconds(now),
			isArrayRoot: first.notification.object === 'instagram' && this.#random.chance(arrayRootShare),
			joinNeighbours: () => this.#random.chance(0.5)
		});
		const { appSecret, instagramAppSecret } = this.#parts.app;
		const secret = first.notification.secret === 'app' ? appSecret : instagramAppSecret;
		const copies = this.#random.chance(duplicateShare) ? 2 : 1;
		const delays = Array.from({ length: copies }, () => this.#random.int(delayMs.min, delayMs.max));
		const headers = deliveryHeaders(secret, body);
		this.deliveries.add({ url: subscription.callbackUrl, body, headers }, delays);
	}

	#shuffled<Entry>(list: readonly Entry[]): Entry[] {
		const left = [...list];
		return Array.from(list, () => left.splice(this.#random.int(0, left.length - 1), 1)).flat();
	}
}
