import { z } from 'zod';
import type { Call, Reply } from '../http/call.ts';
import { badParameter, noSuchObject } from '../http/graph-error.ts';
import type { Parts } from '../parts.ts';
import type { FacebookLive } from '../world/facebook-live.ts';
import { wireTime } from '../world/wire-time.ts';
import { requireCaller, requirePageToken, requirePermissions } from './access.ts';
import { fieldsOf, project } from './fields.ts';
import type { Node } from './fields.ts';
import { paginate } from './paging.ts';

const statusesSchema = z.array(
	z.enum([
		'UNPUBLISHED',
		'LIVE',
		'LIVE_STOPPED',
		'PROCESSING',
		'VOD',
		'SCHEDULED_UNPUBLISHED',
		'SCHEDULED_LIVE',
		'SCHEDULED_EXPIRED',
		'SCHEDULED_CANCELED'
	])
);

export const LIVE_VIDEO_DEFAULTS = ['status', 'stream_url', 'secure_stream_url', 'embed_html'];

/** A live video as the Graph API knows it (PLATFORMS 2.1). */
export function liveVideoNode(live: FacebookLive): Node {
	const { id, page, title, startedAt, status, viewers, videoId } = live;
	return {
		id,
		status,
		title,
		description: undefined,
		creation_time: wireTime(startedAt),
		broadcast_start_time: wireTime(startedAt),
		planned_start_time: undefined,
		live_views: viewers,
		total_views: String(viewers * 3),
		permalink_url: `/${page.id}/videos/${id}/`,
		video: { id: videoId },
		from: { name: page.name, id: page.id },
		seconds_left: status === 'LIVE' ? 14_000 : 0,
		embed_html: `<iframe src="https://www.facebook.com/plugins/video.php?href=${id}"></iframe>`,
		ingest_streams: [],
		stream_url: 'rtmp://live.example:80/rtmp/redacted',
		secure_stream_url: 'rtmps://live.example:443/rtmp/redacted'
	};
}

/** `GET /{page}/live_videos`, newest first, with the page's token. */
export function readLiveVideos(parts: Parts, call: Call): Reply {
	const caller = requireCaller(parts, call);
	const [id = ''] = call.path;
	const page = id === 'me' ? caller.page : parts.world.pages.get(id);
	if (!page) throw noSuchObject(call.method, id);
	requirePageToken(caller, call, page);
	requirePermissions(caller.person, 'pages_show_list', 'pages_read_engagement');
	const source = call.query.get('source');
	if (source !== null && source !== 'owner' && source !== 'target') {
		throw badParameter('(#100) Param source must be one of {OWNER, TARGET}');
	}
	const statuses = readStatuses(call.query.get('broadcast_status'));
	const lives = page.lives.filter(({ status }) => statuses === null || statuses.has(status));
	const result = paginate(parts, call, lives.toReversed(), { defaultLimit: 25, maxLimit: 100 });
	const tree = fieldsOf(call.query.get('fields'));
	const data = result.entries.map((live) =>
		project(liveVideoNode(live), 'LiveVideo', { tree, defaults: LIVE_VIDEO_DEFAULTS })
	);
	return { json: { data, paging: result.paging ?? {} } };
}

/** `broadcast_status` is a JSON array as text. */
function readStatuses(text: string | null): ReadonlySet<string> | null {
	if (text === null) return null;
	try {
		return new Set(statusesSchema.parse(JSON.parse(text)));
	} catch {
		throw badParameter('(#100) Param broadcast_status must be an array of broadcast statuses');
	}
}
