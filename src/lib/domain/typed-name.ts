/**
 * A name as it looks on a page: without what can't be seen (format characters, e.g. the marks that turn text
 * round), and with each run of white space as the one space that HTML shows. Empty when nothing of it is seen.
 */
export function visibleName(name: string): string {
	return name
		.normalize('NFC')
		.replace(/\p{Cf}+/gu, '')
		.replace(/\s+/gu, ' ')
		.trim();
}

/** Whether somebody who was asked to type this name, as they see it, has typed it. */
export function isTypedName(typed: string, name: string): boolean {
	const asked = visibleName(name);
	return asked !== '' && visibleName(typed) === asked;
}
