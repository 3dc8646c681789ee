import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { startHelper } from '../bench/helper-process.ts';
import type { HelperProcess } from '../bench/helper-process.ts';
import { crowdReportSchema } from './crowd-messages.ts';
import type { CrowdConsole, CrowdReport, ShowEnd } from './crowd-messages.ts';
import type { LoadOptions } from './options.ts';

/** Consoles that read and fold every event; the others follow the sequence, which costs less. */
const FOLDING_CONSOLES = 50;
/** What all of those may fold together without the crowd being slower than what it measures. */
const FOLDED_EVENTS_PER_SECOND = 10_000;
const CONSOLES_PER_PROCESS = 250;
const LOOK_MS = 100;
/** Consoles that get no further for so long have lost something. */
const STALL_MS = 30_000;

/** As many as are needed to see every show through every door, and more while they cost little. */
function foldingConsoles({ comments, seconds, shows }: LoadOptions, showsAndDoors: number): number {
	const affordable = Math.floor(FOLDED_EVENTS_PER_SECOND / (comments / seconds / shows));
	return Math.max(showsAndDoors, Math.min(FOLDING_CONSOLES, affordable));
}

/** Starts processes full of consoles, which connect to the shows and doors in turn. */
export async function startCrowds(
	options: LoadOptions,
	audience: {
		readonly origin: string;
		readonly sockets: readonly string[];
		readonly cookies: readonly string[];
	},
	shows: readonly { readonly showId: string }[]
): Promise<HelperProcess[]> {
	const { origin, sockets, cookies } = audience;
	const folding = foldingConsoles(options, shows.length * sockets.length);
	const consoles = Array.from({ length: options.consoles }, (_, index): CrowdConsole => ({
		url: sockets[Math.floor(index / shows.length) % sockets.length] ?? '',
		origin,
		cookie: cookies[index % cookies.length] ?? '',
		showId: shows[index % shows.length]?.showId ?? '',
		folds: index < folding
	}));
	const crowds: HelperProcess[] = [];
	for (let from = 0; from < consoles.length; from += CONSOLES_PER_PROCESS) {
		const crowd = startHelper(join(import.meta.dirname, 'crowd.ts'), []);
		crowds.push(crowd);
		const some = consoles.slice(from, from + CONSOLES_PER_PROCESS);
		await crowd.ask({ do: 'connect', consoles: some }, z.number());
	}
	return crowds;
}

/** Looks at all consoles again and again until `count` reaches `goal`, or nothing moves any more. */
export async function untilStill(
	crowds: readonly HelperProcess[],
	ends: readonly ShowEnd[],
	count: (report: CrowdReport) => number,
	goal: number
): Promise<CrowdReport[]> {
	let best = '';
	let movedAt = performance.now();
	for (;;) {
		const reports = await Promise.all(
			crowds.map((crowd) => crowd.ask({ do: 'look', ends }, crowdReportSchema))
		);
		const sum = (pick: (report: CrowdReport) => number): number =>
			reports.reduce((total, report) => total + pick(report), 0);
		if (sum(count) >= goal) return reports;
		const now = `${sum(count)} ${sum(({ deliveries }) => deliveries)}`;
		if (now !== best) movedAt = performance.now();
		best = now;
		if (performance.now() - movedAt > STALL_MS) return reports;
		await sleep(LOOK_MS);
	}
}
