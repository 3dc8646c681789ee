import { CommentList } from './comments.ts';
import type { CommentInput, StoredComment } from './comments.ts';
import type { FakeInstagramAccount } from './instagram-account.ts';
import type { Surroundings } from './world-events.ts';

/** One live of an Instagram account; `id` is the media's. It can only be read while it is on. */
export class InstagramLive {
	readonly id: string;
	readonly account: FakeInstagramAccount;
	readonly startedAt: number;
	readonly #comments = new CommentList();
	readonly #around: Surroundings;
	#isOn = true;

	constructor(id: string, account: FakeInstagramAccount, around: Surroundings) {
		this.id = id;
		this.account = account;
		this.#around = around;
		this.startedAt = around.now();
	}

	get isOn(): boolean {
		return this.#isOn;
	}

	get comments(): CommentList {
		return this.#comments;
	}

	/** A viewer writes. @throws when the live is over, the id taken, or the answered one missing */
	comment(input: CommentInput): StoredComment {
		if (!this.#isOn) throw new Error('nobody can comment on an Instagram live that is over');
		const author = input.fromPage
			? { id: this.account.id, name: this.account.username }
			: { id: input.userId ?? '', name: input.userName ?? '' };
		if (author.id === '') throw new Error('a comment needs a userId, or fromPage');
		const comment: StoredComment = {
			id: input.id ?? this.#around.nextId('instagramComment'),
			author,
			hideAuthor: input.hideAuthor ?? false,
			text: input.text ?? null,
			at: input.at ?? this.#around.now(),
			lowQuality: false,
			parentId: input.reply ?? null,
			isHidden: false
		};
		this.#comments.add(comment);
		this.#around.tell({ type: 'instagram_comment', live: this, comment });
		return comment;
	}

	/** Webhooks tell of the comment once more. */
	repeat(commentId: string): void {
		const comment = this.#comments.get(commentId);
		if (!comment) throw new Error(`there is no comment ${commentId}`);
		this.#around.tell({ type: 'instagram_comment', live: this, comment });
	}

	/** It disappears from polling; no webhook tells of it (PLATFORMS 3.7). */
	remove(commentId: string): void {
		this.#comments.remove(commentId);
	}

	stop(): void {
		this.#isOn = false;
	}
}
