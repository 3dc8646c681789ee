import { benchAppends } from './appends.ts';
import type { AppendFigures } from './appends.ts';
import { benchClaims } from './claims.ts';
import type { ClaimFigures } from './claims.ts';
import { benchFanout } from './fanout.ts';
import type { FanoutFigures } from './fanout.ts';
import { benchGrowth } from './growth.ts';
import type { GrowthFigures } from './growth.ts';
import { benchLatency } from './latency.ts';
import type { LatencyFigures } from './latency.ts';
import { loadAverage, machineFacts } from './machine.ts';
import type { MachineFacts } from './machine.ts';
import { benchRebuild } from './rebuild.ts';
import type { RebuildFigures } from './rebuild.ts';
import { ROUNDS } from './rounds.ts';
import { benchShows } from './shows.ts';
import type { ShowsFigures } from './shows.ts';
import { benchWriteBehind } from './write-behind.ts';
import type { WriteBehindFigures } from './write-behind.ts';
import type { Durability, Workbench } from './workbench.ts';

/** What `--only` may name, in the order in which they run. */
export const BENCHMARKS = [
	'claims',
	'appends',
	'shows',
	'growth',
	'writeBehind',
	'rebuild',
	'latency',
	'fanout'
] as const;
export type Benchmark = (typeof BENCHMARKS)[number];

/** Medians; null for what was not taken. */
type Ratios = {
	readonly claimVsEvalsha: number | null;
	readonly claimVsTrivialEvalsha: number | null;
	readonly claimVsSet: number | null;
	readonly claimVsForUpdate: number | null;
	readonly claimVsForUpdateSpread: number | null;
	readonly growth: number | null;
	readonly hundredShowsVsOne: number | null;
	readonly writeBehindVsCopy: number | null;
	readonly rebuildVsRead: number | null;
	readonly latencyP99VsRelay: number | null;
	/** Deliveries per second, product ÷ bare writer, to the most subscribers. */
	readonly fanoutVsBare: number | null;
	/** The serving process' CPU per delivery, product ÷ bare writer. */
	readonly fanoutCpuVsBare: number | null;
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
		readonly appends: AppendFigures | null;
		readonly shows: ShowsFigures | null;
		readonly growth: GrowthFigures | null;
		readonly writeBehind: WriteBehindFigures | null;
		readonly rebuild: RebuildFigures | null;
		readonly latency: LatencyFigures | null;
		readonly fanout: FanoutFigures | null;
		/** Why a figure is null, by its name. */
		readonly reasons: Readonly<Record<string, string>>;
		/** One-minute load average of the machine when each benchmark started. */
		readonly loadAverages: Readonly<Record<string, number>>;
		readonly elapsedSeconds: number;
	};
};

const NO_FILE =
	'the embedded Valkey has no append-only file; with redis-server on the PATH there is one';
const NOT_CHOSEN = 'left out by --only';

/** Takes the chosen figures, one benchmark after the other. One that fails leaves null and its reason. */
export async function runBenchmarks(
	bench: Workbench,
	chosen: ReadonlySet<Benchmark>,
	progress: (text: string) => void
): Promise<BenchResult> {
	const startedAt = performance.now();
	const reasons: Record<string, string> = {};
	const loadAverages: Record<string, number> = {};
	const attempt = async <Figures>(
		benchmark: Benchmark,
		take: () => Promise<Figures>,
		name: string = benchmark
	): Promise<Figures | null> => {
		if (!chosen.has(benchmark)) {
			reasons[name] = NOT_CHOSEN;
			return null;
		}
		progress(name);
		loadAverages[name] = loadAverage();
		try {
			return await take();
		} catch (error) {
			if (bench.signal.aborted) throw error;
			reasons[name] = error instanceof Error ? error.message : String(error);
			return null;
		}
	};

	const machine = await machineFacts(bench);
	const hasFile = bench.durabilities.includes('durable');
	const durability = hasFile ? 'durable' : 'relaxed';
	const claims: Record<Durability, ClaimFigures | null> = { durable: null, relaxed: null };
	reasons['claims.durable'] = NO_FILE;
	for (const kind of bench.durabilities) {
		delete reasons[`claims.${kind}`];
		claims[kind] = await attempt('claims', () => benchClaims(bench, kind), `claims.${kind}`);
	}
	const appends = hasFile ? await attempt('appends', () => benchAppends(bench)) : null;
	if (!hasFile) reasons['appends'] = NO_FILE;
	const shows = await attempt('shows', () => benchShows(bench, durability));
	const growth = await attempt('growth', () => benchGrowth(bench));
	const writeBehind = await attempt('writeBehind', () => benchWriteBehind(bench));
	const rebuild = await attempt('rebuild', () => benchRebuild(bench));
	const latency = await attempt('latency', () => benchLatency(bench, durability));
	const fanout = await attempt('fanout', () => benchFanout(bench));
	const main = claims[durability];
	return {
		ratios: {
			claimVsEvalsha: main?.claimVsEvalsha.median ?? null,
			claimVsTrivialEvalsha: main?.claimVsTrivialEvalsha.median ?? null,
			claimVsSet: main?.claimVsSet.median ?? null,
			claimVsForUpdate: main?.claimVsForUpdate.median ?? null,
			claimVsForUpdateSpread: main?.claimVsForUpdateSpread.median ?? null,
			growth: growth?.growth.median ?? null,
			hundredShowsVsOne: shows?.hundredVsOne.median ?? null,
			writeBehindVsCopy: writeBehind?.writeBehindVsCopy.median ?? null,
			rebuildVsRead: rebuild?.rebuildVsRead.median ?? null,
			latencyP99VsRelay: latency?.latencyP99VsRelay.median ?? null,
			fanoutVsBare: fanout?.fanoutVsBare.median ?? null,
			fanoutCpuVsBare: fanout?.cpuVsBare.median ?? null
		},
		absolute: {
			rounds: ROUNDS,
			quick: bench.quick,
			machine,
			durability,
			claims,
			appends,
			shows,
			growth,
			writeBehind,
			rebuild,
			latency,
			fanout,
			reasons,
			loadAverages,
			elapsedSeconds: Math.round((performance.now() - startedAt) / 1_000)
		}
	};
}
