import { startFaultProxy } from './fault-proxy.ts';
import type { FaultProxy } from './fault-proxy.ts';

/** Who reaches what through a proxy of its own. `observer`: this process, whose ways are never broken. */
export type Network = {
	readonly redis: { readonly web: FaultProxy; readonly worker: FaultProxy };
	readonly postgres: { readonly web: FaultProxy; readonly worker: FaultProxy };
	readonly observer: { readonly redis: FaultProxy; readonly postgres: FaultProxy };
	/** Aims every proxy at where the servers are now. */
	aim(ports: { readonly redis: number; readonly postgres: number }): void;
	heal(): void;
	close(): Promise<void>;
};

export async function startNetwork(): Promise<Network> {
	const redis = { web: await startFaultProxy(), worker: await startFaultProxy() };
	const postgres = { web: await startFaultProxy(), worker: await startFaultProxy() };
	const observer = { redis: await startFaultProxy(), postgres: await startFaultProxy() };
	const toRedis = [redis.web, redis.worker, observer.redis];
	const toPostgres = [postgres.web, postgres.worker, observer.postgres];
	const all = [...toRedis, ...toPostgres];
	return {
		redis,
		postgres,
		observer,
		aim(ports) {
			for (const proxy of toRedis) proxy.aimAt(ports.redis);
			for (const proxy of toPostgres) proxy.aimAt(ports.postgres);
		},
		heal() {
			for (const proxy of all) proxy.heal();
		},
		async close() {
			await Promise.all(all.map((proxy) => proxy.close()));
		}
	};
}

/** The URL of a service as seen through a proxy. */
export function through(proxy: FaultProxy, serviceUrl: string): string {
	const url = new URL(serviceUrl);
	url.hostname = '127.0.0.1';
	url.port = String(proxy.port);
	return url.href;
}
