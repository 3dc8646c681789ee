import { MetaError } from './errors.ts';

const SEGMENT = /^[A-Za-z0-9_.-]{1,200}$/;
/** `.` and `..` are made of allowed characters and would walk up the path. */
const DOTS = /^\.+$/;

function isSegment(text: string): boolean {
	return SEGMENT.test(text) && !DOTS.test(text);
}

/** Whether the text is a path as `graphPath` makes it. */
export function isGraphPath(path: string): boolean {
	return path.split('/').every(isSegment);
}

/**
 * Joins the segments of a path, e.g. `graphPath(pageId, 'live_videos')`. Nothing foreign reaches a
 * URL: a segment that is no plain id or name throws `MetaError` `bad_request`.
 */
export function graphPath(...segments: string[]): string {
	if (segments.length === 0 || !segments.every(isSegment)) {
		throw new MetaError('bad_request', 'A path to Meta would have held something foreign', {
			explanation: 'This id can’t be one of Meta’s. Check it.'
		});
	}
	return segments.join('/');
}
