import type { Call, Reply } from '../http/call.ts';
import { badParameter, noSuchObject } from '../http/graph-error.ts';
import type { Parts } from '../parts.ts';
import type { StoredComment } from '../world/comments.ts';
import type { FacebookLive } from '../world/facebook-live.ts';
import { unixSeconds } from '../world/wire-time.ts';
import { canSeePage, requireCaller, requirePermissions } from './access.ts';
import { COMMENT_DEFAULTS, commentNode, isAuthorOmitted } from './comment-node.ts';
import { fieldsOf, project } from './fields.ts';
import { paginate, readCount } from './paging.ts';

/** The parameters of the edge; anything else is a mistake of the client. */
const PARAMS = new Set([
	...['filter', 'live_filter', 'order', 'since', 'until', 'after', 'before', 'limit', 'summary'],
	...['fields', 'access_token', 'appsecret_proof']
]);

function readChoice(call: Call, name: string, choices: readonly [string, ...string[]]): string {
	const value = call.query.get(name) ?? choices[0];
	if (choices.includes(value)) return value;
	const allowed = choices.map((choice) => choice.toUpperCase()).join(', ');
	throw badParameter(`(#100) Param ${name} must be one of {${allowed}}`);
}

/** `GET /{live video}/comments` (PLATFORMS 2.2). */
export function readComments(parts: Parts, call: Call): Reply {
	const caller = requireCaller(parts, call);
	const [id = ''] = call.path;
	const live = parts.world.facebookLives.get(id);
	if (!live || !canSeePage(caller, live.page)) throw noSuchObject(call.method, id);
	requirePermissions(caller.person, 'pages_read_engagement', 'pages_read_user_content');
	for (const name of call.query.keys()) {
		if (!PARAMS.has(name)) throw badParameter(`(#100) Unknown parameter: ${name}`);
	}
	const order = readChoice(call, 'order', ['chronological', 'reverse_chronological']);
	const list = select(call, live);
	const isReversed = order === 'reverse_chronological' || parts.knobs.values.facebook.reverseOrder;
	const ordered = isReversed ? list.toReversed() : list;
	const page = paginate(parts, call, ordered, { defaultLimit: 25, maxLimit: 100 });
	const tree = fieldsOf(call.query.get('fields'));
	const data = page.entries.map((comment) => {
		const node = commentNode(live, comment, {
			caller,
			isAuthorOmitted: isAuthorOmitted(parts, comment)
		});
		return project(node, 'Comment', { tree, defaults: COMMENT_DEFAULTS });
	});
	const summary = { order: 'chronological', total_count: list.length, can_comment: true };
	const reply = {
		data,
		...(page.paging ? { paging: page.paging } : {}),
		...(wantsSummary(call) ? { summary } : {})
	};
	if (page.hasNext) insertOthers(live, parts.knobs.values.facebook.insertWhilePaging);
	return { json: reply };
}

function wantsSummary(call: Call): boolean {
	return ['true', '1', 'total_count'].includes(call.query.get('summary') ?? '');
}

/** What filter, live_filter and since leave, oldest first. `since` is inclusive, in whole seconds. */
function select(call: Call, live: FacebookLive): readonly StoredComment[] {
	const isFlat = readChoice(call, 'filter', ['toplevel', 'stream']) === 'stream';
	const isUnfiltered =
		readChoice(call, 'live_filter', ['filter_low_quality', 'no_filter']) === 'no_filter';
	const since = readCount(call, 'since', 0);
	const until = readCount(call, 'until', Number.MAX_SAFE_INTEGER);
	return live.comments.all.filter(({ at, lowQuality, parentId }) => {
		const second = unixSeconds(at);
		if (second < since || second > until) return false;
		return (isFlat || parentId === null) && (isUnfiltered || !lowQuality);
	});
}

/** Somebody writes while the client reads page after page. */
function insertOthers(live: FacebookLive, count: number): void {
	if (live.status !== 'LIVE') return;
	for (let index = 0; index < count; index++) {
		live.comment({ userId: '7000000000000001', userName: 'Inga Between', text: 'hello there' });
	}
}
