import { chromium } from '@playwright/test';
import type { Browser, CDPSession, Page } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { findChromium } from '../lib/chromium.ts';
import type { PageRecord } from './long-tasks.ts';
import { pageRecordSchema } from './long-tasks.ts';
import type { Stage } from './stage.ts';

const VIEWPORT = { width: 1440, height: 900 };
const POLL_MS = 200;

/** The page's costs since it was opened, as Chromium counts them. */
export type PageCosts = {
	/** The main thread's work in s of processor time, so that a busy machine does not add to it. */
	readonly mainThreadSeconds: number;
	readonly scriptSeconds: number;
	readonly styleSeconds: number;
	readonly layoutSeconds: number;
	readonly domNodes: number;
};

export type ConsolePage = {
	readonly page: Page;
	readonly cdp: CDPSession;
	/** The browser's version. */
	readonly version: string;
	/** Ms since the page was opened, the clock of `longTasks`. */
	now(): Promise<number>;
	/** Comments by the counter that the operator sees. */
	shownComments(): Promise<number>;
	/** Waits until the counter shows `count`, or for `patienceMs`. Returns what it shows then. */
	waitForComments(count: number, patienceMs: number, signal: AbortSignal): Promise<number>;
	longTaskRecord(): Promise<PageRecord>;
	/** What JavaScript holds after everything that can go has gone, MB. */
	heapMb(): Promise<number>;
	costs(): Promise<PageCosts>;
	close(): Promise<void>;
};

/** Opens the console of the stage's show in a Chromium and waits until it follows the show. */
export async function openConsolePage(stage: Stage): Promise<ConsolePage> {
	const found = await findChromium();
	const browser = await chromium.launch({
		executablePath: found.executablePath,
		args: found.args,
		env: found.env,
		// The benchmark closes it, after it has said what was measured so far.
		handleSIGINT: false,
		handleSIGTERM: false
	});
	try {
		return await consoleIn(browser, stage);
	} catch (error) {
		await browser.close();
		throw error;
	}
}

async function consoleIn(browser: Browser, stage: Stage): Promise<ConsolePage> {
	const context = await browser.newContext({ viewport: VIEWPORT });
	await context.addCookies([{ ...stage.session, url: stage.origin }]);
	const page = await context.newPage();
	await page.goto(`${stage.origin}/shows/${stage.showId}/console`);
	await page
		.locator('[title]')
		.filter({ hasText: /^\s*Console:\s*Connected\s*$/ })
		.waitFor();
	const counter = page
		.getByRole('region', { name: 'Comments', exact: true })
		.locator('header h2 + span');
	const record = await page.evaluateHandle(watchTasks);
	const cdp = await context.newCDPSession(page);
	await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });

	const shownComments = async (): Promise<number> =>
		Number((await counter.textContent())?.replace(/\D/g, ''));
	return {
		page,
		cdp,
		version: browser.version(),
		now: () => page.evaluate(() => performance.now()),
		shownComments,
		async waitForComments(count, patienceMs, signal) {
			const deadline = performance.now() + patienceMs;
			let shown = await shownComments();
			while (shown < count && performance.now() < deadline) {
				await sleep(POLL_MS, undefined, { signal });
				shown = await shownComments();
			}
			return shown;
		},
		longTaskRecord: async () =>
			pageRecordSchema.parse(
				JSON.parse(await record.evaluate((entries) => JSON.stringify(entries)))
			),
		heapMb: () => heapMb(cdp),
		costs: () => costs(cdp),
		close: () => browser.close()
	};
}

/** Runs in the page: collects what the browser reports as long, from its opening on. */
function watchTasks(): { tasks: unknown[]; frames: unknown[] | null } {
	const collect = (type: string): unknown[] => {
		const entries: unknown[] = [];
		new PerformanceObserver((list) => entries.push(...list.getEntries())).observe({
			type,
			buffered: true
		});
		return entries;
	};
	const frames = 'long-animation-frame';
	const hasFrames = PerformanceObserver.supportedEntryTypes.includes(frames);
	return { tasks: collect('longtask'), frames: hasFrames ? collect(frames) : null };
}

async function heapMb(cdp: CDPSession): Promise<number> {
	// What the first collection finalizes, the second one frees.
	await cdp.send('HeapProfiler.collectGarbage');
	await cdp.send('HeapProfiler.collectGarbage');
	const { usedSize } = await cdp.send('Runtime.getHeapUsage');
	return usedSize / 2 ** 20;
}

const metricsSchema = z
	.object({
		TaskDuration: z.number(),
		ScriptDuration: z.number(),
		RecalcStyleDuration: z.number(),
		LayoutDuration: z.number(),
		Nodes: z.number()
	})
	.transform((metrics) => ({
		mainThreadSeconds: metrics.TaskDuration,
		scriptSeconds: metrics.ScriptDuration,
		styleSeconds: metrics.RecalcStyleDuration,
		layoutSeconds: metrics.LayoutDuration,
		domNodes: metrics.Nodes
	}));

async function costs(cdp: CDPSession): Promise<PageCosts> {
	const { metrics } = await cdp.send('Performance.getMetrics');
	return metricsSchema.parse(Object.fromEntries(metrics.map(({ name, value }) => [name, value])));
}
