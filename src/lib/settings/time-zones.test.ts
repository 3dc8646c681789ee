import { describe, expect, test } from 'vitest';
import { findTimeZones, timeZones, zoneClock, zoneLabel, zoneOffset } from './time-zones.ts';

const NAMES = [
	'UTC',
	'America/New_York',
	'America/North_Dakota/Center',
	'Asia/Hong_Kong',
	'Europe/Berlin'
];

describe('findTimeZones', () => {
	test('finds by any words of the name, in any case', () => {
		expect(findTimeZones(NAMES, 'new york')).toEqual(['America/New_York']);
		expect(findTimeZones(NAMES, 'New_York')).toEqual(['America/New_York']);
		expect(findTimeZones(NAMES, 'kong asia')).toEqual(['Asia/Hong_Kong']);
		expect(findTimeZones(NAMES, 'atlantis')).toEqual([]);
	});

	test('puts names with a part that starts so first', () => {
		expect(findTimeZones(['Europe/Berlin', 'Asia/Rome', 'America/Era'], 'er')).toEqual([
			'America/Era',
			'Europe/Berlin'
		]);
	});

	test('gives everything in order for no search, up to a page', () => {
		expect(findTimeZones(NAMES, ' ')).toEqual(NAMES);
		expect(findTimeZones(timeZones(), '')).toHaveLength(60);
	});
});

test('the list starts with UTC and names it once', () => {
	const names = timeZones();
	expect(names[0]).toBe('UTC');
	expect(names.filter((name) => name === 'UTC')).toHaveLength(1);
	expect(names).toEqual(expect.arrayContaining(['Europe/Berlin', 'Asia/Kolkata', 'Europe/Kyiv']));
	expect(names).not.toContain('Asia/Calcutta');
});

test('a zone is shown with its name, its offset in summer and winter, and its clock', () => {
	const [winter, summer] = [Date.UTC(2026, 0, 10, 12), Date.UTC(2026, 6, 10, 12)];
	expect(zoneLabel('America/New_York')).toBe('America/New York');
	expect([zoneOffset('Europe/Berlin', winter), zoneOffset('Europe/Berlin', summer)]).toEqual([
		'GMT+1',
		'GMT+2'
	]);
	expect(zoneClock('Asia/Kolkata', winter)).toBe('17:30');
	expect([zoneOffset('Mars/Olympus', winter), zoneClock('Mars/Olympus', winter)]).toEqual(['', '']);
});
