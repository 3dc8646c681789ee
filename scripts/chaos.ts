import { setMaxListeners } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { FAULTS } from './chaos/faults/all.ts';
import { MissingServerError, runChaos } from './chaos/run.ts';
import type { ChaosOptions } from './chaos/run.ts';

// Breaks everything around live shows and looks whether they stay right: npm run chaos [-- --seed S …]
// Exit code 0: no violation; 1: violations, or it could not run; 2: bad usage; 130: interrupted.

const USAGE = `Usage: npm run chaos [-- --seed S] [--rounds N] [--only FAULT,…] [--aof always|everysec] [--kept] [--json]

  --seed S     decides faults, moments and what people do; drawn and printed unless given
  --rounds N   default 12, about two minutes
  --only …     faults to choose from: ${FAULTS.map(({ name }) => name).join(', ')}
  --aof MODE   how Redis flushes; default: drawn for each round
  --kept       plays the rounds that once found something first (tests/chaos/seeds.json)
  --json       prints exactly one JSON object on stdout

It needs redis-server or valkey-server on the PATH. Everything runs on loopback, on data that is thrown
away; of a round with violations the history and the logs are kept in a temporary folder.`;

const argumentsSchema = z.object({
	seed: z.coerce
		.number()
		.int()
		.min(0)
		.max(2 ** 32 - 1)
		.optional(),
	rounds: z.coerce.number().int().min(1).max(10_000).default(12),
	only: z
		.string()
		.default('')
		.transform((text) => text.split(',').filter((name) => name !== ''))
		.pipe(z.array(z.enum(FAULTS.map(({ name }) => name)))),
	aof: z.enum(['always', 'everysec']).optional(),
	kept: z.boolean().default(false),
	json: z.boolean().default(false)
});

function say(text: string): void {
	process.stderr.write(`${text}\n`);
}

function readArguments(): z.output<typeof argumentsSchema> | null {
	try {
		const { values } = parseArgs({
			options: {
				seed: { type: 'string' },
				rounds: { type: 'string' },
				only: { type: 'string' },
				aof: { type: 'string' },
				kept: { type: 'boolean' },
				json: { type: 'boolean' }
			}
		});
		return argumentsSchema.parse(values);
	} catch (error) {
		const reason =
			error instanceof z.ZodError
				? z.prettifyError(error)
				: error instanceof Error
					? error.message
					: String(error);
		say(`${reason}\n\n${USAGE}`);
		return null;
	}
}

async function main(signal: AbortSignal): Promise<number> {
	const wanted = readArguments();
	if (!wanted) return 2;
	const { rounds, only, kept, json } = wanted;
	const seed = wanted.seed ?? Math.floor(Math.random() * 2 ** 32);
	say(`chaos: --seed ${seed} --rounds ${rounds}`);
	const keep = join(tmpdir(), `sellary-chaos-${seed}`);
	const aof = wanted.aof ?? null;
	const options: ChaosOptions = { seed, rounds, only, aof, kept, keep, signal, say };
	const tally = await runChaos(options);
	process.stdout.write(`${json ? JSON.stringify(tally.result) : tally.text}\n`);
	if (signal.aborted) return 130;
	return tally.isClean ? 0 : 1;
}

const abort = new AbortController();
setMaxListeners(0, abort.signal);
for (const event of ['SIGINT', 'SIGTERM'] as const) {
	process.once(event, () => abort.abort(new Error('interrupted')));
}
try {
	process.exitCode = await main(abort.signal);
} catch (error) {
	if (error instanceof MissingServerError) say(error.message);
	else if (!abort.signal.aborted)
		say(`Chaos failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
	process.exitCode = abort.signal.aborted ? 130 : 1;
}
