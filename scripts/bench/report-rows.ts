import type { AppendFigures } from './appends.ts';
import type { ClaimFigures } from './claims.ts';
import type { FanoutSizeFigures } from './fanout.ts';
import type { GrowthFigures } from './growth.ts';
import type { PaceFigures } from './latency.ts';
import type { RebuildFigures } from './rebuild.ts';
import type { BenchResult } from './results.ts';
import type { ShowsFigures } from './shows.ts';
import type { Spread } from './statistics.ts';
import type { Durability } from './workbench.ts';
import type { WriteBehindFigures } from './write-behind.ts';

/** One figure of the report; what is indented belongs to the ratio above it. */
export type Row = {
	readonly what: string;
	readonly median: string;
	/** From the smallest to the largest; empty for what was taken once. */
	readonly range: string;
	readonly aim: string;
};

const DURABILITY: Record<Durability, string> = { durable: 'AOF always', relaxed: 'no AOF' };

export function number(value: number, digits: number): string {
	return value.toLocaleString('en', {
		minimumFractionDigits: digits,
		maximumFractionDigits: digits
	});
}

function row(what: string, value: Spread, unit: string, digits: number, aim = ''): Row {
	const range = `${number(value.min, digits)} – ${number(value.max, digits)}`;
	return { what, median: `${number(value.median, digits)}${unit}`, range, aim };
}

function ratioRow(what: string, value: Spread, aim = ''): Row {
	return row(what, value, ' ×', 2, aim);
}

function once(what: string, median: string): Row {
	return { what, median, range: '', aim: '' };
}

function claimRows(figures: ClaimFigures, durability: Durability): Row[] {
	const kind = DURABILITY[durability];
	return [
		ratioRow(`claim ÷ EVALSHA of its script, ${kind}`, figures.claimVsEvalsha, '≥ 0.9'),
		ratioRow(`claim ÷ trivial EVALSHA, ${kind}`, figures.claimVsTrivialEvalsha),
		ratioRow(`claim ÷ SET, ${kind}`, figures.claimVsSet),
		ratioRow(`claim ÷ FOR UPDATE, ${kind}`, figures.claimVsForUpdate, '≥ 20'),
		ratioRow(`claim ÷ FOR UPDATE, 200 items, ${kind}`, figures.claimVsForUpdateSpread),
		row('  claims through the allocator', figures.allocator, '/s', 0),
		row('  bare EVALSHA of the same script', figures.evalsha, '/s', 0),
		row('  EVALSHA of a script that does nothing', figures.trivialEvalsha, '/s', 0),
		row('  SET of the same comment', figures.set, '/s', 0),
		row('  Postgres, SELECT … FOR UPDATE', figures.forUpdate, '/s', 0),
		row('  Postgres, FOR UPDATE in a function', figures.forUpdateInFunction, '/s', 0),
		row('  allocator, 200 items', figures.allocatorSpread, '/s', 0),
		row('  Postgres, FOR UPDATE, 200 items', figures.forUpdateSpread, '/s', 0)
	];
}

function appendRows({ claims, everysecVsNone, alwaysVsNone }: AppendFigures): Row[] {
	return [
		ratioRow('AOF everysec ÷ none', everysecVsNone),
		ratioRow('AOF always ÷ none', alwaysVsNone),
		row('  claims, none', claims.none, '/s', 0),
		row('  claims, everysec', claims.everysec, '/s', 0),
		row('  claims, always', claims.always, '/s', 0)
	];
}

function showRows({ claims, tenVsOne, hundredVsOne }: ShowsFigures): Row[] {
	return [
		ratioRow('10 shows at once ÷ 1', tenVsOne, 'not below 1'),
		ratioRow('100 shows at once ÷ 1', hundredVsOne, 'not below 1'),
		row('  claims, 1 show', claims[1], '/s', 0),
		row('  claims, 10 shows', claims[10], '/s', 0),
		row('  claims, 100 shows', claims[100], '/s', 0)
	];
}

