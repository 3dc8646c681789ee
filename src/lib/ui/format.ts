const COUNT = new Intl.NumberFormat('en');

/** `1,854` */
export function count(value: number): string {
	return COUNT.format(value);
}

/** `1 item`, `3 items` */
export function plural(value: number, one: string, many = `${one}s`): string {
	return `${count(value)} ${value === 1 ? one : many}`;
}

/** `04:07`, `1:04:07`: a span in ms as a stopwatch shows it. */
export function stopwatch(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const pad = (part: number) => String(part).padStart(2, '0');
	const hours = Math.floor(seconds / 3600);
	const rest = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
	return hours > 0 ? `${hours}:${rest}` : rest;
}
