import { AsyncLocalStorage } from 'node:async_hooks';

/** Ids that say what a line of the log belongs to. Never names, texts or tokens. */
export type LogContext = {
	readonly requestId?: string;
	readonly procedure?: string;
	readonly showId?: string;
	readonly channelId?: string;
	/** Queue and id of a job. */
	readonly queue?: string;
	readonly job?: string | undefined;
};

const storage = new AsyncLocalStorage<LogContext>();

/**
 * Runs `call`; every line that is logged meanwhile, however deep, carries these ids beside those that
 * stand already.
 */
export function withLogContext<T>(context: LogContext, call: () => T): T {
	return storage.run({ ...storage.getStore(), ...context }, call);
}

/** Runs what outlives the request that happened to start it, e.g. a timer: none of its ids stand there. */
export function withoutLogContext<T>(call: () => T): T {
	return storage.exit(call);
}

/** The ids that stand now. A fresh object: the logger writes into it. */
export function logContext(): LogContext {
	return { ...storage.getStore() };
}
