import type { Evidence, Finding } from './evidence.ts';

/** At rest the fold of the log, Redis and the rows of Postgres hold the same facts. */
export function checkDigests({ digests }: Evidence): Finding[] {
	const { events, redis, postgres } = digests;
	if (redis === events && postgres === events) return [];
	const message = `log ${events}, Redis ${redis}, Postgres ${postgres}`;
	return [{ kind: 'digest', message }];
}
