import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { addChannel, channelsOfShow } from '../../src/lib/server/channels/channel-store.ts';
import type { Connection } from '../../src/lib/server/channels/connection-store.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import type { FakeMeta } from '../fake-meta/server.ts';
import type { FakeInstagramAccount } from '../fake-meta/world/instagram-account.ts';
import type { FakePage, FakePerson } from '../fake-meta/world/page.ts';
import { connectAccounts } from './meta-loopback.ts';
import { MetaStage } from './meta-stage.ts';
import type { StageLives } from './meta-stage.ts';

type Platform = 'facebook' | 'instagram';

export type MetaShowOptions = {
	readonly workspaceId: string;
	readonly showId: string;
	/** Which platforms the show's comments are of; others get no broadcast. */
	readonly platforms: ReadonlySet<string>;
	/**
	 * How the Instagram account is connected: by the page, as most sellers do, or by a login of its own,
	 * which has webhooks only.
	 */
	readonly instagramLogin: 'facebook' | 'instagram';
	/** Ends the waiting for comments. */
	readonly signal: AbortSignal;
};

/** A show whose broadcasts are the fake Meta's: connected, found and listened to as in real life. */
export type MetaShow = {
	/** Takes the show's comments. */
	readonly stage: MetaStage;
	/** In words, what was done. */
	readonly steps: readonly string[];
	/** Ends the broadcasts. */
	stop(): void;
	/** Resolves when nothing is listened to any more, after the show's end. */
	closed(): Promise<void>;
	/** Gives all access back. */
	disconnect(): Promise<void>;
};

/** The seller of the fake: invented, and the same at each start. */
export type Shop = {
	readonly seller: FakePerson;
	readonly page: FakePage;
	readonly ownAccount: FakeInstagramAccount;
};

/** A seller with a page, its Instagram account, and another account of Instagram Login. */
export function openShop(fake: FakeMeta): Shop {
	const seller = fake.addPerson({ id: '71000000000000001', name: 'Demo Seller' });
	const page = fake.addPage(seller, {
		id: '109300000000001',
		name: 'Demo Boutique',
		instagram: { id: '17841400000000021', username: 'demo.boutique' }
	});
	const ownAccount = fake.addInstagramAccount({
		id: '17841400000000022',
		username: 'demo.boutique.studio'
	});
	return { seller, page, ownAccount };
}

/** Connects the shop, goes live, finds the broadcasts and binds them to the show. */
export async function startMetaShow(
	fake: FakeMeta,
	shop: Shop,
	context: AppContext,
	options: MetaShowOptions
): Promise<MetaShow> {
	const { workspaceId, showId, platforms, instagramLogin } = options;
	const session = { sessionId: randomUUID(), workspaceId };
	const wanted = (['facebook', 'instagram'] as const).filter((name) => platforms.has(name));
	const connections = await connectShop(fake, context, { session, shop, wanted, instagramLogin });
	const account = instagramLogin === 'facebook' ? shop.page.instagram : shop.ownAccount;
	const lives: StageLives = {
		facebook: wanted.includes('facebook') ? shop.page.goLive({ title: 'Saturday sale' }) : null,
		instagram: wanted.includes('instagram') ? (account?.goLive() ?? null) : null
	};
	for (const connection of connections) {
		await bindLive(context, showId, connection, lives[connection.platform]?.id ?? '');
	}
	return {
		stage: new MetaStage(context, lives, options.signal),
		steps: connections.map(
			({ platform, accountName }) =>
				`Connected ${accountName} on ${platform}, found its broadcast, and the show listens to it`
		),
		stop: () => {
			lives.facebook?.stop();
			lives.instagram?.stop();
		},
		closed: async () => {
			while ((await channelsOfShow(context.db, showId)).some(({ closedAt }) => !closedAt)) {
				await sleep(50);
			}
		},
		disconnect: async () => {
			for (const connection of connections) {
				await context.meta?.connections.disconnect(connection);
			}
		}
	};
}

async function connectShop(
	fake: FakeMeta,
	context: AppContext,
	about: {
		readonly session: Parameters<typeof connectAccounts>[1];
		readonly shop: Shop;
		readonly wanted: readonly Platform[];
		readonly instagramLogin: 'facebook' | 'instagram';
	}
): Promise<Connection[]> {
	const { session, shop, wanted, instagramLogin } = about;
	const { mode } = fake.knobs.values.dialog;
	fake.knobs.set({ dialog: { mode: 'grant' } });
	const byPage = wanted
		.filter((platform) => platform === 'facebook' || instagramLogin === 'facebook')
		.map((platform) =>
			platform === 'facebook'
				? `facebook:${shop.page.id}`
				: `instagram:${shop.page.instagram?.id ?? ''}`
		);
	const connections =
		byPage.length === 0 ? [] : await connectAccounts(context, session, { accounts: byPage });
	if (wanted.includes('instagram') && instagramLogin === 'instagram') {
		connections.push(...(await connectAccounts(context, session, { login: 'instagram' })));
	}
	fake.knobs.set({ dialog: { mode } });
	return connections;
}

/** Finds the live as an operator would; with Instagram Login its id is typed in. */
async function bindLive(
	{ db, meta }: AppContext,
	showId: string,
	connection: Connection,
	liveId: string
): Promise<void> {
	if (!meta) throw new Error('this process has no Meta app');
	const live = await meta.discovery.resolve(connection, liveId);
	await addChannel(db, {
		showId,
		connectionId: connection.id,
		platform: live.platform,
		accountId: connection.accountId,
		accountName: connection.accountName,
		liveId: live.liveId,
		videoId: live.videoId,
		title: live.title
	});
}
