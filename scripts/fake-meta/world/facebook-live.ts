import { CommentList } from './comments.ts';
import type { CommentInput, StoredComment } from './comments.ts';
import type { FakePage } from './page.ts';
import type { Surroundings } from './world-events.ts';

export type FacebookStatus = 'LIVE' | 'LIVE_STOPPED' | 'PROCESSING' | 'VOD';

/** How long a broadcast that ended stays in each status before it is a recording. */
const STOPPED_MS = 10_000;
const PROCESSING_MS = 60_000;

type Ids = { readonly live: string; readonly video: string; readonly post: string };

/**
 * One broadcast of a page. The live video, its video and its post have three ids: reads name comments
 * `{video}_{own}`, webhooks `{post}_{own}` (PLATFORMS 2.5).
 */
export class FacebookLive {
	readonly id: string;
	readonly videoId: string;
	/** The post's own part; the whole id is `{page}_{post}`. */
	readonly postId: string;
	readonly page: FakePage;
	readonly title: string;
	readonly startedAt: number;
	readonly #comments = new CommentList();
	readonly #around: Surroundings;
	#stoppedAt: number | null = null;
	/** Lingers after the end: it says nothing about whether the live goes on (PLATFORMS 2.1). */
	viewers = 214;

	constructor(ids: Ids, about: { page: FakePage; title: string }, around: Surroundings) {
		this.id = ids.live;
		this.videoId = ids.video;
		this.postId = ids.post;
		this.page = about.page;
		this.title = about.title;
		this.#around = around;
		this.startedAt = around.now();
	}

	/** LIVE; after the stop LIVE_STOPPED for 10 s, PROCESSING for 60 s, then VOD. */
	get status(): FacebookStatus {
		if (this.#stoppedAt === null) return 'LIVE';
		const since = this.#around.now() - this.#stoppedAt;
		if (since < STOPPED_MS) return 'LIVE_STOPPED';
		return since < STOPPED_MS + PROCESSING_MS ? 'PROCESSING' : 'VOD';
	}

	get comments(): CommentList {
		return this.#comments;
	}

	/** The id that polling and the stream give. */
	readId(commentId: string): string {
		return `${this.videoId}_${commentId}`;
	}

	/** The id that webhooks give. */
	webhookId(commentId: string): string {
		return `${this.postId}_${commentId}`;
	}

	/** A viewer writes. @throws when the id has an underscore, is taken, or the answered one is missing */
	comment(input: CommentInput): StoredComment {
		const id = input.id ?? this.#around.nextId('comment');
		if (id.includes('_')) throw new Error('the own part of a comment’s id has no underscore');
		const author = input.fromPage
			? { id: this.page.id, name: this.page.name }
			: { id: input.userId ?? '', name: input.userName ?? '' };
		if (author.id === '') throw new Error('a comment needs a userId, or fromPage');
		const comment: StoredComment = {
			id,
			author,
			hideAuthor: input.hideAuthor ?? false,
			text: input.text ?? null,
			at: input.at ?? this.#around.now(),
			lowQuality: input.lowQuality ?? false,
			parentId: input.reply ?? null,
			isHidden: false
		};
		this.#comments.add(comment);
		this.#tell(comment, 'add');
		return comment;
	}

	/** Streams and webhooks tell of the comment once more. */
	repeat(commentId: string): void {
		this.#tell(this.#find(commentId), 'repeat');
	}

	remove(commentId: string): void {
		this.#tell(this.#comments.remove(commentId), 'remove');
	}

	hide(commentId: string, isHidden = true): void {
		const comment = this.#find(commentId);
		comment.isHidden = isHidden;
		this.#tell(comment, isHidden ? 'hide' : 'unhide');
	}

	/** The broadcast ends. Its comments stay. */
	stop(): void {
		if (this.#stoppedAt !== null) return;
		this.#stoppedAt = this.#around.now();
		this.#around.tell({ type: 'facebook_status', live: this, status: 'live_stopped' });
	}

	#find(commentId: string): StoredComment {
		const comment = this.#comments.get(commentId);
		if (!comment) throw new Error(`there is no comment ${commentId}`);
		return comment;
	}

	#tell(comment: StoredComment, verb: 'add' | 'hide' | 'unhide' | 'remove' | 'repeat'): void {
		this.#around.tell({ type: 'facebook_comment', live: this, comment, verb });
	}
}
