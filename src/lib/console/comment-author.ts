import { noClaimReason } from '../domain/buyer.ts';
import type { CommentReceived } from '../domain/events.ts';
import { platformName } from './platforms.ts';

/** What stands where the platform did not say who it was. Who has an id has a handle (domain/buyer.ts). */
const UNKNOWN_VIEWER = 'Unknown viewer';

type Authorship = Pick<CommentReceived, 'platform' | 'userId' | 'fromPage'>;

/** What its author is called. */
export function authorName(handle: string): string {
	return handle === '' ? UNKNOWN_VIEWER : handle;
}

/** The seller's own page, or account where there are no pages. */
export function ownMark(platform: string): string {
	return platform === 'facebook' ? 'Your page' : 'Your account';
}

/** Why nobody is named. */
export function unknownWords(platform: string): string {
	return `${platformName(platform)} did not say who wrote this`;
}

/** Why the comment claims nothing by itself, as a sentence; null when it may. */
export function noClaimWords(comment: Authorship): string | null {
	switch (noClaimReason(comment)) {
		case 'own_page':
			return `${ownMark(comment.platform)} wrote this, so it claims nothing by itself.`;
		case 'author_unknown':
			return `${unknownWords(comment.platform)}, so it claims nothing by itself.`;
		case null:
			return null;
	}
}
