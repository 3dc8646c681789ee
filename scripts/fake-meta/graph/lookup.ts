import type { Endpoint } from '../http/calls.ts';
import type { StoredComment } from '../world/comments.ts';
import type { FacebookLive } from '../world/facebook-live.ts';
import type { FakeInstagramAccount } from '../world/instagram-account.ts';
import type { InstagramLive } from '../world/instagram-live.ts';
import type { FakePage } from '../world/page.ts';
import type { World } from '../world/world.ts';

/** What an id stands for. */
export type Found =
	| { readonly type: 'page'; readonly page: FakePage }
	| { readonly type: 'live_video'; readonly live: FacebookLive }
	| { readonly type: 'comment'; readonly live: FacebookLive; readonly comment: StoredComment }
	| { readonly type: 'instagram_account'; readonly account: FakeInstagramAccount }
	| { readonly type: 'media'; readonly live: InstagramLive }
	| {
			readonly type: 'instagram_comment';
			readonly live: InstagramLive;
			readonly comment: StoredComment;
	  };

/** Finds what an id stands for. A Facebook comment has one under each of its prefixes. */
export function lookUp(world: World, id: string): Found | null {
	const page = world.pages.get(id);
	if (page) return { type: 'page', page };
	const live = world.facebookLives.get(id);
	if (live) return { type: 'live_video', live };
	const account = world.instagramAccounts.get(id);
	if (account) return { type: 'instagram_account', account };
	const media = world.instagramLives.get(id);
	if (media) return { type: 'media', live: media };
	return findComment(world, id);
}

function findComment(world: World, id: string): Found | null {
	const [prefix = '', own] = id.split('_');
	for (const live of world.facebookLives.values()) {
		if (own === undefined) break;
		if (prefix !== live.videoId && prefix !== live.postId) continue;
		const comment = live.comments.get(own);
		if (comment) return { type: 'comment', live, comment };
	}
	for (const live of world.instagramLives.values()) {
		const comment = live.comments.get(id);
		if (comment) return { type: 'instagram_comment', live, comment };
	}
	return null;
}

/** Under which name reads of this id are counted. */
export function endpointOf(world: World, id: string): Endpoint {
	return lookUp(world, id)?.type ?? (world.people.has(id) ? 'person' : 'unknown');
}
