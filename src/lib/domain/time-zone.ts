/**
 * Whether the text names a time zone (IANA) that this machine can write times in. Offsets such as `+02:00`
 * are no zones: they know nothing of summer time.
 */
export function isTimeZone(name: string): boolean {
	if (!/^[A-Za-z]/.test(name) || name.length > 64) return false;
	try {
		new Intl.DateTimeFormat('en', { timeZone: name });
		return true;
	} catch {
		return false;
	}
}
