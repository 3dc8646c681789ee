import { expect, test } from 'vitest';
import { longTasks } from './long-tasks.ts';
import type { PageRecord } from './long-tasks.ts';

const ALL = { fromMs: 0, toMs: Infinity };

function script(startTime: number, duration: number) {
	const sourceURL = 'https://sellary.example/_app/chunk.js';
	return { startTime, duration, sourceURL, invoker: 'onmessage', forcedStyleAndLayoutDuration: 0 };
}

/** One frame of 200 ms from 1,000 on, whose only task is as long. */
function record(scripts: ReturnType<typeof script>[], styleAndLayoutStart = 0): PageRecord {
	const span = { startTime: 1_000, duration: 200 };
	return { tasks: [span], frames: [{ ...span, styleAndLayoutStart, scripts }] };
}

test('scripts and rendering are ours, what else was in the task is not', () => {
	const [task] = longTasks(record([script(1_010, 60)], 1_180), [], ALL);
	expect(task).toMatchObject({ taskMs: 200, oursMs: 80, cpuMs: null });
	expect(task?.cause).toBe('onmessage chunk.js 60 ms');
});

test('spans that lie over each other count once', () => {
	const [task] = longTasks(record([script(1_000, 100), script(1_050, 100)], 1_140), [], ALL);
	expect(task?.oursMs).toBe(200);
});

test('what was outside of the task does not count', () => {
	const [task] = longTasks(record([script(900, 150), script(1_190, 100)]), [], ALL);
	expect(task?.oursMs).toBe(60);
});

test('no more than the processor time is ours: the rest was waiting', () => {
	const traced = [
		{ startTime: 1_000.2, duration: 199, cpuMs: 30 },
		{ startTime: 1_300, duration: 80, cpuMs: 80 }
	];
	const [task] = longTasks(record([script(1_000, 180)]), traced, ALL);
	expect(task).toMatchObject({ cpuMs: 30, oursMs: 30 });
});

test('a browser that reports no frames: the whole task is ours', () => {
	const [task] = longTasks({ ...record([]), frames: null }, [], ALL);
	expect(task).toMatchObject({ oursMs: 200, cause: 'not known' });
});

test('only tasks of the measured time count', () => {
	expect(longTasks(record([]), [], { fromMs: 1_001, toMs: 2_000 })).toEqual([]);
	expect(longTasks(record([]), [], { fromMs: 0, toMs: 1_000 })).toEqual([]);
});
