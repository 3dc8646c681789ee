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

function feedLine(): FeedEntry {
	const line = feedEntry(comment(1, 'not_counted'));
	if (!line) throw new Error('no line');
	return line;
}

test('a comment that could not count says whose it is, not that the show was paused', () => {
	expect(commentLook(notCounted())?.label).toBe('Not counted');
	expect(commentLook(notCounted({ userId: null, handle: '' }))?.label).toBe(
		'Not counted: author unknown'
	);
	expect(commentLook(notCounted({ fromPage: true }))?.label).toBe('Not counted: your own page');
});

test('a comment that asked for nothing has no mark, whoever wrote it', () => {
	expect(commentLook(notCounted({ outcome: 'none', userId: null }))).toBeNull();
});

test('the feed says the same in two words', () => {
	expect(feedLook(feedLine()).label).toBe('Not counted');
	expect(feedLook(feedLine(), 'author_unknown').label).toBe('Author unknown');
	expect(feedLook(feedLine(), 'own_page').label).toBe('Your own page');
});
