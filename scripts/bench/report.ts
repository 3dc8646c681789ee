import { number, reportRows } from './report-rows.ts';
import type { Row } from './report-rows.ts';
import type { BenchResult } from './results.ts';

/** On what, and how busy it was: load averages as each benchmark started. */
function circumstances({ absolute }: BenchResult): string[] {
	const { machine, loadAverages } = absolute;
	const loads = Object.entries(loadAverages).map(([name, load]) => `${name} ${number(load, 1)}`);
	return [
		`${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, ` +
			`${machine.redis}, Postgres ${machine.postgres}`,
		`a flush to disk takes ${machine.fsyncMicroseconds} µs; load average when each started: ` +
			loads.join(', ')
	];
}

function missing({ absolute }: BenchResult): string[] {
	return Object.entries(absolute.reasons).map(([name, reason]) => `not taken: ${name}: ${reason}`);
}

/** The result for people: every ratio with the figures it comes from. */
export function formatReport(result: BenchResult): string {
	const { rounds, elapsedSeconds } = result.absolute;
	const heading: Row = {
		what: '',
		median: 'median',
		range: `${rounds}+ rounds, from – to`,
		aim: 'aim'
	};
	const lines = [heading, ...reportRows(result)].map(({ what, median, range, aim }) =>
		`${what.padEnd(48)}${median.padStart(14)}${range.padStart(24)}   ${aim}`.trimEnd()
	);
	return [
		...circumstances(result),
		'',
		...lines,
		...missing(result),
		'',
		`${elapsedSeconds} s`
	].join('\n');
}

/** The same as the table of docs/performance.md. */
export function formatMarkdown(result: BenchResult): string {
	const { rounds, elapsedSeconds, quick } = result.absolute;
	const lines = reportRows(result).map(({ what, median, range, aim }) => {
		const name = what.startsWith(' ') ? what.trim() : `**${what}**`;
		return `| ${name} | ${median} | ${range} | ${aim} |`;
	});
	return [
		`\`npm run bench${quick ? ' -- --quick' : ''}\`, ${elapsedSeconds} s, on ${circumstances(result).join('; ')}`,
		'',
		`| figure | median | from – to (${rounds}+ rounds) | aim |`,
		'| --- | --- | --- | --- |',
		...lines,
		...missing(result).map((line) => `\n${line}`)
	].join('\n');
}
