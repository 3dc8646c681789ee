/*
 * The first that fits counts: most browsers name those before them as well (MDN, "Browser detection using
 * the user agent string"). An iPad that asks for desktop sites calls itself a Mac.
 */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
	[/\bInstagram\b/, 'Instagram'],
	[/\bFB(?:AN|AV|_IAB)\b/, 'Facebook'],
	[/\bEdg(?:e|A|iOS)?\//, 'Edge'],
	[/\b(?:OPR|OPT|Opera)\b/, 'Opera'],
	[/\bSamsungBrowser\//, 'Samsung Internet'],
	[/\b(?:Firefox|FxiOS)\//, 'Firefox'],
	[/\b(?:Headless)?(?:Chrome|CriOS)\//, 'Chrome'],
	[/\bVersion\/[\d.]+ .*\bSafari\//, 'Safari']
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
	[/\biPhone\b/, 'iPhone'],
	[/\biPad\b/, 'iPad'],
	[/\bAndroid\b/, 'Android'],
	[/\bCrOS\b/, 'ChromeOS'],
	[/\bWindows\b/, 'Windows'],
	[/\bMacintosh\b/, 'Mac'],
	[/\bLinux\b/, 'Linux']
];

/**
 * The browser and system of a `User-Agent` in words of ours, e.g. `Firefox on Windows`; null when neither is
 * known. Nothing else of the header is kept: it would tell people apart, and be whatever a client writes.
 */
export function deviceOf(userAgent: string | null): string | null {
	if (userAgent === null) return null;
	const find = (known: typeof BROWSERS): string | undefined =>
		known.find(([pattern]) => pattern.test(userAgent))?.[1];
	const browser = find(BROWSERS);
	const system = find(SYSTEMS);
	if (system === undefined) return browser ?? null;
	return `${browser ?? 'Browser'} on ${system}`;
}
