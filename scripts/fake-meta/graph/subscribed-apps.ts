import type { Call, Reply } from '../http/call.ts';
import { badParameter, noSuchObject } from '../http/graph-error.ts';
import type { Parts } from '../parts.ts';
import {
	requireCaller,
	requireInstagramCaller,
	requirePageToken,
	requirePermissions
} from './access.ts';

const PAGE_FIELDS = [
	'feed',
	'live_videos',
	'mention',
	'mentions',
	'messages',
	'messaging_postbacks',
	'name',
	'picture',
	'ratings',
	'videos'
];
const INSTAGRAM_FIELDS = [
	'comments',
	'live_comments',
	'mentions',
	'message_reactions',
	'messages',
	'messaging_postbacks',
	'story_insights'
];

/** `GET|POST|DELETE /{page}/subscribed_apps`, with the page's token (PLATFORMS 2.5, 3.1). */
export function pageSubscription(parts: Parts, call: Call): Reply {
	const caller = requireCaller(parts, call);
	const [id = ''] = call.path;
	const page = id === 'me' ? caller.page : parts.world.pages.get(id);
	if (!page) throw noSuchObject(call.method, id);
	requirePageToken(caller, call, page);
	requirePermissions(caller.person, 'pages_manage_metadata');
	return changeSubscription(parts, call, { fields: page.subscribedFields, allowed: PAGE_FIELDS });
}

/** The same for an account of Instagram Login, on graph.instagram.com. */
export function instagramSubscription(parts: Parts, call: Call): Reply {
	const account = requireInstagramCaller(parts, call);
	const [id = ''] = call.path;
	if (id !== 'me' && id !== account.id) throw noSuchObject(call.method, id);
	requirePermissions(account, 'instagram_business_basic', 'instagram_business_manage_comments');
	return changeSubscription(parts, call, {
		fields: account.subscribedFields,
		allowed: INSTAGRAM_FIELDS
	});
}

function changeSubscription(
	parts: Parts,
	call: Call,
	{ fields, allowed }: { fields: Set<string>; allowed: readonly string[] }
): Reply {
	if (call.method === 'GET') {
		const app = {
			link: 'https://sellary.example/',
			name: 'Sellary',
			id: parts.app.appId,
			subscribed_fields: [...fields]
		};
		return { json: { data: fields.size > 0 ? [app] : [] } };
	}
	if (call.method === 'DELETE') {
		fields.clear();
		return { json: { success: true } };
	}
	const wanted = call.required('subscribed_fields').split(',').filter(Boolean);
	const strange = wanted.findIndex((field) => !allowed.includes(field));
	if (strange >= 0 || wanted.length === 0) {
		const index = Math.max(0, strange);
		throw badParameter(
			`(#100) Param subscribed_fields[${index}] must be one of {${allowed.join(', ')}}`
		);
	}
	// A new subscription replaces the fields of the old one.
	fields.clear();
	for (const field of wanted) fields.add(field);
	return { json: { success: true } };
}
