import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { measureConsole } from './bench-console/measure.ts';
import { formatConsoleReport, resultOf } from './bench-console/report.ts';

// Measures how smoothly the console runs in a browser: npm run bench:console [-- --json] [--minutes N]
// Exit code 0: done, whatever the figures are; 1: it could not run; 2: bad usage; 130: interrupted.

const USAGE = `Usage: npm run bench:console [-- --json] [--minutes N] [--rate N]

  --json        prints exactly one JSON object on stdout, the table on stderr
  --minutes N   how long comments arrive; 10 by default, 0.5 for a quick look
  --rate N      comments per second; 200 by default

A Chromium opens the console of the production build. Redis and Postgres are the benchmark's own, on
data that is thrown away.`;

const MOST_MINUTES = 120;
const MOST_PER_SECOND = 5_000;
/** What building, starting, the backlog and closing may take besides the measured minutes. */
const SPARE_MS = 5 * 60_000;

type Arguments = { readonly json: boolean; readonly minutes: number; readonly rate: number };

function say(text: string): void {
	process.stderr.write(`${text}\n`);
}

function positive(name: string, text: string, most: number): number {
	const value = Number(text);
	if (value > 0 && value <= most) return value;
	throw new Error(`--${name} takes a number above 0 and up to ${most}`);
}

function readArguments(): Arguments | null {
	try {
		const { values } = parseArgs({
			options: {
				json: { type: 'boolean', default: false },
				minutes: { type: 'string', default: '10' },
				rate: { type: 'string', default: '200' }
			}
		});
		return {
			json: values.json,
			minutes: positive('minutes', values.minutes, MOST_MINUTES),
			rate: positive('rate', values.rate, MOST_PER_SECOND)
		};
	} catch (error) {
		say(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
		return null;
	}
}

async function main(interrupted: AbortSignal): Promise<number> {
	const options = readArguments();
	if (!options) return 2;
	const { json, minutes, rate } = options;
	const overdue = AbortSignal.timeout(minutes * 60_000 + SPARE_MS);
	const signal = AbortSignal.any([interrupted, overdue]);
	setMaxListeners(0, signal);
	const figures = await measureConsole({
		minutes,
		rate,
		signal,
		progress: (text) => say(`  ${text} …`)
	});
	const report = formatConsoleReport(figures);
	if (json) say(report);
	process.stdout.write(`${json ? JSON.stringify(resultOf(figures)) : report}\n`);
	return 0;
}

const interrupt = new AbortController();
for (const event of ['SIGINT', 'SIGTERM'] as const) {
	process.once(event, () => interrupt.abort(new Error('interrupted')));
}
try {
	process.exitCode = await main(interrupt.signal);
} catch (error) {
	if (!interrupt.signal.aborted) {
		say(`The benchmark failed: ${error instanceof Error ? error.message : String(error)}`);
	}
	process.exitCode = interrupt.signal.aborted ? 130 : 1;
}
