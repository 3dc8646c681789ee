import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { GuardedProcess } from './guarded-process.ts';
import { startGuarded } from './guarded-process.ts';
import { LOOPBACK, PortTakenError, freePort, sleep } from './loopback.ts';

/*
 * A Redis Cluster on the loopback address, for tests, load runs and failover drills. It is put together
 * by the cluster commands themselves (https://redis.io/docs/latest/commands/cluster-meet/), so nothing
 * but the server is needed.
 */

const SLOTS = 16_384;
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
/** Another program may take a port that was free a moment ago. */
const MAX_ATTEMPTS = 5;

/** One server of a cluster, before and after it has become a master or a replica. */
export type ClusterNode = {
	readonly port: number;
	/** A connection to this server alone: it follows no redirections. */
	readonly admin: Redis;
	/** The server's name in its cluster. */
	readonly id: string;
	/** Ends it as a crash does: nothing is flushed, nobody is told. Resolves when it is gone. */
	kill(): Promise<void>;
	/** Starts it again on its port and its data. */
	restart(): Promise<void>;
};

export type RunningCluster = {
	/** One of its nodes, as REDIS_URL wants it with REDIS_CLUSTER=true; without the password. */
	readonly url: string;
	readonly nodes: readonly ClusterNode[];
	stop(): Promise<void>;
};

export type ClusterOptions = {
	/** From `findRedisServer`. */
	readonly executable: string;
	/** Each node's files go to a folder in here; the caller removes it. */
	readonly dataDir: string;
	readonly masters: number;
	readonly replicasPerMaster?: number;
	/** Silence after which a node counts as failing, milliseconds. */
	readonly nodeTimeoutMs?: number;
	/** Append-only file with a flush before each acknowledgement, as in production. */
	readonly durable?: boolean;
	/** Further settings of every node, as in redis.conf. */
	readonly settings?: Readonly<Record<string, string>>;
};

/**
 * Starts masters (and their replicas) and resolves when the cluster serves every slot and every replica
 * follows its master. The servers end with `stop`, or when this process is gone.
 *
 * @throws Error with a server's own last words when the cluster does not come about within a minute.
 */
export async function startRedisCluster(options: ClusterOptions): Promise<RunningCluster> {
	for (let attempt = 1; ; attempt++) {
		try {
			const dataDir = join(options.dataDir, String(attempt));
			return await startOnFreePorts({ ...options, dataDir });
		} catch (error) {
			if (!(error instanceof PortTakenError) || attempt === MAX_ATTEMPTS) throw error;
		}
	}
}

async function startOnFreePorts(options: ClusterOptions): Promise<RunningCluster> {
	const { masters, replicasPerMaster = 0 } = options;
	const started: StartedNode[] = [];
	const stop = async (): Promise<void> => {
		for (const { admin } of started) admin.disconnect();
		await Promise.all(started.map((node) => node.stop()));
	};
	try {
		for (let index = 0; index < masters * (1 + replicasPerMaster); index++) {
			started.push(await startNode(options, index));
		}
		const nodes = await assemble(started, masters);
		return { url: `redis://${LOOPBACK}:${nodes[0]?.port ?? 0}`, nodes, stop };
	} catch (error) {
		const output = started.map((node) => node.output()).join('\n');
		await stop();
		if (error instanceof PortTakenError) throw error;
		throw new Error(`The cluster did not come about:\n${output}`, { cause: error });
	}
}

type StartedNode = Omit<ClusterNode, 'id'> & {
	readonly busPort: number;
	output(): string;
	stop(): Promise<void>;
};

