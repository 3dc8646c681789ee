import { expect, test } from 'vitest';
import { feedEntry } from '../domain/live-show.ts';
import type { CommentEntry, FeedEntry } from '../domain/live-show.ts';
import { commentLook, feedLook } from './outcomes.ts';
import { comment } from './show-fixture.ts';

function notCounted(about: Partial<CommentEntry> = {}): CommentEntry {
	const { data, seq, at } = comment(1, 'not_counted');
	if (!('commentId' in data)) throw new Error('not a comment');
	return { ...data, seq, at, ...about };
}

test('a comment that could not count says whose it is, not that the show was paused', () => {
	expect(commentLook(notCounted())?.label).toBe('Not counted');
	expect(commentLook(notCounted({ userId: null, handle: '' }))?.label).toBe(
		'Not counted: author unknown'
	);
	expect(commentLook(notCounted({ fromPage: true }))?.label).toBe('Not counted: your own page');
});

test('its line in the feed says so too, wherever the line comes from', () => {
	const line = (about: Partial<CommentEntry>) => {
		const { seq, at, ...data } = notCounted(about);
		return feedEntry({ id: '1', epoch: 'e', seq, at, type: 'comment.received', data });
	};
	const label = (entry: FeedEntry | null) => entry && feedLook(entry).label;
	expect(label(line({}))).toBe('Not counted');
	expect(label(line({ userId: null, handle: '' }))).toBe('Author unknown');
	expect(label(line({ fromPage: true }))).toBe('Your own page');
	// Paused or not: what is refused for another reason says that.
	expect(label(line({ fromPage: true, outcome: 'item_closed' }))).toBe('Item closed');
});

test('a comment that asked for nothing has no mark, whoever wrote it', () => {
	expect(commentLook(notCounted({ outcome: 'none', userId: null }))).toBeNull();
});
