import { LOAD_USAGE, LoadUsageError, readLoadOptions } from './load/options.ts';
import type { LoadOptions } from './load/options.ts';
import { runLoad } from './load/run.ts';
import type { LoadResult } from './load/run.ts';

// The whole application under load: npm run load [-- OPTIONS]; see load/options.ts.

function table(options: LoadOptions, result: LoadResult): string {
	const { deliveryMs } = result;
	const rows: readonly (readonly [string, string])[] = [
		['seed', String(result.seed)],
		['comments', `${result.comments} in ${options.seconds} s, ${result.shows} shows`],
		['events', String(result.events)],
		['consoles', `${result.complete} of ${result.consoles} saw the whole sequence`],
		['deliveries', String(result.deliveries)],
		['reconnects', `${result.reconnects}, of which from a state ${result.resyncs}`],
		['delivery', `p50 ${deliveryMs.p50} ms, p99 ${deliveryMs.p99} ms, max ${deliveryMs.max} ms`],
		['last comment', `${result.lateMs} ms late`],
		['history', `complete ${result.historyLagMs} ms after the last comment`],
		['digests', result.digests.map((digest) => digest?.slice(0, 12) ?? 'none').join(' ')]
	];
	const lines = rows.map(([name, value]) => `${name.padEnd(14)}${value}`);
	const verdict =
		result.violations.length === 0
			? ['every invariant holds']
			: result.violations.map((violation) => `✗ ${violation}`);
	return `${[...lines, ...verdict].join('\n')}\n`;
}

try {
	const options = readLoadOptions(process.argv.slice(2));
	const abort = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => abort.abort(new Error('interrupted')));
	}
	const say = (line: string): void => void process.stderr.write(`${line}\n`);
	const result = await runLoad(options, say, abort.signal);
	process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : table(options, result));
	process.exitCode = result.violations.length === 0 ? 0 : 1;
} catch (error) {
	const isUsage = error instanceof LoadUsageError;
	const message = error instanceof Error ? error.message : String(error);
	process.stderr.write(isUsage ? `${message}\n\n${LOAD_USAGE}\n` : `The load failed: ${message}\n`);
	process.exitCode = isUsage ? 2 : 1;
}
