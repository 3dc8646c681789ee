import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { addChannel } from '../../../src/lib/server/channels/channel-store.ts';
import type { Connection } from '../../../src/lib/server/channels/connection-store.ts';
import { connectAccounts } from '../../lib/meta-loopback.ts';
import type { Stage } from '../stage/stage.ts';
import type { Api } from './api.ts';

/** A show that a round plays on. */
export type TargetShow = {
	readonly id: string;
	/** The Instagram live whose webhooks bring it comments. */
	readonly liveId: string;
	readonly accountId: string;
};

/** Few units, so that there are queues, and one item to begin with that has none. */
const ITEMS = [
	{ number: '1', title: 'One of a kind', quantity: 1 },
	{ number: '2', title: 'A pair', quantity: 2 },
	{ number: '3', title: 'A handful', quantity: 6 },
	{ number: '4', title: 'None yet', quantity: 0 },
	{ number: '5', title: 'A box full', quantity: 25 }
];
export const ITEM_NUMBERS = ITEMS.map(({ number }) => number);

const createdSchema = z.object({ showId: z.string() });
const profileSchema = z.object({ workspace: z.object({ id: z.string() }) });

let shows = 0;

/** Makes a show that is on and listens to an Instagram live. */
export async function openShow(
	stage: Stage,
	api: Api,
	connection: Connection
): Promise<TargetShow> {
	const name = `Chaos ${++shows}`;
	const created = await api.must('shows.create', { name, items: ITEMS });
	const id = createdSchema.parse(created).showId;
	await api.must('shows.activate', { showId: id }, 'INVALID_TRANSITION');
	const liveId = `1800000${String(Date.now()).slice(-7)}${String(shows).padStart(4, '0')}`;
	await addChannel(stage.observer.db, {
		showId: id,
		connectionId: connection.id,
		platform: 'instagram',
		accountId: connection.accountId,
		accountName: connection.accountName,
		liveId,
		videoId: null,
		title: null
	});
	return { id, liveId, accountId: connection.accountId };
}

/** Connects an account that is known by its webhooks alone: what they bring, nothing else brings. */
export async function connectInstagram(stage: Stage, api: Api): Promise<Connection> {
	stage.meta.addInstagramAccount({ username: 'chaos.boutique' });
	const profile = profileSchema.parse(await api.query('auth.me'));
	const session = { sessionId: randomUUID(), workspaceId: profile.workspace.id };
	const [connection] = await connectAccounts(stage.observer, session, { login: 'instagram' });
	if (!connection) throw new Error('the account could not be connected');
	return connection;
}
