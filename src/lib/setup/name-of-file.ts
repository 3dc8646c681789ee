/** A name for a show from the name of a file: `Spring sale 2026` for `spring-sale_2026.csv`. */
export function nameOfFile(fileName: string): string {
	const words = fileName
		.replace(/\.[a-z0-9]{1,5}$/i, '')
		.replace(/[\s_-]+/g, ' ')
		.trim();
	const [first = ''] = words;
	return first.toLocaleUpperCase() + words.slice(first.length);
}
