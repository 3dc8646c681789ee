/** What a viewer writes under a live, as tests and rehearsals give it. */
export type CommentInput = {
	/** The viewer's page- or Instagram-scoped id. */
	readonly userId?: string;
	/** Display name on Facebook, username on Instagram. */
	readonly userName?: string;
	/** Absent for a comment that is only an attachment. */
	readonly text?: string;
	/** The comment's own part of the id; given out in ascending order unless told. */
	readonly id?: string;
	/** Epoch ms, now unless told. The wire shows whole seconds. */
	readonly at?: number;
	/** Facebook: left out of every read that does not ask for `no_filter`. */
	readonly lowQuality?: boolean;
	/** Own id of the comment that this one answers. */
	readonly reply?: string;
	/** Written by the seller's own page or account. */
	readonly fromPage?: boolean;
	/** Nobody, with whatever token, is told who wrote it (PLATFORMS 2.3). */
	readonly hideAuthor?: boolean;
};

export type Author = { readonly id: string; readonly name: string };

export type StoredComment = {
	/** Facebook: the own part, after the prefix. Instagram: the whole id. */
	readonly id: string;
	readonly author: Author;
	readonly hideAuthor: boolean;
	readonly text: string | null;
	readonly at: number;
	readonly lowQuality: boolean;
	readonly parentId: string | null;
	isHidden: boolean;
};

/** The comments under one live that still exist, by time and then by arrival. */
export class CommentList {
	readonly #ordered: StoredComment[] = [];
	readonly #byId = new Map<string, StoredComment>();

	/** Oldest first. */
	get all(): readonly StoredComment[] {
		return this.#ordered;
	}

	get(id: string): StoredComment | null {
		return this.#byId.get(id) ?? null;
	}

	/** @throws when the id is empty or taken, or the comment that is answered is missing */
	add(comment: StoredComment): void {
		if (comment.id === '') throw new Error('a comment needs an id');
		if (this.#byId.has(comment.id)) throw new Error(`there is a comment ${comment.id} already`);
		if (comment.parentId !== null && !this.#byId.has(comment.parentId)) {
			throw new Error(`there is no comment ${comment.parentId} to answer`);
		}
		let place = this.#ordered.length;
		while (place > 0 && (this.#ordered[place - 1]?.at ?? 0) > comment.at) place--;
		this.#ordered.splice(place, 0, comment);
		this.#byId.set(comment.id, comment);
	}

	/** @throws when there is no such comment */
	remove(id: string): StoredComment {
		const comment = this.#byId.get(id);
		if (!comment) throw new Error(`there is no comment ${id}`);
		this.#byId.delete(id);
		this.#ordered.splice(this.#ordered.indexOf(comment), 1);
		return comment;
	}
}
