import { expect, test } from 'vitest';
import { auditFilter, auditQuery, isNarrowed, kindLabel, readAuditView } from './audit-view.ts';

const EMPTY = { show: '', actor: '', kind: '', from: '', to: '' };
const SHOW = '7a1f6a0e-0d2b-4c5f-9a57-0b1f7f5f0a11';

test('an address says the same after it was read and written', () => {
	const query = `?show=${SHOW}&actor=user%3A1&kind=claim&from=2026-03-07&to=2026-03-08`;
	expect(auditQuery(readAuditView(new URLSearchParams(query)))).toBe(query);
	expect(auditQuery(EMPTY)).toBe('');
	expect(auditQuery(EMPTY, '12')).toBe('?cursor=12');
});

test('what is at its default narrows nothing', () => {
	expect(isNarrowed(EMPTY)).toBe(false);
	expect(isNarrowed({ ...EMPTY, kind: 'claim' })).toBe(true);
	expect(auditFilter(EMPTY, 'UTC')).toEqual({
		show: null,
		actor: null,
		kind: null,
		from: null,
		before: null
	});
});

test('days are those of the zone, both included, also when a clock changes', () => {
	const day = auditFilter({ ...EMPTY, from: '2026-03-29', to: '2026-03-29' }, 'Europe/Berlin');
	expect(new Date(day.from ?? 0).toISOString()).toBe('2026-03-28T23:00:00.000Z');
	// This day has 23 hours.
	expect(new Date(day.before ?? 0).toISOString()).toBe('2026-03-29T22:00:00.000Z');
});

test('days and ids that are none are left out', () => {
	const view = readAuditView(new URLSearchParams('?from=2026-02-30&to=yesterday&show=1'));
	expect(view).toEqual({ ...EMPTY, show: '1' });
	expect(auditFilter(view, 'UTC')).toMatchObject({ show: null, from: null, before: null });
});

test('a kind that nobody named is called by its own name', () => {
	expect(kindLabel('claim')).toBe('Claims');
	expect(kindLabel('till')).toBe('Till');
});
