import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 20;

/** Looks until there is something, but no longer than that. A look that fails, as at a dead server, saw nothing. */
export async function until<Value>(
	ms: number,
	look: () => Value | Promise<Value>
): Promise<Value | null> {
	const deadline = performance.now() + ms;
	for (;;) {
		const seen = await tryToLook(look);
		if (seen || performance.now() > deadline) return seen;
		await sleep(LOOK_MS);
	}
}

async function tryToLook<Value>(look: () => Value | Promise<Value>): Promise<Value | null> {
	try {
		return await look();
	} catch {
		return null;
	}
}
