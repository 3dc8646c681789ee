import { randomUUID } from 'node:crypto';
import type { IncomingComment } from '../../src/lib/server/allocator/comment.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import { SHOW_KEYS, showKey } from '../../src/lib/server/redis/keys.ts';

const ACTOR = 'user:bench';
export const WORDS = { claimWord: 'sold', passWord: 'pass' } as const;
/** The item that everybody wants. */
export const HOT_ITEM = '12';

/** A workspace for the benchmark's shows. */
export async function createWorkspace({ db }: AppContext): Promise<string> {
	const id = randomUUID();
	await db.insertInto('workspaces').values({ id, name: 'Bench' }).execute();
	return id;
}

/** An active show with items `{number: quantity}`, live in Redis. Returns its id. */
export async function startShow(
	context: AppContext,
	workspaceId: string,
	items: Readonly<Record<string, number>>
): Promise<string> {
	const showId = await createShow(context.db, { workspaceId, name: 'Bench', ...WORDS });
	for (const [number, quantity] of Object.entries(items)) {
		await context.actions.addItem(showId, { number, title: `Item ${number}`, quantity }, ACTOR);
	}
	await context.actions.changeStatus(showId, 'activated', ACTOR);
	return showId;
}

/** Items `1` to `items`, each with this many units. */
export function manyItems(items: number, quantity: number): Readonly<Record<string, number>> {
	return Object.fromEntries(Array.from({ length: items }, (_, item) => [item + 1, quantity]));
}

/** Ends the show's life in Redis, so that memory and AOF stay small. */
export async function forgetShow({ redis }: AppContext, showId: string): Promise<void> {
	await redis.unlink(...SHOW_KEYS.map((key) => showKey(showId, key)));
}

/** The comment with this number, each of a buyer of their own, as long as real ones usually are. */
export function comment(index: number, text: string): IncomingComment {
	const id = String(index).padStart(7, '0');
	return {
		platform: 'facebook',
		liveId: '748812345678901',
		commentId: `748812345678901_${id}`,
		userId: `10158${id}4321`,
		userHandle: `buyer.${id}`,
		userDisplayName: `Buyer Number ${id}`,
		text,
		postedAt: 1_760_000_000_000 + index
	};
}

/** `count` claims of the hot item by as many buyers. */
export function hotClaims(count: number): IncomingComment[] {
	return Array.from({ length: count }, (_, index) =>
		comment(index, `Sold ${HOT_ITEM} please, size M!`)
	);
}

/** The claim with this number: the items `1` to `items` are claimed in turn. */
export function spreadClaim(index: number, items: number): IncomingComment {
	return comment(index, `Sold ${(index % items) + 1} please, size M!`);
}

const CHATTER = [
	'Hello from Manchester! 👋',
	'is the blue one still there?',
	'so pretty 😍😍😍 love the colour on you',
	'how much is shipping to Ireland, and do you combine orders?',
	'can you show the back again please',
	'¿lo tienes en talla L?',
	'first time here, what a lovely show'
] as const;

/** A show's usual mixture: one comment in `claimEvery` claims one of `items`, the rest is chatter. */
export function mixedComment(index: number, claimEvery: number, items: number): IncomingComment {
	const chatter = CHATTER[index % CHATTER.length] ?? '';
	const item = (Math.floor(index / claimEvery) % items) + 1;
	return comment(index, index % claimEvery === 0 ? `sold ${item}` : chatter);
}
