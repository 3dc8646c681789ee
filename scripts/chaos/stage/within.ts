import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for something, but no longer than that. Returns whether it came. */
export async function within(ms: number, event: Promise<unknown>): Promise<boolean> {
	const late = new AbortController();
	const timer = sleep(ms, false, { signal: late.signal }).catch(() => false);
	const came = await Promise.race([event.then(() => true), timer]);
	late.abort();
	return came;
}
