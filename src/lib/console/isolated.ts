const FIRST_STRONG_ISOLATE = String.fromCodePoint(0x2068);
const POP_DIRECTIONAL_ISOLATE = String.fromCodePoint(0x2069);

/** Foreign text inside a sentence that markup can't reach: a right-to-left name must not turn it round. */
export function isolated(text: string): string {
	return FIRST_STRONG_ISOLATE + text + POP_DIRECTIONAL_ISOLATE;
}
