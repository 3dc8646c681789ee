import { z } from 'zod';
import type { TracedTask } from './task-trace.ts';

/*
 * What the page's main thread did in one go. A long task says only how long it took by the clock, with
 * whatever else the machine did meanwhile; a long animation frame (where the browser has them) tells
 * which part of it was script and which was style and layout.
 */

/** Times in ms since the page was opened, as the browser's PerformanceEntry gives them. */
const span = { startTime: z.number(), duration: z.number() };

const scriptSchema = z.object({
	...span,
	invoker: z.string(),
	sourceURL: z.string(),
	forcedStyleAndLayoutDuration: z.number()
});

export const pageRecordSchema = z.object({
	tasks: z.array(z.object(span)),
	/** Null in a browser that does not report frames. */
	frames: z
		.array(z.object({ ...span, styleAndLayoutStart: z.number(), scripts: z.array(scriptSchema) }))
		.nullable()
});
export type PageRecord = z.output<typeof pageRecordSchema>;
type Frame = NonNullable<PageRecord['frames']>[number];
type Span = { readonly startTime: number; readonly duration: number };

export type LongTask = {
	readonly startMs: number;
	/** By the clock. */
	readonly taskMs: number;
	/** The processor time that it got, null when the trace has a gap there. */
	readonly cpuMs: number | null;
	/** Of it in our scripts, and in the style and layout that they caused; no more than `cpuMs`. */
	readonly oursMs: number;
	/** What ran longest in it, with its ms. */
	readonly cause: string;
};

/** The long tasks (over 50 ms) that ran between two moments, ms since the page was opened. */
export function longTasks(
	{ tasks, frames }: PageRecord,
	traced: readonly TracedTask[],
	{ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }
): LongTask[] {
	return tasks
		.filter(({ startTime }) => startTime >= fromMs && startTime < toMs)
		.map((task) => {
			const cpuMs = cpuOf(task, traced);
			const around = frames?.filter((frame) => overlap(frame, task) > 0);
			return {
				startMs: task.startTime,
				taskMs: task.duration,
				cpuMs,
				oursMs: Math.min(around ? oursIn(around, task) : task.duration, cpuMs ?? Infinity),
				cause: around ? causeOf(around, task) : 'not known'
			};
		});
}

/** Both clocks tell of the same task: the one in the trace that covers most of this one. */
function cpuOf(task: Span, traced: readonly TracedTask[]): number | null {
	const same = traced.filter((candidate) => overlap(candidate, task) > task.duration / 2);
	return same.length > 0 ? Math.max(...same.map(({ cpuMs }) => cpuMs)) : null;
}

/** Style and layout end the frame; what runs between is scripts' again (ResizeObserver). */
function rendering({ startTime, duration, styleAndLayoutStart }: Frame): Span {
	const end = startTime + duration;
	const start = styleAndLayoutStart === 0 ? end : styleAndLayoutStart;
	return { startTime: start, duration: end - start };
}

/** How long the task was in scripts or rendering; spans may lie over each other and count once. */
function oursIn(frames: readonly Frame[], task: Span): number {
	const spans = frames
		.flatMap((frame) => [...frame.scripts, rendering(frame)])
		.toSorted((a, b) => a.startTime - b.startTime);
	let total = 0;
	let covered = task.startTime;
	for (const { startTime, duration } of spans) {
		const start = Math.max(startTime, covered);
		const end = Math.min(startTime + duration, task.startTime + task.duration);
		if (end <= start) continue;
		total += end - start;
		covered = end;
	}
	return total;
}

function causeOf(frames: readonly Frame[], task: Span): string {
	const parts = frames.flatMap((frame) => [
		...frame.scripts.map((script) => ({ name: nameOf(script), ms: overlap(script, task) })),
		{ name: 'style and layout', ms: overlap(rendering(frame), task) }
	]);
	const longest = parts.toSorted((a, b) => b.ms - a.ms)[0];
	return longest && longest.ms > 0
		? `${longest.name} ${Math.round(longest.ms)} ms`
		: 'none of ours';
}

function nameOf({
	invoker,
	sourceURL,
	forcedStyleAndLayoutDuration: layout
}: Frame['scripts'][number]): string {
	const file = sourceURL.split('/').at(-1) ?? '';
	const forced = layout >= 1 ? ` (${Math.round(layout)} ms of it layout)` : '';
	return `${invoker} ${file}${forced}`.trim();
}

function overlap(a: Span, b: Span): number {
	const end = Math.min(a.startTime + a.duration, b.startTime + b.duration);
	return Math.max(0, end - Math.max(a.startTime, b.startTime));
}
