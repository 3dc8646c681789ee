import { randomUUID } from 'node:crypto';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildApp, isBuildStale } from '../lib/app-process.ts';
import { findRedisServer } from '../services/redis-server.ts';
import type { AofMode } from './faults/fault.ts';
import { Api } from './load/api.ts';
import { connectInstagram } from './load/target-show.ts';
import { planKeptSeeds } from './kept-seeds.ts';
import { planRounds } from './plan.ts';
import type { RoundPlan } from './plan.ts';
import { SeededRandom } from './random.ts';
import { Tally, describeFindings } from './report.ts';
import { playRound } from './round.ts';
import type { RoundResult } from './round.ts';
import { openStage } from './stage/stage.ts';
import type { Stage } from './stage/stage.ts';

export type ChaosOptions = {
	readonly seed: number;
	readonly rounds: number;
	/** Names of faults to choose from; empty for all. */
	readonly only: readonly string[];
	readonly aof: AofMode | null;
	/** Plays the rounds that once found something first. */
	readonly kept: boolean;
	/** Where histories and logs of a round with violations are kept. */
	readonly keep: string;
	readonly signal: AbortSignal;
	/** Told what happens, for people. */
	readonly say: (text: string) => void;
};

/** This machine can't run it; the message says what is missing. */
export class MissingServerError extends Error {
	override readonly name = 'MissingServerError';
}

/** Plays the rounds of a seed, until `signal` is aborted. Throws `MissingServerError`. */
export async function runChaos(options: ChaosOptions): Promise<Tally> {
	const { seed, rounds, signal, say } = options;
	const redisServer = await findRedisServer();
	if (redisServer === undefined) {
		throw new MissingServerError(
			'Chaos needs a real redis-server or valkey-server, version 7 or later, on the PATH: the embedded one ' +
				'has no append-only file. Install one: apt-get install redis-server, brew install valkey.'
		);
	}
	if (isBuildStale()) {
		say('building …');
		await buildApp();
	}
	const stage = await openStage(redisServer, signal);
	try {
		const api = new Api(stage.origin);
		await api.register({
			email: `chaos-${randomUUID()}@example.com`,
			password: randomUUID(),
			name: 'Chaos',
			workspaceName: 'Chaos'
		});
		const scene = { stage, api, connection: await connectInstagram(stage, api), signal };
		const tally = new Tally(seed);
		const plans = [
			...(options.kept ? await planKeptSeeds() : []),
			...planRounds(new SeededRandom(seed), rounds, options)
		];
		for (const [index, plan] of plans.entries()) {
			const result = await playRound(scene, index + 1, plan).catch((error: unknown) => {
				if (signal.aborted) return null;
				throw error;
			});
			if (!result) break;
			tally.add(result);
			say(describeRound(index + 1, plan, result));
			if (result.findings.length === 0) continue;
			for (const line of describeFindings(result.findings)) say(`    ✗ ${line}`);
			say(`    kept in ${await keepEvidence(stage, result, options.keep)}`);
		}
		return tally;
	} finally {
		await stage.close();
	}
}

function describeRound(
	number: number,
	{ aof, overlapping }: RoundPlan,
	result: RoundResult
): string {
	const faults = result.notes.map(({ name, note }) => `${name} (${note})`);
	const lost = result.excusedLosses > 0 ? `, ${result.excusedLosses} lost` : '';
	return [
		`${result.findings.length === 0 ? '✓' : '✗'} round ${number}, AOF ${aof}:`,
		faults.join(overlapping ? ' during ' : ', then '),
		`– ${result.operations} operations${lost}, ${(result.ms / 1_000).toFixed(1)} s`
	].join(' ');
}

async function keepEvidence(stage: Stage, result: RoundResult, folder: string): Promise<string> {
	await mkdir(folder, { recursive: true });
	const history = result.historyFile.split('/').at(-1) ?? '';
	await copyFile(result.historyFile, join(folder, history));
	for (const { name } of [stage.web, ...stage.workers]) {
		await copyFile(join(stage.folder, `${name}.log`), join(folder, `${name}.log`));
	}
	return folder;
}