function growthRows(growth: GrowthFigures): Row[] {
	const name = (comments: number): string => `  script, ${number(comments, 0)} comments before`;
	return [
		ratioRow('cost per claim, many ÷ few comments', growth.growth, 'flat'),
		row(name(growth.manyComments), growth.manyMicroseconds, ' µs', 1),
		row(name(growth.fewComments), growth.fewMicroseconds, ' µs', 1)
	];
}

function writeBehindRows(figures: WriteBehindFigures): Row[] {
	return [
		ratioRow('write-behind ÷ COPY', figures.writeBehindVsCopy),
		row('  write-behind, rows', figures.rowsPerSecond, '/s', 0, '≥ 20,000'),
		row(`  events, of ${number(figures.events, 0)}`, figures.eventsPerSecond, '/s', 0),
		row('  COPY, rows', figures.copyRowsPerSecond, '/s', 0)
	];
}

function rebuildRows(figures: RebuildFigures): Row[] {
	return [
		ratioRow('rebuild ÷ raw read', figures.rebuildVsRead),
		row(`  rebuild, of ${number(figures.rows, 0)} rows`, figures.rowsPerSecond, '/s', 0),
		row('  raw read, rows', figures.readRowsPerSecond, '/s', 0),
		once('  one rebuild', `${number(figures.seconds, 2)} s`)
	];
}

function paceRows(figures: PaceFigures, subscribers: number): Row[] {
	const { commentsPerSecond, product, relay, latencyP99VsRelay } = figures;
	const load = `${number(commentsPerSecond, 0)}/s to ${subscribers}`;
	return [
		ratioRow(
			`p99 ÷ bare relay, ${load}`,
			latencyP99VsRelay,
			commentsPerSecond === 1_000 ? '≤ 3' : ''
		),
		row('  Sellary p50', product.p50Ms, ' ms', 2),
		row('  Sellary p99', product.p99Ms, ' ms', 2),
		row('  relay p50', relay.p50Ms, ' ms', 2),
		row('  relay p99', relay.p99Ms, ' ms', 2)
	];
}

function fanoutRows({
	subscribers,
	product,
	bare,
	fanoutVsBare,
	cpuVsBare
}: FanoutSizeFigures): Row[] {
	const kilobytes = (bytes: number): string => `${number(bytes / 1_000, 1)} KB`;
	return [
		ratioRow(`fan-out ÷ bare writer, ${number(subscribers, 0)} subscribers`, fanoutVsBare),
		ratioRow('  CPU of a delivery ÷ bare writer', cpuVsBare),
		row('  Sellary, deliveries', product.messagesPerSecond, '/s', 0),
		row('  bare writer, deliveries', bare.messagesPerSecond, '/s', 0),
		row('  Sellary, CPU of a delivery', product.cpuMicroseconds, ' µs', 1),
		row('  bare writer, CPU of a delivery', bare.cpuMicroseconds, ' µs', 1),
		once('  Sellary, memory in use per connection', kilobytes(product.connection.liveBytes)),
		once('  bare writer, memory in use per connection', kilobytes(bare.connection.liveBytes)),
		once('  Sellary, resident per connection', kilobytes(product.connection.residentBytes)),
		once('  bare writer, resident per connection', kilobytes(bare.connection.residentBytes))
	];
}

/** Every ratio, each with the figures that it comes from. */
export function reportRows({ absolute }: BenchResult): Row[] {
	const { claims, appends, shows, growth, writeBehind, rebuild, latency, fanout } = absolute;
	return [
		...(claims.durable ? claimRows(claims.durable, 'durable') : []),
		...(claims.relaxed ? claimRows(claims.relaxed, 'relaxed') : []),
		...(appends ? appendRows(appends) : []),
		...(shows ? showRows(shows) : []),
		...(growth ? growthRows(growth) : []),
		...(writeBehind ? writeBehindRows(writeBehind) : []),
		...(rebuild ? rebuildRows(rebuild) : []),
		...(latency?.paces.flatMap((pace) => paceRows(pace, latency.subscribers)) ?? []),
		...(fanout?.sizes.flatMap(fanoutRows) ?? [])
	];
}
