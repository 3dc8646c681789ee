import { parseArgs } from 'node:util';
import { playRound } from './failover/round.ts';
import type { RoundOptions, RoundResult } from './failover/round.ts';
import { openStage } from './failover/stage.ts';

// Kills masters of a Redis Cluster under load and counts what is lost:
//   npm run failover [-- --rounds N] [--rate N] [--json]
// Exit code 0: nothing doubled, no gap, log, Redis, Postgres and consoles agree after every round, and
// reading the broadcast again brings back every comment; 1: not so, or it could not run; 2: usage.

const USAGE = `Usage: npm run failover [-- --rounds N] [--rate N] [--node-timeout MS] [--json]

  --rounds N         of each scenario (default 5)
  --rate N           comments a second (default 300)
  --node-timeout MS  silence after which the cluster gives a master up (default 1000)
  --json             prints exactly one JSON object on stdout`;

type Scenario = {
	readonly name: string;
	readonly options: Omit<RoundOptions, 'commentsPerSecond'>;
};

const SCENARIOS: readonly Scenario[] = [
	{ name: 'the replica follows', options: { brokenMs: 0, maxLagSeconds: null } },
	{ name: 'no replica follows for 1 s', options: { brokenMs: 1_000, maxLagSeconds: null } },
	{
		name: 'the same, min-replicas-to-write 1',
		options: { brokenMs: 1_000, maxLagSeconds: 1 }
	}
];

function readArguments(): {
	rounds: number;
	rate: number;
	nodeTimeoutMs: number;
	json: boolean;
} | null {
	try {
		const { values } = parseArgs({
			options: {
				rounds: { type: 'string', default: '5' },
				rate: { type: 'string', default: '300' },
				'node-timeout': { type: 'string', default: '1000' },
				json: { type: 'boolean', default: false }
			}
		});
		const whole = (name: string, value: string, max: number): number => {
			const number = /^\d{1,6}$/.test(value) ? Number(value) : 0;
			if (number >= 1 && number <= max) return number;
			throw new Error(`--${name} takes a whole number from 1 to ${max}`);
		};
		return {
			rounds: whole('rounds', values.rounds, 1_000),
			rate: whole('rate', values.rate, 5_000),
			nodeTimeoutMs: whole('node-timeout', values['node-timeout'], 60_000),
			json: values.json
		};
	} catch (error) {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
		return null;
	}
}

const holds = (round: RoundResult): boolean =>
	round.agree &&
	round.doubled === 0 &&
	round.gaps === 0 &&
	round.lostForGood === 0 &&
	round.consoleFaults.length === 0;

function spread(values: readonly number[]): string {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
	return `${middle} (${sorted[0] ?? 0}–${sorted.at(-1) ?? 0})`;
}

function describeScenario(name: string, rounds: readonly RoundResult[]): string {
	const of = (pick: (round: RoundResult) => number): string => spread(rounds.map(pick));
	return [
		`${name}: ${rounds.length} rounds, middle (least–most)`,
		`  comments ${of((round) => round.comments)}, refused and delivered again ${of((round) => round.refused)}`,
		`  acknowledged and not in the log ${of((round) => round.lost)}, after reading again ${of((round) => round.lostForGood)}`,
		`  until comments are taken again ${of((round) => round.outageMs)} ms, epochs ${of((round) => round.epochs)}`,
		`  ${rounds.every(holds) ? 'nothing doubled, no gap, everybody agrees' : 'BROKEN'}`
	].join('\n');
}

async function main(): Promise<number> {
	const options = readArguments();
	if (!options) return 2;
	const { rounds, rate, nodeTimeoutMs } = options;
	const stage = await openStage({ nodeTimeoutMs });
	try {
		const results: { name: string; rounds: RoundResult[] }[] = [];
		for (const { name, options: scenario } of SCENARIOS) {
			const played: RoundResult[] = [];
			for (let round = 1; round <= rounds; round++) {
				const result = await playRound(stage, { ...scenario, commentsPerSecond: rate });
				played.push(result);
				process.stderr.write(`${name}, round ${round}: ${JSON.stringify(result)}\n`);
			}
			results.push({ name, rounds: played });
		}
		if (options.json) {
			process.stdout.write(`${JSON.stringify({ rate, nodeTimeoutMs, scenarios: results })}\n`);
		} else {
			for (const { name, rounds: played } of results) {
				process.stdout.write(`${describeScenario(name, played)}\n`);
			}
		}
		return results.every(({ rounds: played }) => played.every(holds)) ? 0 : 1;
	} finally {
		await stage.close();
	}
}

try {
	process.exitCode = await main();
} catch (error) {
	process.stderr.write(
		`The drill failed: ${error instanceof Error ? error.stack : String(error)}\n`
	);
	process.exitCode = 1;
}
