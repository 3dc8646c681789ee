import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { playRound } from '../../scripts/failover/round.ts';
import { openStage } from '../../scripts/failover/stage.ts';
import type { FailoverStage } from '../../scripts/failover/stage.ts';
import { createDatabase, onCluster } from './harness.ts';

/** Short, so that the tests don't wait for long; how long it takes is measured, not expected. */
const NODE_TIMEOUT_MS = 1_000;
const COMMENTS_PER_SECOND = 200;

describe.runIf(onCluster)('the master of a running show is killed', () => {
	let stage: FailoverStage;
	beforeAll(async () => {
		const databaseUrl = await createDatabase(inject('databaseUrl'));
		stage = await openStage({ nodeTimeoutMs: NODE_TIMEOUT_MS, databaseUrl });
	}, 120_000);
	afterAll(() => stage.close());

	test.each([
		['and its replica has followed', { brokenMs: 0, maxLagSeconds: null }],
		['and its replica has not followed for a while', { brokenMs: 700, maxLagSeconds: null }],
		['but takes no writes that no replica has', { brokenMs: 700, maxLagSeconds: 1 }]
	])(
		'%s: nothing twice, no gap, everybody agrees, and what is lost comes again',
		async (_what, options) => {
			const round = await playRound(stage, {
				...options,
				commentsPerSecond: COMMENTS_PER_SECOND
			});
			console.log(JSON.stringify(round));
			expect(round).toMatchObject({ doubled: 0, gaps: 0, agree: true, consoleFaults: [] });
			expect(round.lostForGood).toBe(0);
			// What is lost of an acknowledged history is a new epoch, never the same one told anew.
			if (round.lost > 0) expect(round.epochs).toBeGreaterThan(1);
		},
		180_000
	);
});
