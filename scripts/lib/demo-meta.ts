import type { AppContext } from '../../src/lib/server/context.ts';
import { FakeMeta } from '../fake-meta/server.ts';
import { LOOPBACK_TOKEN_KEYS } from './meta-loopback.ts';
import { openShop, startMetaShow } from './meta-show.ts';
import type { MetaShow, Shop } from './meta-show.ts';

/** Each start has the same page and accounts, so the next demo finds its connections again. */
const SEED = 20_260_704;
/** What a real Meta would do to a delivery now and then. */
const WEBHOOKS = { duplicateShare: 0.1, instagramShape: 'mixed' } as const;

/** The stand-in for Meta that the demo plays through, in this process. */
export class DemoMeta {
	readonly #fake: FakeMeta;
	readonly #shop: Shop;

	private constructor(fake: FakeMeta) {
		this.#fake = fake;
		this.#shop = openShop(fake);
		// Another page of the same seller, to be connected by hand.
		fake.addPage(this.#shop.seller, {
			name: 'Second Rack',
			instagram: { username: 'second.rack' }
		});
	}

	static async start(): Promise<DemoMeta> {
		return new DemoMeta(await FakeMeta.start({ seed: SEED, knobs: { webhooks: WEBHOOKS } }));
	}

	get env(): Record<string, string> {
		return { ...this.#fake.env, TOKEN_KEYS: LOOPBACK_TOKEN_KEYS };
	}

	/** Connects, goes live and binds the broadcasts; deliveries go to the app at `origin`. */
	async stage(
		context: AppContext,
		show: {
			readonly origin: string;
			readonly workspaceId: string;
			readonly showId: string;
			readonly signal: AbortSignal;
		}
	): Promise<MetaShow> {
		const { origin, ...about } = show;
		await this.#fake.subscribeApp({ callbackUrl: `${origin}/webhooks/meta` });
		return await startMetaShow(this.#fake, this.#shop, context, {
			...about,
			platforms: new Set(['facebook', 'instagram']),
			instagramLogin: 'facebook'
		});
	}

	/** What to try. */
	hints(origin: string): string[] {
		return [
			`  Its comments are written in broadcasts of a stand-in for Meta (${this.#fake.origin}), and come by`,
			'  polling, stream and signed webhooks. The channels’ badges in the console tell what each brought.',
			`  Connecting by hand works too, at ${origin}/connections; trouble of all kinds can be made with`,
			`  curl ${this.#fake.origin}/admin, e.g. a token that dies:`,
			`    curl -d '{"of":"${this.#shop.page.id}"}' ${this.#fake.origin}/admin/expireToken`
		];
	}

	async stop(): Promise<void> {
		await this.#fake.stop();
	}
}
