import { randomUUID } from 'node:crypto';
import { buyerKey } from '../../src/lib/domain/buyer.ts';
import { commentKey } from '../../src/lib/server/allocator/comment.ts';
import type { IncomingComment } from '../../src/lib/server/allocator/comment.ts';
import { HOT_ITEM, WORDS } from './bench-shows.ts';

/** The arguments that the allocator would give `lua/comment.lua` for this claim of the hot item. */
export function preparedArguments(comment: IncomingComment): string[] {
	const { platform, liveId, commentId = null, postedAt = null, userId, text } = comment;
	const handle = comment.userHandle;
	const displayName = comment.userDisplayName ?? null;
	const author = JSON.stringify({ platform, userId, handle, displayName });
	const rest = JSON.stringify({ liveId, commentId, postedAt, fromPage: false, text });
	return [
		'',
		'0',
		commentKey(platform, commentId ?? ''),
		author.slice(0, -1),
		`,${rest.slice(1, -1)}`,
		'claim',
		HOT_ITEM,
		WORDS.claimWord,
		WORDS.passWord,
		buyerKey(platform, userId ?? ''),
		randomUUID()
	];
}
