import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { QUEUES } from '../../src/lib/server/jobs/queue-depths.ts';
import { Metrics } from '../../src/lib/server/observability/metrics.ts';

const FOLDER = join(import.meta.dirname, '../../docs/operations');
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

/** The first scrape of a process that serves and works. */
async function scrapeOfNew(): Promise<string> {
	const metrics = new Metrics('all', QUEUES);
	const nothing = () => Promise.resolve([]);
	metrics.watch({
		pool: () => ({ max: 10, total: 0, idle: 0, waiting: 0 }),
		redisConnections: () => [],
		hub: () => ({ shows: 0, subscribers: 0, lagEvents: 0 }),
		readiness: () =>
			Promise.resolve({
				status: 'ok',
				checks: { redis: 'ok', postgres: 'ok', scripts: 'ok', migrations: 'ok' }
			}),
		shared: {
			redis: () =>
				Promise.resolve({ usedBytes: 0, maxBytes: 0, appendOnly: true, aofHealthy: true }),
			backlog: () => Promise.resolve({ shows: [], lagEvents: 0, lagSeconds: 0 }),
			queues: nothing,
			channels: nothing,
			connections: nothing
		}
	});
	metrics.hub.watchSockets(() => 0);
	metrics.watchProcess();
	return await metrics.render();
}

const scrape = await scrapeOfNew();

/** Every metric with its kind. */
const metrics = new Map(
	[...scrape.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', kind = '']) => [name, kind])
);

/** Names of time series that a scrape has. */
const series = new Set(
	[...metrics].flatMap(([name, kind]) =>
		kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
	)
);

function named(text: string): string[] {
	return [...new Set(text.match(/\b(?:sellary|nodejs|process)_[a-z0-9_]+\b/g))];
}

test('metrics follow the conventions of Prometheus', () => {
	const own = [...metrics].filter(([name]) => name.startsWith('sellary_'));
	expect(own.length).toBeGreaterThan(35);
	for (const [name, kind] of own) {
		expect(kind === 'counter', name).toBe(name.endsWith('_total'));
		if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
		expect(name).not.toMatch(/_(ms|milliseconds|percent|kb)(_|$)/);
	}
});

test('every queue of the jobs is counted', () => {
	const jobs = join(import.meta.dirname, '../../src/lib/server/jobs');
	const names = readdirSync(jobs).flatMap((file) => {
		const text = readFileSync(join(jobs, file), 'utf8');
		return [...text.matchAll(/^const QUEUE = '([^']+)'/gm)].map(([, name]) => name);
	});
	expect(names.toSorted()).toEqual([...QUEUES].toSorted());
});

describe('docs/operations', () => {
	const rules = read('alert-rules.yml');
	const dashboard = read('grafana-dashboard.json');
	const runbook = read('runbook.md');
	const reference = read('observability.md');
	const alerts = [...rules.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name = '']) => name);

	test('alert rules ask for metrics that exist, and have an expression, a severity and a page each', () => {
		expect(alerts.length).toBeGreaterThan(20);
		expect(named(rules).filter((name) => !series.has(name))).toEqual([]);
		expect(rules.match(/^ +expr: '.+'$/gm)).toHaveLength(alerts.length);
		expect(rules.match(/^ +severity: (critical|warning|info)$/gm)).toHaveLength(alerts.length);
		for (const alert of alerts) {
			expect(rules).toContain(`runbook: docs/operations/runbook.md#${alert.toLowerCase()}`);
		}
	});

	test('a counter whose single events raise an alert stands at 0 from the beginning', () => {
		// `increase()` of a series that appears with its first event is 0.
		const counted = [
			...rules.matchAll(/increase\((\w+)(?:\{(\w+)=~?"([^"]+)"\})?\[\d+m\]\)[ )]*> 0/g)
		];
		expect(counted.length).toBeGreaterThan(4);
		for (const [, name = '', label, values = ''] of counted) {
			for (const value of values.split('|')) {
				const start = label === undefined ? `${name}{` : `${label}="${value}"`;
				const lines = scrape.split('\n').filter((line) => line.startsWith(name));
				expect(
					lines.some((line) => line.includes(start)),
					`${name} ${value}`
				).toBe(true);
			}
		}
	});

	test('the runbook has a heading for each alert and for nothing else', () => {
		const headings = [...runbook.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
		expect(headings.toSorted()).toEqual(alerts.toSorted());
		for (const part of ['**Means.** ', '**Look.** ', '**Do.** ']) {
			expect(runbook.split(part)).toHaveLength(alerts.length + 1);
		}
	});

	test('the runbook names metrics that exist', () => {
		const known = new Set([...series, ...metrics.keys()]);
		expect(named(runbook).filter((name) => !known.has(name))).toEqual([]);
	});

	test('the dashboard asks for metrics that exist, in panels that Grafana can place', () => {
		const panel = z.object({
			id: z.number(),
			title: z.string().min(1),
			gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
			targets: z.array(z.object({ expr: z.string().min(1) })).optional()
		});
		const { panels } = z
			.object({ title: z.string(), panels: z.array(panel) })
			.parse(JSON.parse(dashboard));
		expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
		for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
		const asked = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
		expect(named(asked.join('\n')).filter((name) => !series.has(name))).toEqual([]);
	});

	test('the dashboard shows every metric of ours', () => {
		const shown = named(dashboard).map((name) => name.replace(/_(bucket|sum|count)$/, ''));
		const own = [...metrics.keys()].filter((name) => name.startsWith('sellary_'));
		expect(own.filter((name) => !shown.includes(name))).toEqual([]);
	});

	test('the reference names every limit that counts its refusals once', () => {
		const server = join(import.meta.dirname, '../../src/lib/server');
		const source = readdirSync(server, { recursive: true, encoding: 'utf8' })
			.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
			.map((file) => readFileSync(join(server, file), 'utf8'))
			.join('\n');
		const counted =
			/(?:countRefusal|[oO]nRefused|onLimited|refuseUntil|createLimiter)\((?:redis, )?'([a-z-]+)'/g;
		const limits = [...source.matchAll(counted)].map(([, name = '']) => name);
		expect(limits.length).toBeGreaterThan(15);
		const [, list = ''] = reference.split('Limits of `sellary_rate_limited_total`');
		const rows = [...list.matchAll(/^\| `([a-z-]+)` /gm)].map(([, name]) => name);
		expect(rows.toSorted()).toEqual([...new Set(limits)].toSorted());
	});

	test('the reference names every metric of ours once', () => {
		const rows = [...reference.matchAll(/^\| `(sellary_\w+)/gm)].map(([, name]) => name);
		const own = [...metrics.keys()].filter((name) => name.startsWith('sellary_'));
		expect(rows.toSorted()).toEqual(own.toSorted());
	});
});
