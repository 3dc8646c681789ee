import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { Health } from './health.ts';
import { AccessMetrics } from './metrics/access-metrics.ts';
import { HistoryMetrics } from './metrics/history-metrics.ts';
import { HubMetrics } from './metrics/hub-metrics.ts';
import type { HubFigures } from './metrics/hub-metrics.ts';
import { IntakeMetrics } from './metrics/intake-metrics.ts';
import { JobMetrics } from './metrics/job-metrics.ts';
import { watchConnections } from './metrics/process-metrics.ts';
import type { ProcessSources } from './metrics/process-metrics.ts';
import { ReadinessMetrics } from './metrics/readiness-metrics.ts';
import { ReconcileMetrics } from './metrics/reconcile-metrics.ts';
import { ScriptMetrics } from './metrics/script-metrics.ts';
import { SharedMetrics } from './metrics/shared-metrics.ts';
import type { SharedSources } from './metrics/shared-metrics.ts';

/** Where figures come from that nobody reports: they are read when a scrape asks. */
export type MetricSources = ProcessSources & {
	readonly hub: () => HubFigures;
	readonly readiness: () => Promise<Health>;
	/** Null in a process that leaves what is alike for all to the workers. */
	readonly shared: SharedSources | null;
};

/**
 * The metrics of one application, named by the conventions of Prometheus. A registry of its own, so that
 * several applications in one process, such as those of tests, don't mix. No label names a show, a
 * workspace or a person.
 */
export class Metrics {
	readonly contentType: string;
	readonly intake: IntakeMetrics;
	readonly scripts: ScriptMetrics;
	readonly history: HistoryMetrics;
	readonly reconcile: ReconcileMetrics;
	readonly hub: HubMetrics;
	readonly jobs: JobMetrics;
	readonly access: AccessMetrics;
	readonly #registry = new Registry();
	#readiness: ReadinessMetrics | null = null;
	#shared: SharedMetrics | null = null;
	#watchesProcess = false;
	#rendering: Promise<string> | null = null;

	/** `queues`: the names of all there are. */
	constructor(role: string, queues: readonly string[]) {
		this.contentType = this.#registry.contentType;
		this.intake = new IntakeMetrics(this.#registry);
		this.scripts = new ScriptMetrics(this.#registry);
		this.history = new HistoryMetrics(this.#registry);
		this.reconcile = new ReconcileMetrics(this.#registry);
		this.hub = new HubMetrics(this.#registry);
		this.jobs = new JobMetrics(this.#registry, queues);
		this.access = new AccessMetrics(this.#registry);
		new Gauge({
			name: 'sellary_process_info',
			help: 'Always 1; says what the process does.',
			labelNames: ['role'],
			registers: [this.#registry]
		}).set({ role }, 1);
	}

	/** Tells where to read what nobody reports. Once. */
	watch({ pool, redisConnections, hub, readiness, shared }: MetricSources): void {
		watchConnections(this.#registry, { pool, redisConnections });
		this.hub.watch(hub);
		this.#readiness = new ReadinessMetrics(this.#registry, readiness);
		if (shared) this.#shared = new SharedMetrics(this.#registry, shared);
	}

	/** Adds what Node.js knows of the process: CPU, memory, lag of the event loop, garbage collection. */
	watchProcess(): void {
		if (this.#watchesProcess) return;
		this.#watchesProcess = true;
		collectDefaultMetrics({ register: this.#registry });
	}

	/** All metrics in the text format of Prometheus. Takes some seconds at most; scrapes at once share it. */
	async render(): Promise<string> {
		this.#rendering ??= this.#render().finally(() => {
			this.#rendering = null;
		});
		return await this.#rendering;
	}

	async #render(): Promise<string> {
		await Promise.all([this.#readiness?.refresh(), this.#shared?.refresh()]);
		return await this.#registry.metrics();
	}
}
