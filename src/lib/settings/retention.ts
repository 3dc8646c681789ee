import { plural } from '../ui/format.ts';

/** Bounds of the days, as the server has them (history/redaction/retention-due.ts). */
export const MIN_DAYS = 1;
export const MAX_DAYS = 3_650;
/** What is offered to somebody who has chosen nothing yet. */
export const SUGGESTED_DAYS = 90;

/** The number of days that a field holds; null for anything that is none, or out of bounds. */
export function parseDays(text: string): number | null {
	if (!/^[0-9]{1,4}$/.test(text.trim())) return null;
	const days = Number(text);
	return days >= MIN_DAYS && days <= MAX_DAYS ? days : null;
}

export function retentionWords(days: number | null): string {
	return days === null ? 'Kept for good' : `Removed ${plural(days, 'day')} after a show`;
}

/** What a retention would remove now, as a sentence. */
export function removalSentence(preview: {
	readonly comments: number;
	readonly people: number;
	readonly shows: number;
}): string {
	if (preview.comments === 0) return 'No comment is old enough to be removed now.';
	const { comments, people, shows } = preview;
	return `This would remove the words of ${plural(comments, 'comment')} of ${plural(people, 'person', 'people')} in ${plural(shows, 'show')} now.`;
}

/** Whether a choice removes more than the present one, so that it wants a confirmation. */
export function removesMore(chosen: number | null, present: number | null): boolean {
	return chosen !== null && (present === null || chosen < present);
}
