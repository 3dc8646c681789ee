import type { AppContext } from '../../src/lib/server/context.ts';
import type { Rehearsal } from '../../src/lib/server/rehearsal/format.ts';
import { FakeMeta } from '../fake-meta/server.ts';
import { loopbackEnv, serveWebhooks } from './meta-loopback.ts';
import type { WebhookServer } from './meta-loopback.ts';
import { openShop, startMetaShow } from './meta-show.ts';
import type { MetaShow, Shop } from './meta-show.ts';

/** Ids and chance of the stand-in are the same in every rehearsal. */
const SEED = 20_260_704;
/** Share of the webhook deliveries that come twice. */
const DUPLICATES = 0.1;
/** All of it runs in this process: whatever is late is late by little. */
const ORDER_WINDOW_MS = 300;

/** The stand-in for Meta that a rehearsal plays through, in this process. */
export class RehearsalMeta {
	readonly #fake: FakeMeta;
	readonly #shop: Shop;
	#webhooks: WebhookServer | null = null;

	private constructor(fake: FakeMeta) {
		this.#fake = fake;
		this.#shop = openShop(fake);
	}

	static async start(): Promise<RehearsalMeta> {
		const knobs = { webhooks: { duplicateShare: DUPLICATES, instagramShape: 'mixed' } } as const;
		return new RehearsalMeta(await FakeMeta.start({ seed: SEED, knobs }));
	}

	/** What the process needs in its environment. */
	get env(): Record<string, string> {
		return { ...loopbackEnv(this.#fake), COMMENT_ORDER_WINDOW_MS: String(ORDER_WINDOW_MS) };
	}

	/** Serves the webhook endpoint of this process, and has Meta deliver there. */
	async serve({ meta }: AppContext): Promise<void> {
		if (!meta) throw new Error('this process has no Meta app');
		this.#webhooks = await serveWebhooks(meta.receiver);
		await this.#fake.subscribeApp({ callbackUrl: this.#webhooks.url });
	}

	/**
	 * Puts the show on the stage. Instagram is connected by its own login, whose only path are webhooks:
	 * so the order of its comments is that of their deliveries.
	 */
	async stage(
		context: AppContext,
		show: {
			readonly workspaceId: string;
			readonly showId: string;
			readonly rehearsal: Rehearsal;
			readonly signal: AbortSignal;
		}
	): Promise<MetaShow> {
		const { workspaceId, showId, rehearsal, signal } = show;
		const platforms = new Set(
			rehearsal.lines.flatMap(({ line }) => (line.type === 'comment' ? [line.platform] : []))
		);
		return await startMetaShow(this.#fake, this.#shop, context, {
			workspaceId,
			showId,
			platforms,
			instagramLogin: 'instagram',
			signal
		});
	}

	async stop(): Promise<void> {
		await this.#fake.stop();
		await this.#webhooks?.stop();
	}
}
