import { isTimeZone } from '../domain/time-zone.ts';

/** Most zones that a list shows at a time. */
const MAX_LISTED = 60;

/** Names that browsers list for the sake of old data, and what people call the place (IANA `backward`). */
const PRESENT_NAMES: ReadonlyMap<string, string> = new Map([
	['America/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
	['America/Godthab', 'America/Nuuk'],
	['Asia/Calcutta', 'Asia/Kolkata'],
	['Asia/Katmandu', 'Asia/Kathmandu'],
	['Asia/Rangoon', 'Asia/Yangon'],
	['Asia/Saigon', 'Asia/Ho_Chi_Minh'],
	['Atlantic/Faeroe', 'Atlantic/Faroe'],
	['Europe/Kiev', 'Europe/Kyiv'],
	['Pacific/Enderbury', 'Pacific/Kanton'],
	['Pacific/Ponape', 'Pacific/Pohnpei'],
	['Pacific/Truk', 'Pacific/Chuuk']
]);

/** The zone by its present name, where this browser knows that. */
export function presentName(name: string): string {
	const present = PRESENT_NAMES.get(name);
	return present !== undefined && isTimeZone(present) ? present : name;
}

/** Names of all time zones that this browser knows, UTC first. */
export function timeZones(): readonly string[] {
	const named = Intl.supportedValuesOf('timeZone').map(presentName);
	return [...new Set(['UTC', ...named.toSorted()])];
}

/** As people read it: `America/New York`. */
export function zoneLabel(name: string): string {
	return name.replaceAll('_', ' ');
}

/** The distance from UTC at the moment, `GMT+2`; empty for a zone that is none. */
export function zoneOffset(name: string, at: number): string {
	try {
		return (
			new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'shortOffset' })
				.formatToParts(at)
				.find((part) => part.type === 'timeZoneName')?.value ?? ''
		);
	} catch {
		return '';
	}
}

/** The clock there, `19:04`; empty for a zone that is none. */
export function zoneClock(name: string, at: number): string {
	try {
		return new Intl.DateTimeFormat('en-GB', { timeZone: name, timeStyle: 'short' }).format(at);
	} catch {
		return '';
	}
}

/** The zones whose names hold every word of the search; those with a part that starts so come first. */
export function findTimeZones(names: readonly string[], search: string): readonly string[] {
	const words = search
		.toLowerCase()
		.replaceAll('_', ' ')
		.split(/[\s/]+/)
		.filter(Boolean);
	const parts = (name: string) => zoneLabel(name).toLowerCase();
	const starts = (name: string) =>
		words.every((word) =>
			parts(name)
				.split(/[\s/]+/)
				.some((part) => part.startsWith(word))
		);
	const found = names.filter((name) => words.every((word) => parts(name).includes(word)));
	return [...found.filter(starts), ...found.filter((name) => !starts(name))].slice(0, MAX_LISTED);
}