async function startNode(options: ClusterOptions, index: number): Promise<StartedNode> {
	const folder = join(options.dataDir, `node-${index}`);
	await mkdir(folder, { recursive: true });
	const [port, busPort] = [await freePort(), await freePort()];
	const settings: Record<string, string> = {
		port: String(port),
		bind: LOOPBACK,
		dir: folder,
		save: '',
		'maxmemory-policy': 'noeviction',
		appendonly: options.durable ? 'yes' : 'no',
		appendfsync: 'always',
		'cluster-enabled': 'yes',
		'cluster-port': String(busPort),
		'cluster-announce-ip': LOOPBACK,
		'cluster-node-timeout': String(options.nodeTimeoutMs ?? 5_000),
		// A replica that has just synchronised may take over, however short its history.
		'cluster-replica-validity-factor': '0',
		'repl-diskless-sync-delay': '0',
		...options.settings
	};
	const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
	const run = (): GuardedProcess =>
		startGuarded({ command: options.executable, args, cwd: folder, stopSignal: 'TERM' });
	let server = run();
	const password = settings['requirepass'];
	const admin = new Redis(port, LOOPBACK, {
		maxRetriesPerRequest: null,
		retryStrategy: () => 50,
		...(password === undefined ? {} : { password })
	});
	admin.on('error', () => undefined);
	let isStopping = false;
	return {
		port,
		busPort,
		admin,
		output: () => server.output(),
		async kill() {
			const pid = /process_id:(\d+)/.exec(await admin.info('server'))?.[1];
			if (pid === undefined) throw new Error(`the node on port ${port} does not tell its process`);
			process.kill(Number(pid), 'SIGKILL');
			await server.exited;
		},
		async restart() {
			if (isStopping) return;
			server = run();
			// Not through the connection's queue: it may hold commands of before the crash.
			await eventually('the node answers', async () => admin.status === 'ready');
		},
		async stop() {
			isStopping = true;
			await server.stop();
		}
	};
}

async function assemble(nodes: readonly StartedNode[], masters: number): Promise<ClusterNode[]> {
	await eventually('every node answers', async () => {
		const answers = nodes.map(({ admin, output }) => {
			if (/address already in use/i.test(output())) throw new PortTakenError(output());
			return admin.status === 'ready';
		});
		return answers.every(Boolean);
	});
	const [first] = nodes;
	if (!first) throw new Error('a cluster has a master at least');
	for (const [index, node] of nodes.entries()) {
		await node.admin.call('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
		if (index < masters) {
			const from = Math.floor((SLOTS * index) / masters);
			const to = Math.floor((SLOTS * (index + 1)) / masters) - 1;
			await node.admin.cluster('ADDSLOTSRANGE', from, to);
		}
		await first.admin.call('CLUSTER', 'MEET', LOOPBACK, node.port, node.busPort);
	}
	await eventually('all nodes know each other', async () => {
		const known = await Promise.all(nodes.map(({ admin }) => clusterInfo(admin)));
		return known.every((info) => info.includes(`cluster_known_nodes:${nodes.length}\r`));
	});
	const ids = await Promise.all(
		nodes.map(async ({ admin }) => String(await admin.cluster('MYID')))
	);
	for (const [index, node] of nodes.entries()) {
		if (index >= masters) await node.admin.cluster('REPLICATE', ids[index % masters] ?? '');
	}
	await eventually('all slots are served, all replicas follow', async () => {
		const known = await Promise.all(nodes.map(({ admin }) => clusterInfo(admin)));
		const replication = await Promise.all(
			nodes.slice(masters).map(({ admin }) => admin.info('replication'))
		);
		return (
			known.every((info) => info.includes('cluster_state:ok')) &&
			replication.every((info) => info.includes('master_link_status:up'))
		);
	});
	return nodes.map((node, index) => ({ ...node, id: ids[index] ?? '' }));
}

async function clusterInfo(admin: Redis): Promise<string> {
	return String(await admin.cluster('INFO'));
}

async function eventually(what: string, check: () => Promise<boolean>): Promise<void> {
	const deadline = performance.now() + START_TIMEOUT_MS;
	while (!(await check())) {
		if (performance.now() > deadline) throw new Error(`this never came: ${what}`);
		await sleep(POLL_MS);
	}
}
