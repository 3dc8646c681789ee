import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterNode, RunningCluster } from '../services/redis-cluster.ts';

const POLL_MS = 20;
const TIMEOUT_MS = 60_000;

async function replicationOf({ admin }: ClusterNode): Promise<string> {
	return String(await admin.info('replication'));
}

/** The master that serves a key. Its replicas and the other masters would redirect the question. */
export async function masterOf(cluster: RunningCluster, key: string): Promise<ClusterNode> {
	for (const node of cluster.nodes) {
		if (!(await replicationOf(node)).includes('role:master')) continue;
		const serves = await node.admin.exists(key).then(
			() => true,
			() => false
		);
		if (serves) return node;
	}
	throw new Error(`no master serves ${key}`);
}

/** Waits until every server is back in its place: all slots served, each replica in step with its master. */
export async function untilHealthy(cluster: RunningCluster): Promise<void> {
	const deadline = performance.now() + TIMEOUT_MS;
	const isHealthy = async (): Promise<boolean> => {
		const states = await Promise.all(cluster.nodes.map((node) => node.admin.cluster('INFO')));
		const roles = await Promise.all(cluster.nodes.map(replicationOf));
		return (
			states.every((state) => String(state).includes('cluster_state:ok')) &&
			roles.every((role) =>
				role.includes('role:master')
					? /state=online/.test(role)
					: role.includes('master_link_status:up')
			)
		);
	};
	while (!(await isHealthy().catch(() => false))) {
		if (performance.now() > deadline) throw new Error('the cluster does not become healthy again');
		await sleep(POLL_MS);
	}
}

/** Waits until a replica serves what the dead master served: all slots have a master that lives. */
export async function untilPromoted(cluster: RunningCluster, dead: ClusterNode): Promise<void> {
	const deadline = performance.now() + TIMEOUT_MS;
	const living = cluster.nodes.filter((node) => node !== dead);
	const masters = cluster.nodes.length / 2;
	const count = async (): Promise<number> => {
		const roles = await Promise.all(living.map(replicationOf));
		return roles.filter((role) => role.includes('role:master')).length;
	};
	while ((await count()) < masters) {
		if (performance.now() > deadline) throw new Error('no replica took over');
		await sleep(POLL_MS);
	}
}

/**
 * Breaks the replication of a master and keeps it broken, as a network between two sites may: clients
 * and the cluster's own messages go on. (The replica does not know the password that the master asks
 * new connections for from now on.)
 */
export async function breakReplication(master: ClusterNode): Promise<void> {
	await master.admin.config('SET', 'requirepass', 'unknown to the replica');
	await master.admin.client('KILL', 'TYPE', 'REPLICA');
}
