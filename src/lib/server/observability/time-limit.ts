/** What was asked did not answer in time. */
export class TimeLimitError extends Error {
	override readonly name = 'TimeLimitError';
}

/** The promise's result, or `TimeLimitError` after `limitMs`. What it does goes on, unheard. */
export async function withTimeLimit<T>(limitMs: number, promise: Promise<T>): Promise<T> {
	const late = Promise.withResolvers<never>();
	const timer = setTimeout(() => late.reject(new TimeLimitError('no answer in time')), limitMs);
	try {
		return await Promise.race([promise, late.promise]);
	} finally {
		clearTimeout(timer);
	}
}
