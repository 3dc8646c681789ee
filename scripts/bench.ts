import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { formatMarkdown, formatReport } from './bench/report.ts';
import { BENCHMARKS, runBenchmarks } from './bench/results.ts';
import type { BenchResult, Benchmark } from './bench/results.ts';
import { openWorkbench } from './bench/workbench.ts';

// Measures the parts that a live sale waits for: npm run bench [-- --json | --markdown] [--quick] [--only …]
// Exit code 0: done, whatever the figures are; 1: it could not run; 2: bad usage; 130: interrupted.

const USAGE = `Usage: npm run bench [-- --json | --markdown] [--quick] [--only NAME,…]

  --json       prints exactly one JSON object on stdout
  --markdown   prints the figures as a table for docs/performance.md
  --quick      fewer comments, shows and subscribers: a minute instead of six
  --only       takes these figures only: ${BENCHMARKS.join(', ')}

Redis and Postgres are its own, on data that is thrown away; EMBEDDED_REDIS=wasm takes the embedded
Valkey although redis-server is on the PATH.`;

type Arguments = {
	readonly format: (result: BenchResult) => string;
	readonly quick: boolean;
	readonly chosen: ReadonlySet<Benchmark>;
};

function say(text: string): void {
	process.stderr.write(`${text}\n`);
}

/** Throws an `Error` that names what is no benchmark. */
function chooseBenchmarks(names: string | undefined): ReadonlySet<Benchmark> {
	if (names === undefined) return new Set(BENCHMARKS);
	return new Set(
		names.split(',').map((name) => {
			const found = BENCHMARKS.find((benchmark) => benchmark === name.trim());
			if (!found) throw new Error(`--only: there is no benchmark "${name.trim()}"`);
			return found;
		})
	);
}

function readArguments(): Arguments | null {
	try {
		const { values } = parseArgs({
			options: {
				json: { type: 'boolean', default: false },
				markdown: { type: 'boolean', default: false },
				quick: { type: 'boolean', default: false },
				only: { type: 'string' }
			}
		});
		if (values.json && values.markdown) throw new Error('--json and --markdown exclude each other');
		const text = values.markdown ? formatMarkdown : formatReport;
		return {
			format: values.json ? (result) => JSON.stringify(result) : text,
			quick: values.quick,
			chosen: chooseBenchmarks(values.only)
		};
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
		const result = await runBenchmarks(bench, options.chosen, (name) => say(`  ${name} …`));
		process.stdout.write(`${options.format(result)}\n`);
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
