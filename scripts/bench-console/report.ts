import { LONG_MS, worst } from './measure.ts';
import type { ConsoleFigures } from './measure.ts';

/** What `--json` prints. Tasks are judged by the time in them that is ours (see long-tasks.ts). */
export type ConsoleResult = {
	readonly longTasksOver100ms: number;
	/** 0 when no task reached 50 ms, from where on browsers report them. */
	readonly worstTaskMs: number;
	readonly heapStartMb: number;
	readonly heapEndMb: number;
	readonly eventsSent: number;
	readonly eventsShown: number;
};

export function resultOf(figures: ConsoleFigures): ConsoleResult {
	const ours = figures.tasks.map(({ oursMs }) => oursMs);
	return {
		longTasksOver100ms: ours.filter((value) => value > LONG_MS).length,
		worstTaskMs: Math.round(worst(ours) ?? 0),
		heapStartMb: rounded(figures.heapStartMb),
		heapEndMb: rounded(figures.heapEndMb),
		eventsSent: figures.sent.comments,
		eventsShown: figures.shown
	};
}

const WORST_LISTED = 5;

/** The figures for people. */
export function formatConsoleReport(figures: ConsoleFigures): string {
	const result = resultOf(figures);
	const { tasks, costsStart, costsEnd, sent, backlog } = figures;
	const raw = tasks.map(({ taskMs }) => taskMs);
	const share = (from: number, to: number): string =>
		`${((100 * (to - from)) / figures.seconds).toFixed(1)} %`;
	const rows: (readonly [what: string, figure: string, aim?: string])[] = [
		[`tasks over ${LONG_MS} ms of ours`, number(result.longTasksOver100ms), '0'],
		[
			'worst task, of it ours',
			underFifty(worst(tasks.map(({ oursMs }) => oursMs))),
			`≤ ${LONG_MS} ms`
		],
		[
			`tasks over ${LONG_MS} ms by the clock`,
			number(raw.filter((value) => value > LONG_MS).length)
		],
		['worst task by the clock', underFifty(worst(raw))],
		['worst task, its processor time', underFifty(worst(tasks.map(({ cpuMs }) => cpuMs ?? 0)))],
		['tasks over 50 ms by the clock', number(tasks.length)],
		['  of them not in the trace', number(tasks.filter(({ cpuMs }) => cpuMs === null).length)],
		['heap at the start', `${result.heapStartMb} MB`],
		['heap at the end', `${result.heapEndMb} MB`, 'flat'],
		[
			'DOM nodes, start and end',
			`${number(figures.domNodesStart)}, ${number(figures.domNodesEnd)}`,
			'flat'
		],
		['comments sent', number(result.eventsSent)],
		['comments shown', number(result.eventsShown), 'the same'],
		[
			'all comments, live and opened again',
			`${number(figures.shownLive)}, ${number(figures.shownAfresh)}`,
			'equal'
		],
		['main thread busy', share(costsStart.mainThreadSeconds, costsEnd.mainThreadSeconds)],
		['  scripts', share(costsStart.scriptSeconds, costsEnd.scriptSeconds)],
		['  style', share(costsStart.styleSeconds, costsEnd.styleSeconds)],
		['  layout', share(costsStart.layoutSeconds, costsEnd.layoutSeconds)],
		['worst task of opening the full show', underFifty(figures.openingTaskMs)]
	];
	const worstTasks = tasks
		.toSorted((a, b) => b.oursMs - a.oursMs)
		.slice(0, WORST_LISTED)
		.map(
			({ taskMs, cpuMs, oursMs, cause }) =>
				`  ${ms(taskMs)} by the clock, ${cpuMs === null ? 'unknown' : ms(cpuMs)} of processor time, ` +
				`${ms(oursMs)} ours; most in: ${cause}`
		);
	return [
		`Chromium ${figures.browser}; ${figures.cores} cores; ${machineNote(figures)}`,
		`${number(backlog.comments)} comments and ${number(backlog.claims)} claims in the show, then ` +
			`${sent.perSecond.toFixed(0)} comments per second for ${number(figures.seconds)} s ` +
			`(${number(sent.claims)} claims, ${number(sent.passes)} passes)`,
		'',
		...rows.map(([what, figure, aim]) =>
			`${what.padEnd(40)}${figure.padStart(18)}   ${aim ?? ''}`.trimEnd()
		),
		...(worstTasks.length > 0 ? ['', 'the longest tasks:', ...worstTasks] : [])
	].join('\n');
}

/** What else ran shows in the load before the benchmark started; at the end its own is in it. */
function machineNote({ cores, loadBefore, loadAfter }: ConsoleFigures): string {
	const busy = loadBefore > cores / 2 ? '; THE MACHINE WAS BUSY with other work' : '';
	return `load average ${loadBefore} before, ${loadAfter} at the end${busy}`;
}

function underFifty(value: number | null): string {
	return value === null ? '< 50 ms' : ms(value);
}

function ms(value: number): string {
	return `${Math.round(value)} ms`;
}

function number(value: number): string {
	return value.toLocaleString('en', { maximumFractionDigits: 0 });
}

function rounded(value: number): number {
	return Math.round(value * 10) / 10;
}
