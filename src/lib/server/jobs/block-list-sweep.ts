import type { ShowBlocks } from '../history/show-blocks.ts';
import type { Logger } from '../observability/logger.ts';
import { periodically } from './periodically.ts';

const INTERVAL_MS = 5_000;

/**
 * Looks every five seconds for shows that lack the newest block list: the net under the change itself,
 * for a process that died in between. Returns what stops it.
 */
export function startBlockListSweep(
	blocks: Pick<ShowBlocks, 'heal'>,
	logger: Logger
): () => Promise<void> {
	return periodically(
		() => blocks.heal(),
		{ everyMs: INTERVAL_MS },
		(error) => logger.warn({ err: error }, 'the sweep for block lists failed')
	);
}
