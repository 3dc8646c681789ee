import { randomInt } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import {
	showHeader,
	showLedger,
	showLines
} from '../src/lib/server/rehearsal/generator/generate.ts';
import { SATURDAY_BOUTIQUE } from '../src/lib/server/rehearsal/generator/saturday-boutique.ts';
import {
	inventScript,
	type ShowScript
} from '../src/lib/server/rehearsal/generator/show-script.ts';
import type { Ledger } from '../src/lib/server/rehearsal/generator/ledger.ts';

const USAGE = `Writes a rehearsal: a made-up show that npm run rehearse plays.

  npm run rehearsal:generate -- --out FILE [options]

  --comments N     distinct comments, 1 to 2000000 (default 20000)
  --items N        items for sale, 1 to 5000 (default 60)
  --minutes N      length of the show, 1 to 1440 (default 30)
  --buyers N       viewers, 1 to 200000 (default 400)
  --platforms A,B  where they watch (default facebook,instagram)
  --seed N         0 to 4294967295; the same seed writes the same show (default: by chance)
  --preset NAME    saturday-boutique, the bundled rehearsal; instead of the options above
`;

/** Wrong options; the message says which. */
class UsageError extends Error {}

type Request = { script: ShowScript; out: string };

function readRequest(args: string[]): Request {
	const { values } = parseOptions(args);
	if (values.out === undefined) throw new UsageError('--out FILE is missing');
	if (values.preset !== undefined) {
		if (values.preset !== 'saturday-boutique') {
			throw new UsageError(`--preset ${values.preset} is not known; saturday-boutique is`);
		}
		return { script: SATURDAY_BOUTIQUE, out: values.out };
	}
	const script = inventScript({
		comments: wholeNumber('comments', values.comments, 1, 2_000_000),
		items: wholeNumber('items', values.items, 1, 5_000),
		minutes: wholeNumber('minutes', values.minutes, 1, 1_440),
		buyers: wholeNumber('buyers', values.buyers, 1, 200_000),
		seed: wholeNumber('seed', values.seed ?? String(randomInt(2 ** 32)), 0, 2 ** 32 - 1),
		platforms: platforms(values.platforms)
	});
	return { script, out: values.out };
}

function parseOptions(args: string[]) {
	try {
		return parseArgs({
			args,
			options: {
				comments: { type: 'string', default: '20000' },
				items: { type: 'string', default: '60' },
				minutes: { type: 'string', default: '30' },
				buyers: { type: 'string', default: '400' },
				platforms: { type: 'string', default: 'facebook,instagram' },
				seed: { type: 'string' },
				preset: { type: 'string' },
				out: { type: 'string' }
			}
		});
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}

function wholeNumber(name: string, value: string, min: number, max: number): number {
	const number = /^\d{1,10}$/.test(value) ? Number(value) : NaN;
	if (number >= min && number <= max) return number;
	throw new UsageError(`--${name} must be a whole number from ${min} to ${max}, not "${value}"`);
}

function platforms(value: string): string[] {
	const names = [...new Set(value.split(',').map((name) => name.trim()))];
	const wrong = names.find((name) => !/^[a-z][a-z0-9_-]{0,31}$/.test(name) || name === 'manual');
	if (wrong === undefined) return names;
	throw new UsageError(`--platforms must be lower-case words with commas, not "${wrong}"`);
}

function* fileLines(script: ShowScript, ledger: Ledger): Generator<string> {
	yield `${JSON.stringify(showHeader(script))}\n`;
	for (const line of showLines(script, ledger)) yield `${JSON.stringify(line)}\n`;
}

async function write({ script, out }: Request): Promise<void> {
	const ledger = showLedger(script);
	await mkdir(dirname(out), { recursive: true });
	await pipeline(Readable.from(fileLines(script, ledger)), createWriteStream(out));
	console.log(`Wrote ${out}`);
	console.log(`Seed ${script.seed}`);
	console.log('A rehearsal of it should count:');
	for (const [name, count] of Object.entries(ledger.counts)) {
		console.log(`  ${name.padEnd(18)} ${count}`);
	}
}

try {
	await write(readRequest(process.argv.slice(2)));
} catch (error) {
	if (!(error instanceof UsageError)) throw error;
	console.error(`${error.message}\n\n${USAGE}`);
	process.exitCode = 2;
}
