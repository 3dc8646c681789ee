const MINUTE_MS = 60_000;

/** `GMT+05:45`, `GMT` as `Intl` writes an offset (ECMA-402, `longOffset`). */
const OFFSET = /^GMT(?:([+-])([0-9]{2}):([0-9]{2}))?/;

/** An offset from UTC in minutes and as ISO 8601 writes it. */
type Offset = { readonly minutes: number; readonly text: string };

function readOffset(format: Intl.DateTimeFormat, at: number): Offset {
	const part = format.formatToParts(at).find(({ type }) => type === 'timeZoneName');
	const [, sign, hours, minutes] = OFFSET.exec(part?.value ?? '') ?? [];
	if (sign === undefined || hours === undefined || minutes === undefined) {
		return { minutes: 0, text: '+00:00' };
	}
	const size = Number(hours) * 60 + Number(minutes);
	return { minutes: sign === '-' ? -size : size, text: `${sign}${hours}:${minutes}` };
}

/**
 * Writes times as a zone's clock showed them, with the offset that held then:
 * `2026-11-20T19:02:33.120+01:00` (ISO 8601). `timeZone`: an IANA name; throws `RangeError` for others.
 */
export function zonedTime(timeZone: string): (at: Date) => string {
	const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
	// Offsets change at full minutes, and rows come in order of time: most share the offset of the last.
	let minute = NaN;
	let offset: Offset = { minutes: 0, text: '+00:00' };
	return (at) => {
		const ms = at.getTime();
		if (Math.floor(ms / MINUTE_MS) !== minute) {
			minute = Math.floor(ms / MINUTE_MS);
			offset = readOffset(format, ms);
		}
		const shown = new Date(ms + offset.minutes * MINUTE_MS).toISOString();
		return `${shown.slice(0, -'Z'.length)}${offset.text}`;
	};
}
