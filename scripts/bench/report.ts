import type { ClaimFigures } from './claims.ts';
import type { BenchResult } from './results.ts';
import type { Spread } from './statistics.ts';
import type { Durability } from './workbench.ts';

type Row = readonly [what: string, figure: string, range: string, aim: string];

const DURABILITY: Record<Durability, string> = {
	durable: 'flushed before acknowledged',
	relaxed: 'not flushed'
};

function number(value: number, digits: number): string {
	return value.toLocaleString('en', {
		minimumFractionDigits: digits,
		maximumFractionDigits: digits
	});
}

function row(what: string, value: Spread, unit: string, digits: number, aim = ''): Row {
	const range = `${number(value.min, digits)} – ${number(value.max, digits)}`;
	return [what, `${number(value.median, digits)}${unit}`, range, aim];
}

function ratioRow(what: string, value: Spread, aim: string): Row {
	return row(what, value, ' ×', 2, aim);
}

function claimRows(figures: ClaimFigures, durability: Durability): Row[] {
	const kind = DURABILITY[durability];
	return [
		ratioRow(`claim ÷ EVALSHA (${kind})`, figures.claimVsEvalsha, '≥ 0.9'),
		ratioRow(`claim ÷ FOR UPDATE (${kind})`, figures.claimVsForUpdate, '≥ 20'),
		row('  claims through the allocator', figures.allocator, '/s', 0),
		row('  bare EVALSHA of the same script', figures.evalsha, '/s', 0),
		row('  Postgres, SELECT … FOR UPDATE', figures.forUpdate, '/s', 0),
		row('  Postgres, FOR UPDATE in a function', figures.forUpdateInFunction, '/s', 0)
	];
}

function rows({ absolute }: BenchResult): Row[] {
	const { claims, growth, writeBehind, latency } = absolute;
	const list: Row[] = [];
	if (claims.durable) list.push(...claimRows(claims.durable, 'durable'));
	if (claims.relaxed) list.push(...claimRows(claims.relaxed, 'relaxed'));
	if (growth) {
		const name = (comments: number): string => `  script, ${number(comments, 0)} comments before`;
		list.push(
			ratioRow('cost per claim, many ÷ few comments', growth.growth, 'flat'),
			row(name(growth.manyComments), growth.manyMicroseconds, ' µs', 1),
			row(name(growth.fewComments), growth.fewMicroseconds, ' µs', 1)
		);
	}
	if (writeBehind) {
		list.push(
			row('write-behind, rows', writeBehind.rowsPerSecond, '/s', 0, '≥ 20,000'),
			row(`  events, of ${number(writeBehind.events, 0)}`, writeBehind.eventsPerSecond, '/s', 0)
		);
	}
	if (latency) {
		const load = `${number(latency.commentsPerSecond, 0)}/s to ${latency.subscribers}`;
		list.push(
			ratioRow(`p99 ÷ bare relay, ${load}`, latency.latencyP99VsRelay, '≤ 3'),
			row('  Sellary p50', latency.product.p50Ms, ' ms', 2),
			row('  Sellary p99', latency.product.p99Ms, ' ms', 2),
			row('  relay p50', latency.relay.p50Ms, ' ms', 2),
			row('  relay p99', latency.relay.p99Ms, ' ms', 2)
		);
	}
	return list;
}

/** The result for people: every ratio with the figures it comes from. */
export function formatReport(result: BenchResult): string {
	const { machine, reasons, rounds, elapsedSeconds } = result.absolute;
	const table: Row[] = [['', 'median', `${rounds}+ rounds, from – to`, 'aim'], ...rows(result)];
	const lines = table.map(([what, figure, range, aim]) =>
		`${what.padEnd(48)}${figure.padStart(14)}${range.padStart(24)}   ${aim}`.trimEnd()
	);
	const missing = Object.entries(reasons).map(([name, reason]) => `not taken: ${name}: ${reason}`);
	return [
		`${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, ` +
			`${machine.redis}, Postgres ${machine.postgres}`,
		`a flush to disk takes ${machine.fsyncMicroseconds} µs; load average at the start ${machine.loadAverage}`,
		'',
		...lines,
		...missing,
		'',
		`${elapsedSeconds} s`
	].join('\n');
}
