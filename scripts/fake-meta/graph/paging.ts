import type { Call } from '../http/call.ts';
import { badParameter } from '../http/graph-error.ts';
import type { Parts } from '../parts.ts';

type Rules = { readonly defaultLimit: number; readonly maxLimit: number };

/** Cursors are opaque; those of another epoch, or of an object that is gone, are dead. */
function cursorOf(epoch: number, id: string): string {
	return Buffer.from(`${epoch}:${id}`).toString('base64url');
}

function idOfCursor(epoch: number, cursor: string): string | null {
	const [cursorEpoch, ...id] = Buffer.from(cursor, 'base64url').toString().split(':');
	return cursorEpoch === String(epoch) ? id.join(':') : null;
}

/** A page of `list`, and how the reply speaks of its place. */
export type Page<Entry> = {
	readonly entries: readonly Entry[];
	readonly paging: object | null;
	readonly hasNext: boolean;
};

/** A whole number of a parameter, or the fallback. @throws GraphError code 100 */
export function readCount(call: Call, name: string, fallback: number): number {
	const text = call.query.get(name);
	if (text === null) return fallback;
	if (!/^\d{1,12}$/.test(text)) {
		throw badParameter(`(#100) Param ${name} must be an integer greater than or equal to zero`);
	}
	return Number(text);
}

/**
 * Cuts the page that `after`, `before` and `limit` ask for. `cursors` stand on every page, also the
 * last; only `next` says that there is more, and its URL has the token in it but no proof
 * (PLATFORMS 1.12).
 * @throws GraphError code 100 for a dead cursor
 */
export function paginate<Entry extends { readonly id: string }>(
	parts: Parts,
	call: Call,
	list: readonly Entry[],
	{ defaultLimit, maxLimit }: Rules
): Page<Entry> {
	const limit = Math.min(Math.max(1, readCount(call, 'limit', defaultLimit)), maxLimit);
	const epoch = parts.cursorEpoch();
	const placeOf = (name: 'after' | 'before'): number | null => {
		const cursor = call.query.get(name);
		if (!cursor) return null;
		const id = idOfCursor(epoch, cursor);
		const place = list.findIndex((entry) => entry.id === id);
		if (place < 0) throw badParameter('(#100) Invalid cursor: it is expired or was never given');
		return place;
	};
	const after = placeOf('after');
	const before = placeOf('before');
	const start = after !== null ? after + 1 : before !== null ? Math.max(0, before - limit) : 0;
	const end = before !== null && after === null ? before : Math.min(list.length, start + limit);
	const entries = list.slice(start, end);
	const [first, last] = [entries[0], entries.at(-1)];
	if (!first || !last) return { entries, paging: null, hasNext: false };
	const cursors = { before: cursorOf(epoch, first.id), after: cursorOf(epoch, last.id) };
	const hasNext = end < list.length;
	const paging = {
		cursors,
		...(hasNext ? { next: pageUrl(parts, call, { after: cursors.after, limit }) } : {}),
		...(start > 0 ? { previous: pageUrl(parts, call, { before: cursors.before, limit }) } : {})
	};
	return { entries, paging, hasNext };
}

function pageUrl(
	parts: Parts,
	call: Call,
	to: { readonly after?: string; readonly before?: string; readonly limit: number }
): string {
	const url = new URL(`${parts.origin()}/${call.host}/${call.version}${call.path.join('/')}`);
	for (const [name, value] of call.query) {
		if (!['after', 'before', 'limit', 'appsecret_proof'].includes(name)) {
			url.searchParams.set(name, value);
		}
	}
	const token = call.bearer ?? call.query.get('access_token');
	if (token) url.searchParams.set('access_token', token);
	url.searchParams.set('limit', String(to.limit));
	if (to.after) url.searchParams.set('after', to.after);
	if (to.before) url.searchParams.set('before', to.before);
	return url.href;
}
