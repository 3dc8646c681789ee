/**
 * JSON as Meta writes it (PLATFORMS 3.4): everything beyond ASCII as `\uXXXX` with lower-case hex
 * digits, a slash as `\/`. Whoever hashes anything but the received bytes gets another signature.
 */
export function metaJson(value: unknown): string {
	return JSON.stringify(value)
		.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
		.replaceAll('/', '\\/');
}
