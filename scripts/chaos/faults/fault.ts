import type { Crowd } from '../load/crowd.ts';
import type { TargetShow } from '../load/target-show.ts';
import type { SeededRandom } from '../random.ts';
import type { Stage } from '../stage/stage.ts';

/** How Redis flushes its append-only file. */
export type AofMode = 'always' | 'everysec';

/** What faults that share it can't have at the same time. */
export type Part = 'web' | 'worker' | 'redis' | 'postgres' | 'web-network' | 'worker-network';

export type FaultContext = {
	readonly stage: Stage;
	readonly crowd: Crowd;
	readonly shows: readonly TargetShow[];
	readonly random: SeededRandom;
	readonly aof: AofMode;
};

export type Fault = {
	readonly name: string;
	readonly parts: readonly Part[];
	/** Whether it may take what was acknowledged and is not in Postgres. */
	loses(aof: AofMode): boolean;
	/** Whether Redis may come back in an older state than it was in. It may not where this is not said. */
	rewinds?(aof: AofMode): boolean;
	/**
	 * Does it, waits as long as it takes effect, and starts again what it killed. Returns what came of it
	 * in a few words, `missed` when it had no chance.
	 */
	strike(context: FaultContext): Promise<string>;
};

export const never = (): boolean => false;
export const always = (): boolean => true;
