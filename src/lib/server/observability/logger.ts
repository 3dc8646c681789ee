import { pino } from 'pino';
import type { Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * A structured logger (JSON lines on stderr, so that stdout stays free for programs that print data).
 * Log ids and codes; never tokens, handles, comment texts or whole payloads.
 */
export function createLogger(level: string): Logger {
	return pino(
		{
			level,
			base: null,
			timestamp: pino.stdTimeFunctions.isoTime,
			formatters: { level: (label) => ({ level: label }) },
			// A driver's error may carry addresses and parameters; its kind is what an operator needs.
			serializers: { err: (error: unknown) => describeError(error) }
		},
		pino.destination({ dest: 2, sync: true })
	);
}

/** Name, code, message and stack of an error, without the parameters that drivers attach. */
export function describeError(error: unknown): Record<string, unknown> {
	if (!(error instanceof Error)) return { name: typeof error };
	const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
	return { name: error.name, code, message: withoutUrls(error.message), stack: error.stack };
}

/** Connection URLs hold passwords. */
function withoutUrls(text: string): string {
	return text.replace(/\b[a-z]+:\/\/\S+/gi, '<url>');
}
