import { describe, expect, test } from 'vitest';
import { zonedTime } from './zoned-time.ts';

function written(zone: string, iso: string): string {
	return zonedTime(zone)(new Date(iso));
}

test.each([
	['UTC', '2026-11-20T18:02:33.120Z', '2026-11-20T18:02:33.120+00:00'],
	['Europe/Berlin', '2026-11-20T18:02:33.120Z', '2026-11-20T19:02:33.120+01:00'],
	['Europe/Berlin', '2026-07-01T18:02:33.000Z', '2026-07-01T20:02:33.000+02:00'],
	['America/New_York', '2026-11-21T03:59:59.999Z', '2026-11-20T22:59:59.999-05:00'],
	['Asia/Kathmandu', '2026-11-20T18:30:00.000Z', '2026-11-21T00:15:00.000+05:45'],
	['America/St_Johns', '2026-01-01T00:00:00.000Z', '2025-12-31T20:30:00.000-03:30'],
	['Pacific/Kiritimati', '2026-12-31T12:00:00.000Z', '2027-01-01T02:00:00.000+14:00']
])('%s writes %s with its offset', (zone, iso, expected) => {
	expect(written(zone, iso)).toBe(expected);
	expect(new Date(expected).toISOString()).toBe(iso);
});

describe('a change of the clock', () => {
	test('in autumn: the same hour twice, told apart by the offset', () => {
		const write = zonedTime('Europe/Berlin');
		expect(write(new Date('2026-10-25T00:59:59.999Z'))).toBe('2026-10-25T02:59:59.999+02:00');
		expect(write(new Date('2026-10-25T01:00:00.000Z'))).toBe('2026-10-25T02:00:00.000+01:00');
		expect(write(new Date('2026-10-25T00:59:59.999Z'))).toBe('2026-10-25T02:59:59.999+02:00');
	});

	test('in spring: an hour is left out', () => {
		const write = zonedTime('America/New_York');
		expect(write(new Date('2026-03-08T06:59:59.999Z'))).toBe('2026-03-08T01:59:59.999-05:00');
		expect(write(new Date('2026-03-08T07:00:00.000Z'))).toBe('2026-03-08T03:00:00.000-04:00');
	});

	test('of half an hour', () => {
		const write = zonedTime('Australia/Lord_Howe');
		expect(write(new Date('2026-04-04T14:59:59.999Z'))).toBe('2026-04-05T01:59:59.999+11:00');
		expect(write(new Date('2026-04-04T15:00:00.000Z'))).toBe('2026-04-05T01:30:00.000+10:30');
	});
});

test('all through a year, what is written is the instant that it was', () => {
	const write = zonedTime('Europe/Berlin');
	const faults: string[] = [];
	const end = Date.UTC(2027, 0, 1);
	for (let at = Date.UTC(2026, 0, 1); at < end; at += 37 * 60_000 + 11) {
		const text = write(new Date(at));
		if (Date.parse(text) !== at) faults.push(text);
	}
	expect(faults).toEqual([]);
});

test('a zone that there is not is refused', () => {
	expect(() => zonedTime('Mars/Olympus')).toThrow(RangeError);
});
