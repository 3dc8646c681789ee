import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { formatReport } from './bench/report.ts';
import { runBenchmarks } from './bench/results.ts';
import { openWorkbench } from './bench/workbench.ts';

// Measures the parts that a live sale waits for: npm run bench [-- --json] [--quick]
// Exit code 0: done, whatever the figures are; 1: it could not run; 2: bad usage; 130: interrupted.

const USAGE = `Usage: npm run bench [-- --json] [--quick]

  --json    prints exactly one JSON object on stdout
  --quick   fewer comments and shorter rounds: half a minute instead of two to three

Redis and Postgres are its own, on data that is thrown away; EMBEDDED_REDIS=wasm takes the embedded
Valkey although redis-server is on the PATH.`;

type Arguments = { readonly json: boolean; readonly quick: boolean };

function say(text: string): void {
	process.stderr.write(`${text}\n`);
}

function readArguments(): Arguments | null {
	try {
		const { values } = parseArgs({
			options: {
				json: { type: 'boolean', default: false },
				quick: { type: 'boolean', default: false }
			}
		});
		return values;
	} catch (error) {
		say(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
		return null;
	}
}

async function main(signal: AbortSignal): Promise<number> {
	const options = readArguments();
	if (!options) return 2;
	const bench = await openWorkbench({ quick: options.quick, signal });
	try {
		const result = await runBenchmarks(bench, (name) => say(`  ${name} …`));
		const text = options.json ? JSON.stringify(result) : formatReport(result);
		process.stdout.write(`${text}\n`);
		return 0;
	} finally {
		await bench.close();
	}
}

const abort = new AbortController();
setMaxListeners(0, abort.signal);
for (const event of ['SIGINT', 'SIGTERM'] as const) {
	process.once(event, () => abort.abort(new Error('interrupted')));
}
try {
	process.exitCode = await main(abort.signal);
} catch (error) {
	if (!abort.signal.aborted) {
		say(`The benchmark failed: ${error instanceof Error ? error.message : String(error)}`);
	}
	process.exitCode = abort.signal.aborted ? 130 : 1;
}
