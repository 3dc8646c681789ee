import { expect, test } from 'vitest';
import { isTimeZone } from './time-zone.ts';

test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata'])(
	'%s is a time zone',
	(name) => {
		expect(isTimeZone(name)).toBe(true);
	}
);

test.each(['', '+02:00', 'Mars/Olympus', 'Europe/Berlin ', 'x'.repeat(65), "UTC'; --"])(
	'%j is none',
	(name) => {
		expect(isTimeZone(name)).toBe(false);
	}
);
