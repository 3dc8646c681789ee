import type { CommentEntry, FeedEntry } from '../domain/live-show.ts';

/** A page of older lines, newest first. */
export type OlderPage<T> = { readonly lines: readonly T[]; readonly nextCursor: string | null };

export type CommentSearch = { readonly text: string | null; readonly platform: string | null };

/** Reads lines that are older than those a page holds; `cursor` is the seq to start below. */
export type OlderLines = {
	readonly comments: (
		search: CommentSearch,
		cursor: string | null
	) => Promise<OlderPage<CommentEntry>>;
	readonly feed: (cursor: string | null) => Promise<OlderPage<FeedEntry>>;
};
