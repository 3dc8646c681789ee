import { createContext } from 'svelte';
import type { OlderPage } from '../console/older-lines.ts';
import type { CommentEntry, FeedEntry } from '../domain/live-show.ts';
import type { ReplaySession } from './replay-session.svelte.ts';

/** What somebody asks the reason of: a claim, or what a comment came to (by its seq). */
export type Question =
	| { readonly kind: 'claim'; readonly claimId: string }
	| {
			readonly kind: 'comment';
			readonly seq: number;
			/** Buyer key of who wrote it; null where that is nobody whose data could be erased, or not at hand. */
			readonly author: string | null;
	  };

/** What every part of a replay works with. */
export type ReplayContext = {
	readonly session: ReplaySession;
	/** Opens the explanation. */
	readonly ask: (question: Question) => void;
	readonly olderComments: (
		filter: { readonly text: string | null },
		cursor: string
	) => Promise<OlderPage<CommentEntry>>;
	readonly olderFeed: (cursor: string) => Promise<OlderPage<FeedEntry>>;
};

export const [getReplay, setReplay] = createContext<ReplayContext>();
