import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './observability/logger.ts';

/** Whoever stops the process kills it ten seconds after the signal (Docker's default); we end before. */
const DEADLINE_MS = 9_000;
/** Connections that libraries hold by themselves may go on retrying a server that is away. */
const END_GRACE_MS = 500;

export type ShutdownOptions = {
	/** Takes no more work and sends consoles away, while requests in flight are still answered. */
	readonly retire: () => Promise<unknown>;
	/** Closes what the process consists of; called once, after `retire`. */
	readonly close: () => Promise<void>;
	readonly logger: Logger;
	readonly deadlineMs?: number;
};

/**
 * The end of a process that was asked to stop: `begin` at the signal, `finish` once the last request is
 * answered. The process ends with code 0, or with 1 when closing fails or the deadline comes first. Nothing
 * is lost even then: what was acknowledged is in the stream, and history takes it from there (DESIGN rule 4).
 */
export class Shutdown {
	readonly #options: ShutdownOptions;
	#retired: Promise<unknown> | null = null;
	#startedAt = 0;

	constructor(options: ShutdownOptions) {
		this.#options = options;
	}

	/** Whether the process was asked to stop. */
	get hasBegun(): boolean {
		return this.#retired !== null;
	}

	/** Safe to call again: a second signal changes nothing. */
	begin(): void {
		if (this.#retired) return;
		const { logger, retire, deadlineMs = DEADLINE_MS } = this.#options;
		this.#startedAt = performance.now();
		logger.info('shutting down');
		setTimeout(() => {
			logger.error({ deadlineMs }, 'shutting down took too long; the process ends now');
			process.exit(1);
		}, deadlineMs).unref();
		this.#retired = retire().catch((error: unknown) => {
			logger.error({ err: error }, 'work in hand could not be handed over');
		});
	}

	/** Closes everything and lets the process end. */
	async finish(): Promise<void> {
		this.begin();
		const { logger, close } = this.#options;
		await this.#retired;
		try {
			await close();
			logger.info({ ms: Math.round(performance.now() - this.#startedAt) }, 'shut down');
		} catch (error) {
			logger.error({ err: error }, 'closing failed');
			process.exitCode = 1;
		}
		setTimeout(() => process.exit(), END_GRACE_MS).unref();
	}
}

/**
 * Waits for parts of a process to end, but no longer than `patienceMs` in all: a library may wait for a
 * server that is away for ever. Never throws; says which part failed or was left behind.
 */
export async function endWithin(
	patienceMs: number,
	parts: Readonly<Record<string, Promise<unknown> | undefined>>,
	logger: Logger
): Promise<void> {
	const open = new Set<string>();
	const ends = Object.entries(parts).map(async ([part, end]) => {
		open.add(part);
		try {
			await end;
		} catch (error) {
			logger.warn({ err: error, part }, 'a part of the process did not end well');
		}
		open.delete(part);
	});
	const inTime = new AbortController();
	const patience = sleep(patienceMs, undefined, { signal: inTime.signal }).catch(() => undefined);
	await Promise.race([Promise.all(ends), patience]);
	inTime.abort();
	if (open.size > 0) logger.warn({ parts: [...open], patienceMs }, 'left behind what did not end');
}
