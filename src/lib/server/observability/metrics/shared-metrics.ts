import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { withTimeLimit } from '../time-limit.ts';

/** A scrape may be told to give up after ten seconds; what is away must not keep the rest from it. */
const SOURCE_LIMIT_MS = 2_000;

export type Labelled = {
	readonly labels: Readonly<Record<string, string>>;
	readonly value: number;
};

export type RedisServerFigures = {
	readonly usedBytes: number;
	/** 0: no limit is set. */
	readonly maxBytes: number;
	readonly appendOnly: boolean;
	/** Whether the last write of the append-only file and the last rewrite of it went well. */
	readonly aofHealthy: boolean;
};

export type BacklogFigures = {
	/** Live shows by status. */
	readonly shows: readonly Labelled[];
	/** Events in Redis that Postgres does not have, over all live shows. */
	readonly lagEvents: number;
	/** Age of the oldest of them, by the clock of Redis. */
	readonly lagSeconds: number;
};

/** What is alike whichever process asks: read on each scrape, by workers only. */
export type SharedSources = {
	readonly redis: () => Promise<RedisServerFigures>;
	readonly backlog: () => Promise<BacklogFigures>;
	/** Labels `queue`, `state`. */
	readonly queues: () => Promise<readonly Labelled[]>;
	/** Labels `platform`, `status`, `reason`. */
	readonly channels: () => Promise<readonly Labelled[]>;
	/** Labels `platform`, `health`. */
	readonly connections: () => Promise<readonly Labelled[]>;
};

const CHANNEL_LABELS = ['platform', 'status', 'reason'];

type Source = keyof SharedSources;

/** Shows what was read last; without values the gauge is missing from the scrape, not 0. */
type Slot = (values: readonly Labelled[] | undefined) => void;

function createSlot(registry: Registry, name: string, help: string, labelNames: string[]): Slot {
	const gauge = new Gauge({ name, help, labelNames, registers: [registry] });
	return (values) => {
		gauge.reset();
		if (!values && labelNames.length === 0) gauge.remove();
		for (const { labels, value } of values ?? []) gauge.set(labels, value);
	};
}

/** Gauges that are read from Redis and Postgres when a scrape asks. */
export class SharedMetrics {
	readonly #sources: SharedSources;
	readonly #failures: Counter<'source'>;
	readonly #slots: Readonly<Record<Source, readonly Slot[]>>;

	constructor(registry: Registry, sources: SharedSources) {
		this.#sources = sources;
		this.#failures = new Counter({
			name: 'sellary_scrape_failures_total',
			help: 'Figures that could not be read in time for a scrape; they are missing from it.',
			labelNames: ['source'],
			registers: [registry]
		});
		const slot = (name: string, help: string, ...labelNames: string[]): Slot =>
			createSlot(registry, name, help, labelNames);
		this.#slots = {
			redis: [
				slot('sellary_redis_memory_used_bytes', 'Memory in use, of the fullest server.'),
				slot('sellary_redis_memory_max_bytes', 'Its maxmemory; 0: no limit.'),
				slot('sellary_redis_aof_enabled', '1: every server keeps an append-only file.'),
				slot('sellary_redis_aof_healthy', '0: a write or rewrite of the append-only file failed.')
			],
			backlog: [
				slot('sellary_live_shows', 'Shows that are on, by status.', 'status'),
				slot('sellary_write_behind_lag_events', 'Events of live shows that Postgres lacks.'),
				slot('sellary_write_behind_lag_seconds', 'Age of the oldest event that Postgres lacks.')
			],
			queues: [slot('sellary_queue_jobs', 'Jobs by queue and state.', 'queue', 'state')],
			channels: [
				slot('sellary_channels', 'Channels of live shows, by how they stand.', ...CHANNEL_LABELS)
			],
			connections: [
				slot('sellary_connections', 'Connected accounts, by health.', 'platform', 'health')
			]
		};
	}

	/** Reads all sources at once. Never throws; figures that can't be had are left out. */
	async refresh(): Promise<void> {
		const { redis, backlog, queues, channels, connections } = this.#sources;
		await Promise.all([
			this.#read('redis', redis, ({ usedBytes, maxBytes, appendOnly, aofHealthy }) => [
				one(usedBytes),
				one(maxBytes),
				one(Number(appendOnly)),
				one(Number(aofHealthy))
			]),
			this.#read('backlog', backlog, ({ shows, lagEvents, lagSeconds }) => [
				shows,
				one(lagEvents),
				one(lagSeconds)
			]),
			this.#read('queues', queues, (counts) => [counts]),
			this.#read('channels', channels, (counts) => [counts]),
			this.#read('connections', connections, (counts) => [counts])
		]);
	}

	/** `toValues` gives the values of each gauge of the source, in their order. */
	async #read<Figures>(
		source: Source,
		read: () => Promise<Figures>,
		toValues: (figures: Figures) => readonly (readonly Labelled[])[]
	): Promise<void> {
		let values: readonly (readonly Labelled[])[] = [];
		try {
			values = toValues(await withTimeLimit(SOURCE_LIMIT_MS, read()));
		} catch {
			this.#failures.inc({ source });
		}
		// What is gone, or could not be read, must not stand there as it was.
		for (const [index, show] of this.#slots[source].entries()) show(values[index]);
	}
}

const one = (value: number): Labelled[] => [{ labels: {}, value }];
