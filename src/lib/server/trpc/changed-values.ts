/** Of `settings`, those that differ from `others`. */
export function different(settings: object, others: object): Record<string, unknown> {
	const values = new Map<string, unknown>(Object.entries(others));
	return Object.fromEntries(
		Object.entries(settings).filter(([key, value]) => values.get(key) !== value)
	);
}
