import { createHash } from 'node:crypto';
import type { ShowEvent } from '../../../src/lib/domain/events.ts';

/** A digest of an event, to compare what a console was shown with what the log holds. */
export function eventDigest(event: ShowEvent): string {
	const facts = JSON.stringify([event.id, event.at, event.type, sorted(event.data)]);
	return createHash('sha256').update(facts).digest('base64url').slice(0, 16);
}

/** Postgres keeps no order of an object's fields. */
function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
	return entries.map(([name, inner]) => [name, sorted(inner)]);
}
