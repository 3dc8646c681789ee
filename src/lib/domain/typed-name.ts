/**
 * A name as people read it off a page: without what can't be seen (format characters, e.g. the marks that turn
 * text round), each run of white space as the one space that HTML shows, and quotes and dashes as the plain
 * ones, since no keyboard has them all and some put others in their place. Empty when nothing of it is seen.
 */
export function visibleName(name: string): string {
	return name
		.normalize('NFC')
		.replace(/\p{Cf}+/gu, '')
		.replace(/[‘’‛ʼ′]/gu, "'")
		.replace(/[“”„″]/gu, '"')
		.replace(/[‐-―−]/gu, '-')
		.replace(/\s+/gu, ' ')
		.trim();
}

/** Whether somebody who was asked to type this name, as they see it, has typed it. */
export function isTypedName(typed: string, name: string): boolean {
	const asked = visibleName(name);
	return asked !== '' && visibleName(typed) === asked;
}
