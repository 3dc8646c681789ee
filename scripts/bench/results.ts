import { benchClaims } from './claims.ts';
import type { ClaimFigures } from './claims.ts';
import { benchGrowth } from './growth.ts';
import type { GrowthFigures } from './growth.ts';
import { benchLatency } from './latency.ts';
import type { LatencyFigures } from './latency.ts';
import { machineFacts } from './machine.ts';
import type { MachineFacts } from './machine.ts';
import { ROUNDS } from './rounds.ts';
import { benchWriteBehind } from './write-behind.ts';
import type { WriteBehindFigures } from './write-behind.ts';
import type { Durability, Workbench } from './workbench.ts';

type Ratios = {
	readonly claimVsEvalsha: number | null;
	readonly claimVsForUpdate: number | null;
	readonly growth: number | null;
	readonly latencyP99VsRelay: number | null;
};

/** What `--json` prints. */
export type BenchResult = {
	readonly ratios: Ratios;
	readonly absolute: {
		readonly rounds: number;
		readonly quick: boolean;
		readonly machine: MachineFacts;
		/** The durability that `ratios` speaks of, where there are two. */
		readonly durability: Durability;
		readonly claims: Readonly<Record<Durability, ClaimFigures | null>>;
		readonly growth: GrowthFigures | null;
		readonly writeBehind: WriteBehindFigures | null;
		readonly latency: LatencyFigures | null;
		/** Why a figure is null, by its name. */
		readonly reasons: Readonly<Record<string, string>>;
		readonly elapsedSeconds: number;
	};
};

const NO_FILE =
	'the embedded Valkey has no append-only file; with redis-server on the PATH there is one';

/** Takes all figures, one benchmark after the other. One that fails leaves null and its reason. */
export async function runBenchmarks(
	bench: Workbench,
	progress: (text: string) => void
): Promise<BenchResult> {
	const startedAt = performance.now();
	const reasons: Record<string, string> = {};
	const attempt = async <Figures>(
		name: string,
		take: () => Promise<Figures>
	): Promise<Figures | null> => {
		progress(name);
		try {
			return await take();
		} catch (error) {
			if (bench.signal.aborted) throw error;
			reasons[name] = error instanceof Error ? error.message : String(error);
			return null;
		}
	};

	const machine = await machineFacts(bench);
	const durability = bench.durabilities.includes('durable') ? 'durable' : 'relaxed';
	const claims: Record<Durability, ClaimFigures | null> = { durable: null, relaxed: null };
	reasons['claims.durable'] = NO_FILE;
	for (const kind of bench.durabilities) {
		delete reasons[`claims.${kind}`];
		claims[kind] = await attempt(`claims.${kind}`, () => benchClaims(bench, kind));
	}
	const growth = await attempt('growth', () => benchGrowth(bench));
	const writeBehind = await attempt('writeBehind', () => benchWriteBehind(bench));
	const latency = await attempt('latency', () => benchLatency(bench, durability));
	return {
		ratios: {
			claimVsEvalsha: claims[durability]?.claimVsEvalsha.median ?? null,
			claimVsForUpdate: claims[durability]?.claimVsForUpdate.median ?? null,
			growth: growth?.growth.median ?? null,
			latencyP99VsRelay: latency?.latencyP99VsRelay.median ?? null
		},
		absolute: {
			rounds: ROUNDS,
			quick: bench.quick,
			machine,
			durability,
			claims,
			growth,
			writeBehind,
			latency,
			reasons,
			elapsedSeconds: Math.round((performance.now() - startedAt) / 1_000)
		}
	};
}
