import type { Random } from '../../../src/lib/server/rehearsal/generator/random.ts';
import { canSeePage, requireCaller, requirePermissions } from '../graph/access.ts';
import type { Caller } from '../graph/access.ts';
import { COMMENT_DEFAULTS, commentNode, isAuthorOmitted } from '../graph/comment-node.ts';
import { fieldsOf, project } from '../graph/fields.ts';
import type { FieldTree } from '../graph/fields.ts';
import type { Call } from '../http/call.ts';
import { badParameter, noSuchObject } from '../http/graph-error.ts';
import type { Parts } from '../parts.ts';
import type { StoredComment } from '../world/comments.ts';
import type { FacebookLive } from '../world/facebook-live.ts';
import { randomFor } from '../world/random.ts';
import type { WorldEvent } from '../world/world-events.ts';
import { StreamConnection } from './connection.ts';
import { COMMENT_RATES, isCommentRate, RateCap } from './stream-rate.ts';

type Reader = {
	readonly live: FacebookLive;
	readonly caller: Caller;
	readonly isUnfiltered: boolean;
	readonly tree: FieldTree | null;
	readonly cap: RateCap;
	readonly connection: StreamConnection;
};

const SAMPLE: StoredComment = {
	id: '1',
	author: { id: '1', name: '' },
	hideAuthor: true,
	text: null,
	at: 0,
	lowQuality: false,
	parentId: null,
	isHidden: false
};

/** The event streams of `/streaming/{v}/{live}/live_comments` (PLATFORMS 2.4). Nothing is replayed. */
export class LiveCommentStreams {
	readonly #parts: Parts;
	readonly #readers = new Set<Reader>();
	readonly #random: Random;

	constructor(parts: Parts) {
		this.#parts = parts;
		this.#random = randomFor(parts.seed, 'streams');
		parts.world.onEvent((event) => this.#tell(event));
	}

	/** How many are open; of one live when named. */
	count(liveId?: string): number {
		return [...this.#readers].filter(({ live }) => liveId === undefined || live.id === liveId)
			.length;
	}

	/** Opens a stream. @throws GraphError */
	open(call: Call): void {
		const parts = this.#parts;
		const caller = requireCaller(parts, call);
		const [id = ''] = call.path;
		const live = parts.world.facebookLives.get(id);
		if (!live || !canSeePage(caller, live.page)) throw noSuchObject(call.method, id);
		requirePermissions(caller.person, 'pages_read_engagement', 'pages_read_user_content');
		const rate = call.query.get('comment_rate') ?? 'one_per_two_seconds';
		if (!isCommentRate(rate)) {
			throw badParameter(
				`(#100) Param comment_rate must be one of {${COMMENT_RATES.join(', ').toUpperCase()}}`
			);
		}
		const filter = call.query.get('live_filter') ?? 'filter_low_quality';
		if (!['filter_low_quality', 'no_filter'].includes(filter)) {
			throw badParameter('(#100) Param live_filter must be one of {FILTER_LOW_QUALITY, NO_FILTER}');
		}
		const tree = fieldsOf(call.query.get('fields'));
		// A field that comments do not have is refused now, not at the first comment.
		this.#shape({ live, caller, tree }, SAMPLE);
		if (live.status !== 'LIVE') throw badParameter('(#100) This video is not live');
		const { heartbeatMs } = parts.knobs.values.streams;
		const reader: Reader = {
			live,
			caller,
			isUnfiltered: filter === 'no_filter',
			tree,
			cap: new RateCap(rate),
			connection: new StreamConnection(call.response, heartbeatMs)
		};
		this.#readers.add(reader);
		call.response.once('close', () => this.#readers.delete(reader));
	}

	/** Breaks streams in the middle of a frame, those of one live when named. Returns how many. */
	cut(liveId?: string): number {
		const hit = [...this.#readers].filter(({ live }) => !liveId || live.id === liveId);
		for (const reader of hit) {
			const last = reader.live.comments.all.at(-1);
			const half = last ? this.#shape(reader, last) : { id: `${reader.live.videoId}_1` };
			this.#readers.delete(reader);
			reader.connection.cut(half);
		}
		return hit.length;
	}

	/** Ends all streams. */
	close(): void {
		for (const { connection } of this.#readers) connection.end();
		this.#readers.clear();
	}

	#tell(event: WorldEvent): void {
		if (event.type === 'instagram_comment') return;
		for (const reader of this.#readers) {
			if (reader.live !== event.live) continue;
			if (event.type === 'facebook_status') {
				if (event.status !== 'live_stopped') continue;
				this.#readers.delete(reader);
				reader.connection.end();
			} else if (event.verb === 'add' || event.verb === 'repeat') {
				this.#send(reader, event.comment);
			}
		}
	}

	#send(reader: Reader, comment: StoredComment): void {
		const { dropShare, arrayShare } = this.#parts.knobs.values.streams;
		if (comment.lowQuality && !reader.isUnfiltered) return;
		if (this.#random.chance(dropShare) || !reader.cap.take(this.#parts.clock.now())) return;
		const data = this.#shape(reader, comment);
		reader.connection.send(this.#random.chance(arrayShare) ? [data] : data);
	}

	#shape(
		{ live, caller, tree }: Pick<Reader, 'live' | 'caller' | 'tree'>,
		comment: StoredComment
	): object {
		const isOmitted = isAuthorOmitted(this.#parts, comment);
		const node = commentNode(live, comment, { caller, isAuthorOmitted: isOmitted });
		return project(node, 'Comment', { tree, defaults: COMMENT_DEFAULTS });
	}
}
