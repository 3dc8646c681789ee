import { z } from 'zod';
import type { FacebookLive } from '../world/facebook-live.ts';
import type { InstagramLive } from '../world/instagram-live.ts';
import type { World } from '../world/world.ts';
import { defineSwitch } from './define-switch.ts';

const id = z.string().min(1);

const commentFields = {
	userId: id.optional(),
	userName: z.string().optional(),
	text: z.string().optional(),
	id: id.optional(),
	at: z.number().optional(),
	lowQuality: z.boolean().optional(),
	reply: id.optional(),
	fromPage: z.boolean().optional(),
	hideAuthor: z.boolean().optional()
};

/** @throws Error that names what is missing */
export function find<Thing>(
	things: ReadonlyMap<string, Thing>,
	wanted: string,
	what: string
): Thing {
	const thing = things.get(wanted);
	if (!thing) throw new Error(`there is no ${what} ${wanted}`);
	return thing;
}

function findLive(world: World, wanted: string): FacebookLive | InstagramLive {
	return world.facebookLives.get(wanted) ?? find(world.instagramLives, wanted, 'live');
}

/** What is there and what happens there. */
export const worldSwitches = {
	addPerson: defineSwitch(
		'A seller with a Facebook account.',
		z.strictObject({ id: id.optional(), name: z.string() }),
		({ world }, input) => ({ person: world.addPerson(input).id })
	),
	addPage: defineSwitch(
		'A page of a person; `instagram` links an account to it.',
		z.strictObject({
			person: id,
			id: id.optional(),
			name: z.string(),
			tasks: z.array(z.string()).optional(),
			instagram: z.strictObject({ id: id.optional(), username: z.string() }).optional()
		}),
		({ world }, { person, ...about }) => {
			const page = world.addPage(find(world.people, person, 'person'), about);
			return { page: page.id, account: page.instagram?.id ?? null };
		}
	),
	giveRole: defineSwitch(
		'Another person gets a role on a page.',
		z.strictObject({ person: id, page: id, tasks: z.array(z.string()).optional() }),
		({ world }, { person, page, tasks }) => {
			world.giveRole(find(world.people, person, 'person'), find(world.pages, page, 'page'), tasks);
			return {};
		}
	),
	addInstagramAccount: defineSwitch(
		'An account without a page, for Instagram Login.',
		z.strictObject({ id: id.optional(), username: z.string() }),
		({ world }, input) => ({ account: world.addInstagramAccount(input).id })
	),
	goLive: defineSwitch(
		'A page or an account starts a broadcast.',
		z.union([
			z.strictObject({ page: id, title: z.string().optional() }),
			z.strictObject({ account: id })
		]),
		({ world }, input) => {
			if ('account' in input) {
				return { live: find(world.instagramAccounts, input.account, 'account').goLive().id };
			}
			return { live: find(world.pages, input.page, 'page').goLive({ title: input.title }).id };
		}
	),
	comment: defineSwitch(
		'A viewer writes under a live.',
		z.strictObject({ live: id, ...commentFields }),
		({ world }, { live, ...comment }) => ({ id: findLive(world, live).comment(comment).id })
	),
	comments: defineSwitch(
		'Many write, in this order.',
		z.strictObject({ live: id, comments: z.array(z.strictObject(commentFields)) }),
		({ world }, { live, comments }) => {
			const where = findLive(world, live);
			return { ids: comments.map((comment) => where.comment(comment).id) };
		}
	),
	repeat: defineSwitch(
		'Streams and webhooks tell of a comment once more.',
		z.strictObject({ live: id, comment: id }),
		({ world }, { live, comment }) => {
			findLive(world, live).repeat(comment);
			return {};
		}
	),
	remove: defineSwitch(
		'A comment is deleted.',
		z.strictObject({ live: id, comment: id }),
		({ world }, { live, comment }) => {
			findLive(world, live).remove(comment);
			return {};
		}
	),
	hide: defineSwitch(
		'A comment on Facebook is hidden, or shown again.',
		z.strictObject({ live: id, comment: id, isHidden: z.boolean().default(true) }),
		({ world }, { live, comment, isHidden }) => {
			find(world.facebookLives, live, 'Facebook live').hide(comment, isHidden);
			return {};
		}
	),
	stop: defineSwitch('A broadcast ends.', z.strictObject({ live: id }), ({ world }, { live }) => {
		findLive(world, live).stop();
		return {};
	}),
	advance: defineSwitch(
		'The clock moves forward by so many milliseconds.',
		z.strictObject({ ms: z.number().min(0) }),
		({ clock }, { ms }) => {
			clock.advance(ms);
			return { now: clock.now() };
		}
	)
} as const;
