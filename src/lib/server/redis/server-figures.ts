import { Cluster } from 'ioredis';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { RedisClient } from './run-script.ts';

export type ServerFigures = {
	readonly usedBytes: number;
	/** 0: no limit is set. */
	readonly maxBytes: number;
	readonly appendOnly: boolean;
	/** Whether the last write of the append-only file and the last rewrite of it went well. */
	readonly aofHealthy: boolean;
};

/** The servers that hold keys: one, or the primaries of a cluster. */
export function primaries(redis: RedisClient): Redis[] {
	return redis instanceof Cluster ? redis.nodes('master') : [redis];
}

/**
 * Throws unless Redis answers. A cluster has to say that it serves: whether one of its servers may be away
 * is the cluster's own rule (`cluster-require-full-coverage`), https://redis.io/docs/latest/commands/cluster-info/
 */
export async function pingRedis(redis: RedisClient): Promise<void> {
	if (!(redis instanceof Cluster)) {
		await redis.ping();
		return;
	}
	const info = z.string().parse(await redis.cluster('INFO'));
	if (!info.startsWith('cluster_state:ok')) throw new Error('CLUSTERDOWN by its own word');
}

function readInfo(text: string): ServerFigures {
	const fields = new Map(
		text.split('\r\n').flatMap((line) => {
			const colon = line.indexOf(':');
			return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
		})
	);
	return {
		usedBytes: Number(fields.get('used_memory') ?? 0),
		maxBytes: Number(fields.get('maxmemory') ?? 0),
		appendOnly: fields.get('aof_enabled') === '1',
		aofHealthy:
			(fields.get('aof_last_write_status') ?? 'ok') === 'ok' &&
			(fields.get('aof_last_bgrewrite_status') ?? 'ok') === 'ok'
	};
}

const fullness = ({ usedBytes, maxBytes }: ServerFigures): number =>
	maxBytes > 0 ? usedBytes / maxBytes : 0;

/** Memory of the fullest server, and whether all of them keep their append-only file well. */
export async function readServerFigures(redis: RedisClient): Promise<ServerFigures> {
	const servers = await Promise.all(
		primaries(redis).map(async (server) => readInfo(await server.info('memory', 'persistence')))
	);
	const [fullest] = servers.toSorted(
		(a, b) => fullness(b) - fullness(a) || b.usedBytes - a.usedBytes
	);
	if (!fullest) throw new Error('the cluster has no primary');
	return {
		usedBytes: fullest.usedBytes,
		maxBytes: fullest.maxBytes,
		appendOnly: servers.every((server) => server.appendOnly),
		aofHealthy: servers.every((server) => server.aofHealthy)
	};
}
