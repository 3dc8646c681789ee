const HIGHEST = 999_999;

/**
 * The number to suggest for the next item: one above the highest; when that is the last there is, the
 * lowest free one. Null when every number is taken.
 */
export function nextItemNumber(taken: Iterable<string>): string | null {
	const numbers = new Set([...taken].map(Number));
	let highest = 0;
	for (const number of numbers) highest = Math.max(highest, number);
	if (highest < HIGHEST) return String(highest + 1);
	for (let number = 1; number < HIGHEST; number++) {
		if (!numbers.has(number)) return String(number);
	}
	return null;
}
