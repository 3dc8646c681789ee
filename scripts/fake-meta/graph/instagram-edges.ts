import type { Call, Reply } from '../http/call.ts';
import { noSuchObject } from '../http/graph-error.ts';
import type { Parts } from '../parts.ts';
import type { FakeInstagramAccount } from '../world/instagram-account.ts';
import type { InstagramLive } from '../world/instagram-live.ts';
import { unixSeconds } from '../world/wire-time.ts';
import { requireCaller, requirePermissions } from './access.ts';
import type { Caller } from './access.ts';
import { fieldsOf, project } from './fields.ts';
import {
	INSTAGRAM_COMMENT_DEFAULTS,
	instagramCommentNode,
	MEDIA_DEFAULTS,
	mediaNode
} from './instagram-node.ts';
import { paginate, readCount } from './paging.ts';

const COMMENTS_PER_PAGE = 50;

/** Whether this caller may see the account: through its page, ticked in the dialog. */
export function canSeeInstagram(caller: Caller, account: FakeInstagramAccount): boolean {
	const { page } = account;
	if (!page || !caller.person.grant?.instagramIds.has(account.id)) return false;
	return caller.page ? caller.page === page : page.roles.has(caller.person.id);
}

/** `GET /{account}/live_media`: only what is live now (PLATFORMS 3.6). */
export function readLiveMedia(parts: Parts, call: Call): Reply {
	const caller = requireCaller(parts, call);
	const [id = ''] = call.path;
	const account = parts.world.instagramAccounts.get(id);
	if (!account || !canSeeInstagram(caller, account)) throw noSuchObject(call.method, id);
	requirePermissions(caller.person, 'instagram_basic', 'pages_read_engagement');
	const since = readCount(call, 'since', 0);
	const until = readCount(call, 'until', Number.MAX_SAFE_INTEGER);
	const lives = account.lives.filter(({ isOn, startedAt }) => {
		const second = unixSeconds(startedAt);
		return isOn && second >= since && second <= until;
	});
	const page = paginate(parts, call, lives.toReversed(), { defaultLimit: 25, maxLimit: 100 });
	const tree = fieldsOf(call.query.get('fields'));
	const data = page.entries.map((live) =>
		project(mediaNode(live), 'IGMedia', { tree, defaults: MEDIA_DEFAULTS })
	);
	return { json: { data, ...(page.paging ? { paging: page.paging } : {}) } };
}

/** The live of that media id, as long as it is on. @throws GraphError 100/33 afterwards */
export function requireLiveMedia(parts: Parts, call: Call, caller: Caller): InstagramLive {
	const [id = ''] = call.path;
	const live = parts.world.instagramLives.get(id);
	if (!live?.isOn || !canSeeInstagram(caller, live.account)) throw noSuchObject(call.method, id);
	requirePermissions(caller.person, 'instagram_basic');
	return live;
}

/** `GET /{media}/comments`: newest first, at most 50, only while live (PLATFORMS 3.6). */
export function readMediaComments(parts: Parts, call: Call): Reply {
	const caller = requireCaller(parts, call);
	const live = requireLiveMedia(parts, call, caller);
	requirePermissions(caller.person, 'instagram_manage_comments', 'pages_read_engagement');
	const page = paginate(parts, call, live.comments.all.toReversed(), {
		defaultLimit: COMMENTS_PER_PAGE,
		maxLimit: COMMENTS_PER_PAGE
	});
	const tree = fieldsOf(call.query.get('fields'));
	const data = page.entries.map((comment) =>
		project(instagramCommentNode(live, comment), 'IGComment', {
			tree,
			defaults: INSTAGRAM_COMMENT_DEFAULTS
		})
	);
	return { json: { data, ...(page.paging ? { paging: page.paging } : {}) } };
}
