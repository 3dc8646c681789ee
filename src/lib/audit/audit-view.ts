import { parseDate } from '@internationalized/date';

/** What the audit log is narrowed to, as the address of the page says it; empty for everything. */
export type AuditView = {
	readonly show: string;
	readonly actor: string;
	readonly kind: string;
	/** Days (`2026-03-07`) in the workspace's zone, both included. */
	readonly from: string;
	readonly to: string;
};

/** Names of the page's fields, as they stand in its address. */
export const AUDIT_FIELDS = ['show', 'actor', 'kind', 'from', 'to'] as const;

/** The address's query without what is at its default. */
export function auditQuery(view: AuditView, cursor: string | null = null): string {
	const query = new URLSearchParams();
	for (const field of AUDIT_FIELDS) if (view[field] !== '') query.set(field, view[field]);
	if (cursor !== null) query.set('cursor', cursor);
	return query.size === 0 ? '' : `?${query}`;
}

export function isNarrowed(view: AuditView): boolean {
	return AUDIT_FIELDS.some((field) => view[field] !== '');
}

/** A day of the calendar; null for any other text. */
function readDay(text: string): ReturnType<typeof parseDate> | null {
	try {
		return parseDate(text);
	} catch {
		return null;
	}
}

/** What the API is asked for. A day that is none, and an id that is none, narrow nothing. */
export function auditFilter(view: AuditView, timeZone: string) {
	const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
	const from = readDay(view.from);
	const to = readDay(view.to);
	return {
		show: uuid.test(view.show) ? view.show : null,
		actor: view.actor === '' ? null : view.actor.slice(0, 200),
		kind: view.kind === '' ? null : view.kind.slice(0, 100),
		from: from && Math.max(0, from.toDate(timeZone).getTime()),
		before: to && Math.max(0, to.add({ days: 1 }).toDate(timeZone).getTime())
	};
}

/** Reads the view from the page's address. */
export function readAuditView(query: URLSearchParams): AuditView {
	const field = (name: (typeof AUDIT_FIELDS)[number]): string => query.get(name) ?? '';
	return {
		show: field('show'),
		actor: field('actor'),
		kind: field('kind'),
		from: readDay(field('from')) ? field('from') : '',
		to: readDay(field('to')) ? field('to') : ''
	};
}

const KINDS: Record<string, string> = {
	account: 'Accounts',
	buyer: 'Buyers',
	channel: 'Channels',
	claim: 'Claims',
	connection: 'Connections',
	item: 'Items',
	member: 'Members',
	rehearsal: 'Rehearsals',
	settings: 'Settings',
	show: 'Shows',
	workspace: 'Workspace'
};

/** What a kind of action is called in the choice. */
export function kindLabel(kind: string): string {
	return KINDS[kind] ?? kind.slice(0, 1).toUpperCase() + kind.slice(1);
}
