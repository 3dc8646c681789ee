import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { manualBuyer } from '../../src/lib/domain/buyer.ts';
import { addChannel } from '../../src/lib/server/channels/channel-store.ts';
import { readConfig } from '../../src/lib/server/config.ts';
import { createAppContext } from '../../src/lib/server/context.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import { migrateToLatest } from '../../src/lib/server/history/database.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import type { FakeMeta } from '../fake-meta/server.ts';
import type { FacebookLive } from '../fake-meta/world/facebook-live.ts';
import { connectAccounts, loopbackEnv } from '../lib/meta-loopback.ts';
import { openShop } from '../lib/meta-show.ts';

export type ServiceUrls = { readonly redisUrl: string; readonly databaseUrl: string };

/** The application in this process: all of it, or without `fake` only what reads no channels. */
export async function openApp(urls: ServiceUrls, fake: FakeMeta | null): Promise<AppContext> {
	return await createAppContext(
		readConfig({
			...(fake ? loopbackEnv(fake) : {}),
			NODE_ENV: 'test',
			LOG_LEVEL: 'silent',
			ROLE: fake ? 'all' : 'web',
			REDIS_URL: urls.redisUrl,
			DATABASE_URL: urls.databaseUrl
		})
	);
}

const ACTOR = 'user:invented';
const COMMENT_EVERY_MS = 50;

/** A show that listens to a broadcast of the stand-in for Meta, in which viewers never stop writing. */
export class LiveShow {
	readonly showId: string;
	readonly #live: FacebookLive;
	#writing = true;
	#written: Promise<void> = Promise.resolve();

	private constructor(showId: string, live: FacebookLive) {
		this.showId = showId;
		this.#live = live;
	}

	static async start(app: AppContext, fake: FakeMeta): Promise<LiveShow> {
		await migrateToLatest(app.db);
		fake.knobs.set({ dialog: { mode: 'grant' } });
		const workspaceId = randomUUID();
		await app.db
			.insertInto('workspaces')
			.values({ id: workspaceId, name: 'Invented Boutique' })
			.execute();
		const shop = openShop(fake);
		const accounts = [`facebook:${shop.page.id}`];
		const session = { sessionId: randomUUID(), workspaceId };
		const [connection] = await connectAccounts(app, session, { accounts });
		if (!connection) throw new Error('the page was not connected');
		const show = { workspaceId, name: 'Backed up', claimWord: 'sold', passWord: 'pass' };
		const showId = await createShow(app.db, show);
		for (const [number, quantity] of [
			['12', 5],
			['7', 9]
		] as const) {
			await app.actions.addItem(showId, { number, title: `Item ${number}`, quantity }, ACTOR);
		}
		await app.actions.changeStatus(showId, 'activated', ACTOR);
		const live = shop.page.goLive({ title: 'Saturday sale' });
		await addChannel(app.db, {
			showId,
			connectionId: connection.id,
			platform: 'facebook',
			accountId: connection.accountId,
			accountName: connection.accountName,
			liveId: live.id,
			videoId: live.videoId,
			title: null
		});
		await app.meta?.jobs.reconcileSoon();
		const started = new LiveShow(showId, live);
		started.#written = started.#write();
		return started;
	}

	/** Comments that were written so far, whether the application runs or not. */
	get writtenCount(): number {
		return this.#live.comments.all.length;
	}

	async stopWriting(): Promise<void> {
		this.#writing = false;
		await this.#written;
	}

	/** An operator gives a unit of item 7 away; the answer means that it counts. */
	async award(app: AppContext, handle: string): Promise<void> {
		await app.actions.award(this.showId, '7', manualBuyer(handle), ACTOR);
	}

	/** Comments that Redis has acknowledged. */
	async acknowledgedCount({ redis }: AppContext): Promise<number> {
		return await redis.hlen(showKey(this.showId, 'comments'));
	}

	/** Ids of the comments in Postgres, in their order. */
	async persistedIds({ db }: Pick<AppContext, 'db'>): Promise<string[]> {
		const rows = await db
			.selectFrom('comments')
			.select('comment_id')
			.where('show_id', '=', this.showId)
			.orderBy('seq')
			.execute();
		return rows.map((row) => row.comment_id);
	}

	/** Who got item 7 from an operator, as Postgres has it. */
	async awardedHandles({ db }: Pick<AppContext, 'db'>): Promise<string[]> {
		const rows = await db
			.selectFrom('claims')
			.select('handle')
			.where('show_id', '=', this.showId)
			.where('item_number', '=', 7)
			.where('state', '=', 'winner')
			.orderBy('created_seq')
			.execute();
		return rows.map((row) => row.handle);
	}

	async #write(): Promise<void> {
		for (let n = 0; this.#writing; n++) {
			const text = n % 3 === 0 ? 'sold 12' : 'how lovely';
			this.#live.comment({ userId: `viewer-${n}`, userName: 'Invented Viewer', text });
			await sleep(COMMENT_EVERY_MS);
		}
	}
}
