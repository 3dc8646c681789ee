import type { Call, Reply } from '../http/call.ts';
import { badParameter, noSuchObject } from '../http/graph-error.ts';
import type { Parts } from '../parts.ts';
import type { StoredComment } from '../world/comments.ts';
import { canSeePage, requireCaller, requireInstagramCaller, requirePermissions } from './access.ts';
import type { Caller } from './access.ts';
import { COMMENT_DEFAULTS, commentNode, isAuthorOmitted } from './comment-node.ts';
import { fieldsOf, project } from './fields.ts';
import type { FieldTree } from './fields.ts';
import { canSeeInstagram } from './instagram-edges.ts';
import {
	INSTAGRAM_COMMENT_DEFAULTS,
	instagramAccountNode,
	instagramCommentNode,
	MEDIA_DEFAULTS,
	mediaNode
} from './instagram-node.ts';
import { LIVE_VIDEO_DEFAULTS, liveVideoNode } from './live-videos.ts';
import { lookUp } from './lookup.ts';
import { pageNode } from './page-node.ts';

const MAX_IDS = 50;

/** How often each comment was read by itself: some authors come only at a later try. */
const singleReads = new WeakMap<StoredComment, number>();

/** `GET /{id}` on graph.facebook.com, of whatever the id stands for. */
export function readNode(parts: Parts, call: Call): Reply {
	const caller = requireCaller(parts, call);
	const [id = ''] = call.path;
	const tree = fieldsOf(call.query.get('fields'));
	const node = nodeOf(parts, caller, { id, tree });
	if (!node) throw noSuchObject(call.method, id);
	return { json: node };
}

/** `GET /?ids=a,b&fields=…`: several at once; one that is missing fails all. */
export function readNodes(parts: Parts, call: Call): Reply {
	const caller = requireCaller(parts, call);
	const ids = call.required('ids').split(',').filter(Boolean);
	if (ids.length > MAX_IDS) throw badParameter(`(#100) Too many IDs. Maximum: ${MAX_IDS}`);
	const tree = fieldsOf(call.query.get('fields'));
	const nodes = ids.map((id) => {
		const node = nodeOf(parts, caller, { id, tree });
		if (!node) throw noSuchObject(call.method, id);
		return [id, node] as const;
	});
	return { json: Object.fromEntries(nodes) };
}

function nodeOf(
	parts: Parts,
	caller: Caller,
	{ id, tree }: { id: string; tree: FieldTree | null }
): object | null {
	const found = lookUp(parts.world, id);
	const { person } = caller;
	switch (found?.type) {
		case 'page':
			if (!canSeePage(caller, found.page)) return null;
			return project(pageNode(parts, found.page, caller), 'Page', { tree, defaults: ['name'] });
		case 'live_video':
			if (!canSeePage(caller, found.live.page)) return null;
			requirePermissions(person, 'pages_read_engagement');
			return project(liveVideoNode(found.live), 'LiveVideo', {
				tree,
				defaults: LIVE_VIDEO_DEFAULTS
			});
		case 'comment': {
			if (!canSeePage(caller, found.live.page)) return null;
			requirePermissions(person, 'pages_read_engagement', 'pages_read_user_content');
			const isOmitted = isOmittedFromRead(parts, found.comment);
			const node = commentNode(found.live, found.comment, { caller, isAuthorOmitted: isOmitted });
			// The id comes back as it was asked for.
			return project({ ...node, id }, 'Comment', { tree, defaults: COMMENT_DEFAULTS });
		}
		case 'instagram_account':
			if (!canSeeInstagram(caller, found.account)) return null;
			requirePermissions(person, 'instagram_basic');
			return project(instagramAccountNode(found.account), 'IGUser', { tree, defaults: [] });
		case 'media':
			if (!found.live.isOn || !canSeeInstagram(caller, found.live.account)) return null;
			requirePermissions(person, 'instagram_basic');
			return project(mediaNode(found.live), 'IGMedia', { tree, defaults: MEDIA_DEFAULTS });
		case 'instagram_comment':
			if (!found.live.isOn || !canSeeInstagram(caller, found.live.account)) return null;
			requirePermissions(person, 'instagram_basic', 'instagram_manage_comments');
			return project(instagramCommentNode(found.live, found.comment), 'IGComment', {
				tree,
				defaults: INSTAGRAM_COMMENT_DEFAULTS
			});
		case undefined:
			if (id !== person.id || caller.page) return null;
			return project({ id, name: person.name }, 'User', { tree, defaults: ['name'] });
	}
}

function isOmittedFromRead(parts: Parts, comment: StoredComment): boolean {
	if (!isAuthorOmitted(parts, comment)) return false;
	const reads = (singleReads.get(comment) ?? 0) + 1;
	singleReads.set(comment, reads);
	return reads <= parts.knobs.values.facebook.omitFromReads;
}

/** `GET /{id}` on graph.instagram.com: the account itself, or a comment on its live. */
export function readInstagramLoginNode(parts: Parts, call: Call): Reply {
	const account = requireInstagramCaller(parts, call);
	const [id = ''] = call.path;
	const tree = fieldsOf(call.query.get('fields'));
	requirePermissions(account, 'instagram_business_basic');
	if (id === 'me' || id === account.id) {
		const node = {
			id: account.appScopedId,
			user_id: account.id,
			username: account.username,
			name: account.username,
			account_type: 'BUSINESS',
			profile_picture_url: undefined,
			followers_count: 1_204
		};
		return { json: project(node, 'IGUser', { tree, defaults: ['user_id', 'username'] }) };
	}
	const found = lookUp(parts.world, id);
	if (found?.type !== 'instagram_comment' || found.live.account !== account || !found.live.isOn) {
		throw noSuchObject(call.method, id);
	}
	requirePermissions(account, 'instagram_business_manage_comments');
	const node = instagramCommentNode(found.live, found.comment);
	return { json: project(node, 'IGComment', { tree, defaults: INSTAGRAM_COMMENT_DEFAULTS }) };
}
