import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

export type PoolFigures = {
	readonly max: number;
	readonly total: number;
	readonly idle: number;
	/** Callers that wait for a connection. */
	readonly waiting: number;
};

/** Connections to Redis with the same use: `commands`, `jobs`, `subscriber`, `worker`. */
export type RedisConnectionFigures = {
	readonly use: string;
	readonly ready: number;
	readonly down: number;
};

export type ProcessSources = {
	readonly pool: () => PoolFigures;
	readonly redisConnections: () => readonly RedisConnectionFigures[];
};

/** Gauges of this process’s own connections, read from memory. */
export function watchConnections(registry: Registry, sources: ProcessSources): void {
	const registers = [registry];
	new Gauge({
		name: 'sellary_postgres_pool_connections',
		help: 'Connections of this process to Postgres: busy or idle.',
		labelNames: ['state'],
		registers,
		collect() {
			const { total, idle } = sources.pool();
			this.set({ state: 'busy' }, total - idle);
			this.set({ state: 'idle' }, idle);
		}
	});
	new Gauge({
		name: 'sellary_postgres_pool_max_connections',
		help: 'Most connections of this process (DATABASE_POOL_SIZE).',
		registers,
		collect() {
			this.set(sources.pool().max);
		}
	});
	new Gauge({
		name: 'sellary_postgres_pool_waiting',
		help: 'Callers that wait for a connection to Postgres.',
		registers,
		collect() {
			this.set(sources.pool().waiting);
		}
	});
	new Gauge({
		name: 'sellary_redis_connections',
		help: 'Connections of this process to Redis by use, ready or down.',
		labelNames: ['use', 'state'],
		registers,
		collect() {
			for (const { use, ready, down } of sources.redisConnections()) {
				this.set({ use, state: 'ready' }, ready);
				this.set({ use, state: 'down' }, down);
			}
		}
	});
}
