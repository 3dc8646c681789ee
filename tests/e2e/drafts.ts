import type { ItemDraft } from '../../src/lib/domain/parse-item-line.ts';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import type { ShowSnapshot } from '../../src/lib/domain/live-show.ts';
import type { Account, Server } from './fixtures.ts';

/** A draft show of the account with these items. */
export async function draftShow(
	server: Server,
	account: Account,
	items: readonly ItemDraft[] = [],
	name = 'Saturday sale'
): Promise<string> {
	const { db, actions } = server.context;
	const settings = { name, claimWord: 'sold', passWord: 'pass' };
	const showId = await createShow(db, { workspaceId: account.workspaceId, ...settings });
	for (const item of items) await actions.addItem(showId, item, 'user:test');
	return showId;
}

/** The show's items as the server has them: `12 Linen dress ×2`, with ` closed` behind closed ones. */
export async function itemsOf(server: Server, showId: string): Promise<string[]> {
	const { items } = await snapshotOf(server, showId);
	return items.map(
		({ number, title, quantity, state }) =>
			`${number} ${title} ×${quantity}${state === 'closed' ? ' closed' : ''}`
	);
}

export function snapshotOf(server: Server, showId: string): Promise<ShowSnapshot> {
	return server.context.live.snapshot(showId);
}

/** The id of the show whose page is open. */
export function shownId(url: string): string {
	const id = /\/shows\/([0-9a-f-]{36})\//.exec(url)?.[1];
	if (id === undefined) throw new Error(`no show in ${url}`);
	return id;
}

/** A colleague of the account who may only watch. */
export async function viewerOf(server: Server, account: Account): Promise<Account> {
	const viewer = await server.account();
	await server.context.db
		.updateTable('members')
		.set({ workspace_id: account.workspaceId, role: 'viewer' })
		.where('workspace_id', '=', viewer.workspaceId)
		.execute();
	return { ...viewer, workspaceId: account.workspaceId };
}
