import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { logContext } from './log-context.ts';
import { withoutPrivateFields } from './redaction.ts';

export type { Logger } from 'pino';

export type LoggerOptions = {
	/** Where lines go; stderr unless given, so that stdout stays free for programs that print data. */
	readonly destination?: DestinationStream;
	/** Called with the level of each line that is written, for metrics. */
	readonly onLine?: (level: string) => void;
};

/**
 * A structured logger (JSON lines). Log ids and codes; never tokens, handles, comment texts or whole
 * payloads. Lines carry the ids of the request, show or job that they belong to (log-context.ts).
 */
export function createLogger(level: string, options: LoggerOptions = {}): Logger {
	const { onLine } = options;
	const logger = pino(
		{
			level,
			base: null,
			timestamp: pino.stdTimeFunctions.isoTime,
			mixin: logContext,
			formatters: { level: (label) => ({ level: label }), log: withoutPrivateFields },
			// A driver's error may carry addresses and parameters; its kind is what an operator needs.
			serializers: { err: (error: unknown) => describeError(error) },
			hooks: {
				logMethod(args, method, number) {
					onLine?.(logger.levels.labels[number] ?? 'info');
					method.apply(this, args);
				}
			}
		},
		options.destination ?? pino.destination({ dest: 2, sync: true })
	);
	return logger;
}

/** Name, code, message and frames of an error, without the parameters that drivers attach. */
export function describeError(error: unknown): Record<string, unknown> {
	if (!(error instanceof Error)) return { name: typeof error };
	const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
	return { name: error.name, code, message: safeMessage(error), stack: framesOf(error) };
}

/** V8 quotes the text that is no JSON, which may be anything that somebody wrote. */
function safeMessage({ name, message }: Error): string {
	if (name === 'SyntaxError' && message.includes('JSON')) return 'a text that is no JSON';
	return withoutUrls(message);
}

/** The stack without its first lines, which repeat the message. */
function framesOf({ stack = '' }: Error): string {
	return stack
		.split('\n')
		.filter((line) => /^\s+at /.test(line))
		.join('\n');
}

/** Connection URLs hold passwords. */
function withoutUrls(text: string): string {
	return text.replace(/\b[a-z]+:\/\/\S+/gi, '<url>');
}
